import Type, { type Static } from 'typebox';
import type { Clock } from '../shared/clock.ts';
import type { Pool } from '../shared/db.ts';
import {
  ANY_ROLE,
  DateTimeSchema,
  PageQuery,
  pageOf,
  type RouteGroup,
  type VisibleRegions,
} from '../shared/http.ts';
import { AIRCRAFT_ID_TYPES, AIRCRAFT_STATES } from './aircraft-sighting.ts';
import { type Aircraft, listAircraft, listTracks, type TrackPoint } from './aircraft-store.ts';
import { FRESH_MS } from './airspace-watch.ts';
import { incidentsVisited } from './visit-store.ts';

export type AirspaceRoutesDeps = { pool: Pool; visibleRegions: VisibleRegions; clock: Clock };

const MaybeNumber = Type.Union([Type.Number(), Type.Null()]);
const MaybeText = Type.Union([Type.String(), Type.Null()]);

const AircraftSchema = Type.Object({
  id: Type.String({ description: 'Serial number; `mac:…` of one that says none' }),
  idType: Type.Enum([...AIRCRAFT_ID_TYPES]),
  category: MaybeText,
  state: Type.Union([Type.Enum([...AIRCRAFT_STATES]), Type.Null()]),
  lon: Type.Number(),
  lat: Type.Number(),
  altitudeM: Type.Union([Type.Number(), Type.Null()], {
    description: 'Above the WGS-84 ellipsoid',
  }),
  heightM: Type.Union([Type.Number(), Type.Null()], { description: 'Above `heightRef`' }),
  heightRef: Type.Union([Type.Enum(['takeoff', 'ground']), Type.Null()]),
  speedMps: MaybeNumber,
  verticalSpeedMps: MaybeNumber,
  headingDeg: MaybeNumber,
  operatorId: MaybeText,
  operator: Type.Union([Type.Object({ lon: Type.Number(), lat: Type.Number() }), Type.Null()], {
    description: 'Where its operator stands, or it took off',
  }),
  purpose: MaybeText,
  receiverId: Type.String(),
  regionId: Type.String(),
  observedAt: DateTimeSchema,
  receivedAt: DateTimeSchema,
  incidentIds: Type.Array(Type.String(), { description: 'Fires in whose airspace it is' }),
  track: Type.Array(
    Type.Object({
      at: DateTimeSchema,
      lon: Type.Number(),
      lat: Type.Number(),
      altitudeM: MaybeNumber,
    }),
    { description: 'The last ten minutes, oldest first' },
  ),
});

const TRACK_MS = 600_000;

/** `airspace/aircraft`: aircraft that are not ours. */
export const airspaceRoutes =
  ({ pool, visibleRegions, clock }: AirspaceRoutesDeps): RouteGroup =>
  (app) => {
    app.get(
      '/airspace/aircraft',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['airspace'],
          summary: 'Aircraft that are not ours, over the regions you see, by id',
          description:
            'What Remote ID receivers hear and no registered device is. Left out `since`: those heard in the last minute.',
          querystring: Type.Object(
            { ...PageQuery, since: Type.Optional(DateTimeSchema) },
            { additionalProperties: false },
          ),
          response: { 200: pageOf(AircraftSchema) },
        },
      },
      async ({ query, user }) => {
        const { limit = 50, cursor, since } = query;
        const now = clock.now().getTime();
        const regions = visibleRegions(user);
        const found = await listAircraft(pool, {
          since: since === undefined ? new Date(now - FRESH_MS) : new Date(since),
          regionIds: regions === null ? undefined : [...regions],
          afterId: cursor,
          limit: limit + 1,
        });
        const page = found.slice(0, limit);
        const ids = page.map(({ id }) => id);
        const tracks = await listTracks(pool, ids, new Date(now - TRACK_MS));
        const visited = await incidentsVisited(pool, ids);
        const items = page.map((aircraft) =>
          aircraftJson(aircraft, tracks.get(aircraft.id) ?? [], visited.get(aircraft.id) ?? []),
        );
        const last = page.at(-1);
        return found.length > limit && last !== undefined ? { items, next: last.id } : { items };
      },
    );
  };

const aircraftJson = (
  { position, operatorPosition, reception: _radio, observedAt, receivedAt, ...said }: Aircraft,
  track: readonly TrackPoint[],
  incidentIds: string[],
): Static<typeof AircraftSchema> => ({
  ...said,
  lon: position[0],
  lat: position[1],
  operator:
    operatorPosition === null ? null : { lon: operatorPosition[0], lat: operatorPosition[1] },
  observedAt: observedAt.toISOString(),
  receivedAt: receivedAt.toISOString(),
  incidentIds,
  track: track.map(({ at, ...point }) => ({ at: at.toISOString(), ...point })),
});
