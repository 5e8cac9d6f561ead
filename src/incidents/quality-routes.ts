import Type from 'typebox';
import { AppError } from '../shared/app-error.ts';
import type { Clock } from '../shared/clock.ts';
import type { Pool } from '../shared/db.ts';
import { ANY_ROLE, DateTimeSchema, type RouteGroup, type VisibleRegions } from '../shared/http.ts';
import { listQuality } from './quality-store.ts';

export type QualityRoutesDeps = {
  pool: Pool;
  clock: Clock;
  timeZone: string;
  visibleRegions: VisibleRegions;
  /** The region of a registered device; undefined = there is none of that id. */
  regionOfDevice: (id: string) => Promise<string | undefined>;
};

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;
const MAX_DAYS = 366;

const Counts = {
  detections: Type.Integer(),
  alarms: Type.Integer({ description: 'Incidents it reported' }),
  falseAlarms: Type.Integer({
    description: 'Dismissed, or all its pictures labelled as something else',
  }),
  fires: Type.Integer({ description: 'Verified, or one of its pictures labelled as wildfire' }),
  falseAlarmRate: Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()], {
    description: 'falseAlarms ÷ (falseAlarms + fires); null = nobody has judged any',
  }),
};

/** `devices/{id}/quality`: how often a camera cries wolf, so that it can be masked, cleaned or retrained. */
export const qualityRoutes =
  ({ pool, clock, timeZone, visibleRegions, regionOfDevice }: QualityRoutesDeps): RouteGroup =>
  (app) => {
    app.get(
      '/devices/:id/quality',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['devices'],
          summary: 'False-alarm rate of a device, in total and a local day',
          description: `The last ${String(DEFAULT_DAYS)} days unless told otherwise, at most ${String(MAX_DAYS)}.`,
          params: Type.Object({ id: Type.String() }),
          querystring: Type.Object(
            { from: Type.Optional(DateTimeSchema), to: Type.Optional(DateTimeSchema) },
            { additionalProperties: false },
          ),
          response: {
            200: Type.Object({
              deviceId: Type.String(),
              from: DateTimeSchema,
              to: DateTimeSchema,
              total: Type.Object(Counts),
              days: Type.Array(Type.Object({ day: Type.String(), ...Counts })),
            }),
          },
        },
      },
      async ({ params: { id: deviceId }, query, user }) => {
        const regionId = await regionOfDevice(deviceId);
        const regions = visibleRegions(user);
        if (regionId === undefined || (regions !== null && !regions.has(regionId))) {
          throw new AppError('not_found', `device "${deviceId}" is not registered`);
        }
        const to = query.to === undefined ? clock.now() : new Date(query.to);
        const from =
          query.from === undefined
            ? new Date(to.getTime() - DEFAULT_DAYS * DAY_MS)
            : new Date(query.from);
        if (from >= to || to.getTime() - from.getTime() > MAX_DAYS * DAY_MS) {
          throw new AppError('bad_request', 'the span of time is not one', {
            errors: [
              { path: 'from', message: `must be before to, by at most ${String(MAX_DAYS)} days` },
            ],
          });
        }
        const days = await listQuality(pool, { deviceId, from, to, timeZone });
        const sum = (key: 'detections' | 'alarms' | 'falseAlarms' | 'fires'): number =>
          days.reduce((total, day) => total + day[key], 0);
        return {
          deviceId,
          from: from.toISOString(),
          to: to.toISOString(),
          total: withRate({
            detections: sum('detections'),
            alarms: sum('alarms'),
            falseAlarms: sum('falseAlarms'),
            fires: sum('fires'),
          }),
          days: days.map(withRate),
        };
      },
    );
  };

const withRate = <T extends { falseAlarms: number; fires: number }>(
  counts: T,
): T & { falseAlarmRate: number | null } => {
  const judged = counts.falseAlarms + counts.fires;
  return { ...counts, falseAlarmRate: judged === 0 ? null : counts.falseAlarms / judged };
};
