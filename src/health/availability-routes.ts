import Type, { type Static } from 'typebox';
import { DeviceIdSchema } from '../devices/index.ts';
import { AppError } from '../shared/app-error.ts';
import type { Clock } from '../shared/clock.ts';
import { csvOf } from '../shared/csv.ts';
import type { Pool } from '../shared/db.ts';
import { ANY_ROLE, type App, type RouteGroup, type VisibleRegions } from '../shared/http.ts';
import { addDays, daysBetween, isDay, localDay } from '../shared/local-time.ts';
import { type DayAvailability, dayAvailability, spanOfDay } from './availability.ts';
import { type DevicePresence, listPresence, listWatches } from './presence-store.ts';

export type AvailabilityRoutesDeps = {
  pool: Pool;
  visibleRegions: VisibleRegions;
  clock: Clock;
  timeZone: string;
};

const DEFAULT_DAYS = 7;
const MAX_DAYS = 366;
/** Of a report over all devices: 2,000 devices have some 60,000 days in a month. */
const MAX_REPORT_DAYS = 31;

const Day = Type.String({ description: 'Local day, yyyy-mm-dd' });
const PeriodQuery = { from: Type.Optional(Day), to: Type.Optional(Day) };

const figures = {
  knownS: Type.Integer({
    description: 'Seconds in which it was known whether the device was there',
  }),
  downS: Type.Integer({ description: 'Of these, how many it was not' }),
  outages: Type.Integer({ description: 'How often that began' }),
  availability: Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()], {
    description: '1 − downS ÷ knownS; null = nothing is known',
  }),
};
const DaySchema = Type.Object({ day: Day, ...figures });
const DeviceAvailabilitySchema = Type.Object({
  deviceId: Type.String(),
  name: Type.String(),
  kind: Type.String(),
  regionId: Type.String(),
  total: Type.Object(figures),
  days: Type.Array(DaySchema),
});
type DeviceAvailability = Static<typeof DeviceAvailabilitySchema>;

/** How long devices were there, by local day: of one, and of all. */
export const availabilityRoutes =
  (deps: AvailabilityRoutesDeps): RouteGroup =>
  (app) => {
    deviceRoute(app, deps);
    reportRoute(app, deps);
  };

const DESCRIPTION =
  'What was before its registration does not count, nor time in which nobody could tell: the service was down, a drone was switched off, an HTTP camera without a heartbeat said nothing for a day.';

const deviceRoute = (app: App, deps: AvailabilityRoutesDeps): void => {
  app.get(
    '/devices/:id/availability',
    {
      config: { access: ANY_ROLE },
      schema: {
        tags: ['devices'],
        summary: 'How long a device was there, by local day',
        description: `from and to inclusive; the last ${String(DEFAULT_DAYS)} days unless told otherwise. ${DESCRIPTION}`,
        params: Type.Object({ id: DeviceIdSchema }),
        querystring: Type.Object(PeriodQuery, { additionalProperties: false }),
        response: { 200: DeviceAvailabilitySchema },
      },
    },
    async ({ params: { id }, query, user }) => {
      const regions = deps.visibleRegions(user);
      const regionIds = regions === null ? null : [...regions];
      const days = daysOf(query, deps, MAX_DAYS);
      const [device] = await availabilities(deps, { days, regionIds, deviceId: id });
      if (device === undefined) {
        throw new AppError('not_found', `device "${id}" is not registered, or not looked at yet`);
      }
      return device;
    },
  );
};

