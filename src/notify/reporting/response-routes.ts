import Type from 'typebox';
import { AppError } from '../../shared/app-error.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Pool } from '../../shared/db.ts';
import {
  type AccessRole,
  COMMAND_ROLES,
  DateTimeSchema,
  type RouteGroup,
  type VisibleRegions,
} from '../../shared/http.ts';
import { responseCsv } from './response-csv.ts';
import { type ResponseRow, readResponse } from './response-store.ts';

const READERS: readonly AccessRole[] = ['viewer', ...COMMAND_ROLES];
const DAY_MS = 86_400_000;
/** Without `from`: a month back. */
const DEFAULT_DAYS = 30;
/** All fires of a period are read in one go: some ten thousand a year in a province. */
const MAX_DAYS = 3_660;

const TookSchema = Type.Object({
  count: Type.Integer({ description: 'fires it was done for' }),
  medianS: Type.Union([Type.Number(), Type.Null()]),
  p90S: Type.Union([Type.Number(), Type.Null()]),
});
const figures = {
  incidents: Type.Integer(),
  dismissed: Type.Integer({ description: 'of these, false alarms' }),
  acknowledge: TookSchema,
  verify: TookSchema,
  dispatch: TookSchema,
  arrive: TookSchema,
};
const ReportSchema = Type.Object({
  from: DateTimeSchema,
  to: DateTimeSchema,
  total: Type.Object(figures),
  items: Type.Array(
    Type.Object({ regionId: Type.String(), regionName: Type.String(), ...figures }),
  ),
});

/** `GET reports/response`: how fast people were. */
export const responseRoutes =
  (deps: { pool: Pool; visibleRegions: VisibleRegions; clock: Clock }): RouteGroup =>
  (app) => {
    app.get(
      '/reports/response',
      {
        config: { access: READERS },
        schema: {
          tags: ['incidents'],
          summary: 'Time to acknowledge, verify, dispatch and arrive: median and p90, by region',
          description:
            'Of fires people were alerted of from (inclusive) – to (exclusive), by default the last 30 days; seconds from the first alert. An act that was skipped counts as done with the next. `format=csv` for spreadsheets.',
          querystring: Type.Object(
            {
              from: Type.Optional(DateTimeSchema),
              to: Type.Optional(DateTimeSchema),
              format: Type.Optional(Type.Enum(['json', 'csv'])),
            },
            { additionalProperties: false },
          ),
          response: { 200: Type.Union([ReportSchema, Type.String()]) },
        },
      },
      async ({ query, user, headers }, reply) => {
        const { from, to } = periodOf(query, deps.clock.now());
        const regions = deps.visibleRegions(user);
        const regionIds = regions === null ? null : [...regions];
        const rows = await readResponse(deps.pool, { from, to, regionIds });
        const format = query.format ?? (headers.accept?.startsWith('text/csv') ? 'csv' : 'json');
        if (format === 'csv') {
          return reply
            .type('text/csv; charset=utf-8')
            .header('content-disposition', 'attachment; filename="response.csv"')
            .serializer(String)
            .send(responseCsv(rows));
        }
        return {
          from: from.toISOString(),
          to: to.toISOString(),
          total: figuresOf(rows.find(({ regionId }) => regionId === null)),
          items: rows.flatMap((row) =>
            row.regionId === null
              ? []
              : [{ regionId: row.regionId, regionName: row.regionName ?? '', ...figuresOf(row) }],
          ),
        };
      },
    );
  };

const NONE = { count: 0, medianS: null, p90S: null };

const figuresOf = (row: ResponseRow | undefined) => ({
  incidents: row?.incidents ?? 0,
  dismissed: row?.dismissed ?? 0,
  acknowledge: row?.acknowledge ?? NONE,
  verify: row?.verify ?? NONE,
  dispatch: row?.dispatch ?? NONE,
  arrive: row?.arrive ?? NONE,
});

const periodOf = (query: { from?: string; to?: string }, now: Date): { from: Date; to: Date } => {
  const to = query.to === undefined ? now : timeOf('to', query.to);
  const from =
    query.from === undefined
      ? new Date(to.getTime() - DEFAULT_DAYS * DAY_MS)
      : timeOf('from', query.from);
  if (from >= to) throw wrong('to', 'must be after from');
  if (to.getTime() - from.getTime() > MAX_DAYS * DAY_MS) {
    throw wrong('from', `is more than ${MAX_DAYS} days before to`);
  }
  return { from, to };
};

const timeOf = (path: string, text: string): Date => {
  const time = new Date(text);
  if (!Number.isNaN(time.getTime())) return time;
  throw wrong(path, `"${text}" is not an RFC 3339 time; in a URL write + as %2B`);
};

const wrong = (path: string, message: string): AppError =>
  new AppError('bad_request', `${path} ${message}`, { errors: [{ path, message }] });
