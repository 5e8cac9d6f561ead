import Type, { type Static } from 'typebox';
import { findDevice } from '../devices/index.ts';
import { AppError } from '../shared/app-error.ts';
import type { Clock } from '../shared/clock.ts';
import type { Pool } from '../shared/db.ts';
import {
  ANY_ROLE,
  DateTimeSchema,
  pageOf,
  type RouteGroup,
  type VisibleRegions,
} from '../shared/http.ts';
import { listTrack, type TrackPoint } from './telemetry-store.ts';

export type TrackRoutesDeps = { pool: Pool; visibleRegions: VisibleRegions; clock: Clock };

const MaybeNumber = Type.Union([Type.Number(), Type.Null()]);
const TrackPointSchema = Type.Object({
  observedAt: DateTimeSchema,
  receivedAt: DateTimeSchema,
  lon: MaybeNumber,
  lat: MaybeNumber,
  altitudeM: MaybeNumber,
  altitudeRef: Type.Union([Type.String(), Type.Null()]),
  headingDeg: MaybeNumber,
  panDeg: MaybeNumber,
  tiltDeg: MaybeNumber,
  hfovDeg: MaybeNumber,
  speedMps: MaybeNumber,
  batteryPct: MaybeNumber,
});

/** Without `from`: the last hour, what a dispatcher looks at first. */
const DEFAULT_SPAN_MS = 3_600_000;

/** `devices/{id}/track`. */
export const trackRoutes =
  ({ pool, visibleRegions, clock }: TrackRoutesDeps): RouteGroup =>
  (app) => {
    app.get(
      '/devices/:id/track',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['devices'],
          summary: 'Where a device was and looked, by its own clock, oldest first',
          description: 'from ≤ observedAt < to; without them the last hour.',
          params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
          querystring: Type.Object(
            {
              from: Type.Optional(DateTimeSchema),
              to: Type.Optional(DateTimeSchema),
              limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, default: 1_000 })),
              cursor: Type.Optional(DateTimeSchema),
            },
            { additionalProperties: false },
          ),
          response: { 200: pageOf(TrackPointSchema) },
        },
      },
      async ({ params: { id }, query, user }) => {
        const device = await findDevice(pool, id);
        const regions = visibleRegions(user);
        if (device === undefined || (regions !== null && !regions.has(device.regionId))) {
          throw new AppError('not_found', `device "${id}" is not registered`);
        }
        const { from, to } = spanOf(query, clock.now());
        const { limit = 1_000, cursor } = query;
        const start = cursor === undefined ? from : new Date(cursor);
        return pageAt(
          await listTrack(pool, { deviceId: id, from: start, to, limit: limit + 1 }),
          limit,
        );
      },
    );
  };

const spanOf = (query: { from?: string; to?: string }, now: Date): { from: Date; to: Date } => {
  const to = query.to === undefined ? now : new Date(query.to);
  const from =
    query.from === undefined ? new Date(to.getTime() - DEFAULT_SPAN_MS) : new Date(query.from);
  if (from < to) return { from, to };
  throw new AppError('bad_request', 'The query is not valid', {
    errors: [{ path: 'from', message: 'must be before to' }],
  });
};

/** The cursor is a time and the next page includes it, so readings of one instant stay on one page. */
const pageAt = (
  found: readonly TrackPoint[],
  limit: number,
): { items: Static<typeof TrackPointSchema>[]; next?: string } => {
  const beyond = found[limit];
  if (beyond === undefined) return { items: found.map(pointJson) };
  const next = beyond.observedAt.getTime();
  const page = found.slice(0, limit).filter(({ observedAt }) => observedAt.getTime() < next);
  // More readings of one instant than a page holds: going on past them beats a page that repeats for ever.
  return page.length > 0
    ? { items: page.map(pointJson), next: new Date(next).toISOString() }
    : { items: found.slice(0, limit).map(pointJson), next: new Date(next + 1).toISOString() };
};

const pointJson = (point: TrackPoint): Static<typeof TrackPointSchema> => ({
  ...point,
  observedAt: point.observedAt.toISOString(),
  receivedAt: point.receivedAt.toISOString(),
});
