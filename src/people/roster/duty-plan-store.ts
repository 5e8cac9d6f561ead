import type { Queryable } from '../../shared/db.ts';
import type { DutyPlan } from './duty-spans.ts';
import type { DutyOverride, Leave, Roster } from './roster.ts';

export type PlanFilter = {
  /** Null = every region. */
  regionIds: readonly string[] | null;
  from: Date;
  to: Date;
};

/** As JSON has them: times are text. */
type Timed<T extends { from: Date; to: Date }> = Omit<T, 'from' | 'to'> & {
  from: string;
  to: string;
};
type PlanRow = {
  rosters: Roster[];
  shifts: Timed<DutyPlan['shifts'][number]>[];
  overrides: Timed<DutyOverride>[];
  leaves: Timed<Leave>[];
};

/**
 * All that decides who is on duty in the regions within [from, to). Leave is that of everybody: whoever is asked for when
 * nobody is on duty may be away, too. One statement, because every new incident waits for the answer: four take three
 * round trips more. A local day is within 15 hours of the UTC day of its name, so rosters are read a day wider.
 */
export const readDutyPlan = async (
  db: Queryable,
  { regionIds, from, to }: PlanFilter,
): Promise<DutyPlan> => {
  const { rows } = await db.query<PlanRow>(
    `select
       (select coalesce(json_agg(json_build_object('id', r.id, 'regionId', r.region_id, 'name', r.name,
           'timeZone', r.time_zone, 'handover', r.handover, 'daysPerTurn', r.days_per_turn, 'startsOn', r.starts_on,
           'endsOn', r.ends_on, 'rotation', (select json_agg(s.person_ids order by s.slot) from (
             select m.slot, json_agg(m.person_id order by m.position) as person_ids
             from roster_member m where m.roster_id = r.id group by m.slot) s)) order by r.id), '[]')
         from roster r where ($1::text[] is null or r.region_id = any($1))
           and (r.ends_on is null or r.ends_on >= ($2::timestamptz at time zone 'UTC')::date - 1)
           and r.starts_on <= ($3::timestamptz at time zone 'UTC')::date + 1) as rosters,
       (select coalesce(json_agg(json_build_object('id', id, 'personId', person_id, 'regionId', region_id,
           'from', starts_at, 'to', ends_at) order by starts_at, id), '[]')
         from shift where ($1::text[] is null or region_id = any($1)) and ends_at > $2 and starts_at < $3) as shifts,
       (select coalesce(json_agg(json_build_object('id', id, 'regionId', region_id, 'personId', person_id,
           'insteadOf', instead_of, 'from', starts_at, 'to', ends_at, 'reason', reason) order by starts_at, id), '[]')
         from duty_override where ($1::text[] is null or region_id = any($1)) and ends_at > $2 and starts_at < $3)
         as overrides,
       (select coalesce(json_agg(json_build_object('id', id, 'personId', person_id, 'from', starts_at, 'to', ends_at,
           'reason', reason) order by starts_at, id), '[]')
         from person_leave where ends_at > $2 and starts_at < $3) as leaves`,
    [regionIds, from, to],
  );
  return rows.map(toPlan)[0] ?? { rosters: [], shifts: [], overrides: [], leaves: [] };
};

const toPlan = ({ rosters, shifts, overrides, leaves }: PlanRow): DutyPlan => ({
  rosters,
  shifts: shifts.map((shift) => ({ ...shift, ...toInterval(shift) })),
  overrides: overrides.map((override) => ({ ...override, ...toInterval(override) })),
  leaves: leaves.map((leave) => ({ ...leave, ...toInterval(leave) })),
});

const toInterval = ({ from, to }: { from: string; to: string }): { from: Date; to: Date } => ({
  from: new Date(from),
  to: new Date(to),
});
