import type { Queryable } from '../../shared/db.ts';

/** The acts whose time is measured, from the first alert. */
export const MEASURED = ['acknowledge', 'verify', 'dispatch', 'arrive'] as const;
export type Measured = (typeof MEASURED)[number];

/** How long something took, in seconds; `count` fires it was done for. */
export type Took = { count: number; medianS: number | null; p90S: number | null };

export type ResponseRow = Record<Measured, Took> & {
  /** Null for all regions together. */
  regionId: string | null;
  regionName: string | null;
  incidents: number;
  dismissed: number;
};

type Row = {
  region_id: string | null;
  region_name: string | null;
  incidents: number;
  dismissed: number;
} & Record<`${Measured}_count`, number> &
  Record<`${Measured}_median` | `${Measured}_p90`, number | null>;

const tookColumns = MEASURED.map(
  (act) => `count(${act}_s)::int as ${act}_count,
       percentile_cont(0.5) within group (order by ${act}_s) as ${act}_median,
       percentile_cont(0.9) within group (order by ${act}_s) as ${act}_p90`,
).join(',\n       ');

/**
 * How fast people were, for fires people were alerted of from (inclusive) – to (exclusive), by region and for all. The clock
 * starts when people were first alerted. Whoever sends forces has also taken the fire, and who verifies it, too: an act that
 * was skipped counts as done with the next. Arrival is the first `arrived` in the timeline.
 */
export const readResponse = async (
  db: Queryable,
  { from, to, regionIds }: { from: Date; to: Date; regionIds: readonly string[] | null },
): Promise<ResponseRow[]> => {
  const { rows } = await db.query<Row>(
    `with fire as (
       select i.region_id, i.status, coalesce(e.started_at, i.opened_at) as alerted_at,
         least(i.acknowledged_at, i.verified_at, i.responding_at) as acknowledge_at, i.verified_at as verify_at,
         i.responding_at as dispatch_at,
         (select min(v.at) from incident_event v where v.incident_id = i.id and v.type = 'arrived') as arrive_at
       from incident i left join incident_escalation e on e.incident_id = i.id
       where i.status <> 'merged' and i.alert_level <> 'none'
         and coalesce(e.started_at, i.opened_at) >= $1 and coalesce(e.started_at, i.opened_at) < $2
         and ($3::text[] is null or i.region_id = any($3))
     ), timed as (
       select region_id, status, ${MEASURED.map(
         (act) => `extract(epoch from ${act}_at - alerted_at)::float8 as ${act}_s`,
       ).join(', ')}
       from fire
     )
     select t.region_id, max(r.name) as region_name, count(*)::int as incidents,
       count(*) filter (where t.status = 'dismissed')::int as dismissed,
       ${tookColumns}
     from timed t join region r on r.id = t.region_id
     group by grouping sets ((t.region_id), ())
     order by t.region_id nulls last`,
    [from, to, regionIds],
  );
  return rows.map((row) => ({
    regionId: row.region_id,
    regionName: row.region_id === null ? null : row.region_name,
    incidents: row.incidents,
    dismissed: row.dismissed,
    acknowledge: tookOf(row, 'acknowledge'),
    verify: tookOf(row, 'verify'),
    dispatch: tookOf(row, 'dispatch'),
    arrive: tookOf(row, 'arrive'),
  }));
};

const tookOf = (row: Row, act: Measured): Took => ({
  count: row[`${act}_count`],
  medianS: row[`${act}_median`],
  p90S: row[`${act}_p90`],
});