const reportRoute = (app: App, deps: AvailabilityRoutesDeps): void => {
  app.get(
    '/reports/availability',
    {
      config: { access: ANY_ROLE },
      schema: {
        tags: ['devices'],
        summary: 'How long each device you see was there, by local day',
        description: `from and to inclusive; the last ${String(DEFAULT_DAYS)} days unless told otherwise, at most ${String(MAX_REPORT_DAYS)}. ${DESCRIPTION} \`format=csv\` for spreadsheets, a line a device and day.`,
        querystring: Type.Object(
          { ...PeriodQuery, format: Type.Optional(Type.Enum(['json', 'csv'])) },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Union([
            Type.Object({ from: Day, to: Day, items: Type.Array(DeviceAvailabilitySchema) }),
            Type.String(),
          ]),
        },
      },
    },
    async ({ query, user, headers }, reply) => {
      const regions = deps.visibleRegions(user);
      const regionIds = regions === null ? null : [...regions];
      const days = daysOf(query, deps, MAX_REPORT_DAYS);
      const items = await availabilities(deps, { days, regionIds, deviceId: null });
      const format = query.format ?? (headers.accept?.startsWith('text/csv') ? 'csv' : 'json');
      if (format === 'csv') {
        return reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', 'attachment; filename="availability.csv"')
          .serializer(String)
          .send(availabilityCsv(items));
      }
      return { from: days[0] ?? '', to: days.at(-1) ?? '', items };
    },
  );
};

const availabilities = async (
  { pool, clock, timeZone }: AvailabilityRoutesDeps,
  {
    days,
    regionIds,
    deviceId,
  }: { days: readonly string[]; regionIds: readonly string[] | null; deviceId: string | null },
): Promise<DeviceAvailability[]> => {
  const [first = '', last = first] = [days[0], days.at(-1)];
  const from = new Date(spanOfDay(first, timeZone).from);
  const to = new Date(spanOfDay(last, timeZone).to);
  const watches = await listWatches(pool, from, to);
  const found = await listPresence(pool, { from, to, now: clock.now(), regionIds, deviceId });
  return found.map((device) => {
    const each = days.map((day) => dayAvailability({ ...device, watches }, day, timeZone));
    return { ...identity(device), total: totalOf(each), days: each };
  });
};

const identity = ({ deviceId, name, kind, regionId }: DevicePresence) => ({
  deviceId,
  name,
  kind,
  regionId,
});

const totalOf = (days: readonly DayAvailability[]): DeviceAvailability['total'] => {
  const sum = (key: 'knownS' | 'downS' | 'outages'): number =>
    days.reduce((total, day) => total + day[key], 0);
  const [knownS, downS, outages] = [sum('knownS'), sum('downS'), sum('outages')];
  return { knownS, downS, outages, availability: knownS === 0 ? null : 1 - downS / knownS };
};

const availabilityCsv = (items: readonly DeviceAvailability[]): string =>
  csvOf(
    ['day', 'deviceId', 'name', 'kind', 'regionId', 'knownS', 'downS', 'outages', 'availability'],
    items.flatMap(({ deviceId, name, kind, regionId, days }) =>
      days.map(({ day, knownS, downS, outages, availability }) => [
        day,
        deviceId,
        name,
        kind,
        regionId,
        knownS,
        downS,
        outages,
        availability === null ? '' : availability.toFixed(4),
      ]),
    ),
  );

/** Every local day of the period. Throws `bad_request`. */
const daysOf = (
  query: { from?: string; to?: string },
  { clock, timeZone }: Pick<AvailabilityRoutesDeps, 'clock' | 'timeZone'>,
  maxDays: number,
): string[] => {
  const to = query.to ?? localDay(clock.now(), timeZone);
  if (!isDay(to)) throw wrong('to', `"${to}" is no day; write yyyy-mm-dd`);
  const from = query.from ?? addDays(to, 1 - DEFAULT_DAYS);
  if (!isDay(from)) throw wrong('from', `"${from}" is no day; write yyyy-mm-dd`);
  const count = daysBetween(from, to) + 1;
  if (count < 1) throw wrong('from', 'must not be after to');
  if (count > maxDays) throw wrong('from', `is more than ${String(maxDays)} days before to`);
  return Array.from({ length: count }, (_, index) => addDays(from, index));
};

const wrong = (path: string, message: string): AppError =>
  new AppError('bad_request', `${path} ${message}`, { errors: [{ path, message }] });
