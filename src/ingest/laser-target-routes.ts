import Type from 'typebox';
import { DeviceIdSchema, findDeviceWithState } from '../devices/index.ts';
import { AppError } from '../shared/app-error.ts';
import type { Clock } from '../shared/clock.ts';
import type { Pool } from '../shared/db.ts';
import { LatSchema, LonSchema } from '../shared/geo.ts';
import {
  type AccessRole,
  DateTimeSchema,
  type RouteGroup,
  type VisibleRegions,
} from '../shared/http.ts';
import { compileSchema } from '../shared/schema.ts';
import type { Ingest } from './ingest.ts';

export type LaserTargetRoutesDeps = {
  pool: Pool;
  ingest: Pick<Ingest, 'handle'>;
  visibleRegions: VisibleRegions;
  clock: Clock;
};

const REPORTERS: readonly AccessRole[] = ['operator', 'duty_officer', 'dispatcher'];

/** A person looks at the picture and decides within minutes; an older measurement may be of something else. */
const MAX_AGE_MS = 300_000;

/** As the latest state keeps it. */
const checkTarget = compileSchema(
  Type.Object({
    lon: LonSchema,
    lat: LatSchema,
    rangeM: Type.Union([Type.Number(), Type.Null()]),
    ellipse: Type.Object({ semiMajorM: Type.Number() }),
    at: DateTimeSchema,
  }),
);

/**
 * `drones/{id}/laser-target`: what a drone's laser lies on is reported as a fire by the person who sees it there. A
 * laser measures whatever it is pointed at, so no measurement becomes a detection by itself.
 */
export const laserTargetRoutes =
  ({ pool, ingest, visibleRegions, clock }: LaserTargetRoutesDeps): RouteGroup =>
  (app) => {
    app.post(
      '/drones/:id/laser-target',
      {
        config: { access: REPORTERS },
        schema: {
          tags: ['drones'],
          summary:
            'Report what the drone’s laser lies on as a fire; 200 when that was known already',
          description:
            'Takes `laserTarget` of its latest state, at most five minutes old, with the ellipse of a laser measurement. It is located and joined to an incident as any detection.',
          params: Type.Object({ id: DeviceIdSchema }),
          body: Type.Object(
            {
              kind: Type.Union([
                Type.Literal('smoke'),
                Type.Literal('flame'),
                Type.Literal('heat'),
              ]),
              confidence: Type.Optional(
                Type.Number({
                  minimum: 0,
                  maximum: 1,
                  description: 'Default 0.9: a person looked',
                }),
              ),
            },
            { additionalProperties: false },
          ),
          response: {
            200: Type.Object({ detectionId: Type.String(), incidentId: Type.String() }),
            201: Type.Object({ detectionId: Type.String(), incidentId: Type.String() }),
          },
        },
      },
      async ({ params: { id }, body: { kind, confidence = 0.9 }, user }, reply) => {
        const drone = await findDeviceWithState(pool, id);
        const regions = visibleRegions(user);
        const isVisible = drone !== undefined && (regions === null || regions.has(drone.regionId));
        if (!isVisible || drone.kind !== 'drone') {
          throw new AppError('not_found', `drone "${id}" is not registered`);
        }
        const target = checkTarget(drone.latest?.state.laserTarget);
        if (!target.ok || clock.now().getTime() - Date.parse(target.value.at) > MAX_AGE_MS) {
          throw new AppError(
            'conflict',
            `drone "${id}" has measured nothing in the last five minutes; turn its range finder on and point it at the fire`,
          );
        }
        const { lon, lat, rangeM, ellipse, at } = target.value;
        const detection = {
          id: `laser:${at}:${kind}`,
          at,
          kind,
          confidence,
          lon,
          lat,
          positionRadiusM: ellipse.semiMajorM,
          ...(rangeM === null ? {} : { rangeM }),
        };
        const outcome = await ingest.handle({
          topic: `fengsui/v1/drone/${id}/detection`,
          payload: Buffer.from(JSON.stringify(detection)),
          publisherId: `user:${user.username}`,
        });
        if (outcome.kind !== 'recorded' && outcome.kind !== 'duplicate') {
          const reason = outcome.kind === 'rejected' ? outcome.reason : 'this is no detection';
          throw new AppError('unprocessable', `the target cannot be taken: ${reason}`);
        }
        const { detectionId, incidentId } = outcome;
        return reply
          .code(outcome.kind === 'recorded' ? 201 : 200)
          .send({ detectionId, incidentId });
      },
    );
  };
