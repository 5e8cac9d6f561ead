import type { Queryable } from '../../shared/db.ts';

export type Finding = {
  incidentId: string;
  number: string;
  regionId: string;
  /** What is wrong, in words. */
  fault: string;
  /** An alarm was raised for the incident before. */
  raised: boolean;
};

/**
 * Open incidents whose escalation has not moved as their policy says, by what the policy and the timeline hold: the
 * escalator's own count of what it has done is not asked. Late is more than `graceS`; one that is catching up, a step every
 * few seconds, is not stuck.
 */
export const listFindings = async (
  db: Queryable,
  { now, graceS }: { now: Date; graceS: number },
): Promise<Finding[]> => {
  const { rows } = await db.query<{
    id: string;
    number: string;
    region_id: string;
    fault: string;
    raised: boolean;
  }>(
    `with open as (
       select i.id, i.number, i.region_id, i.opened_at, e.incident_id as escalated, e.policy, e.base_at, e.stopped_at,
         $1::timestamptz - $2 * interval '1 second' as late
       from incident i left join incident_escalation e on e.incident_id = i.id
       where i.status = 'reported' and i.alert_level <> 'none'
     ), done as (
       select v.incident_id, count(distinct (v.data ->> 'step', v.data ->> 'occurrence')) as firings, max(v.at) as last_at
       from incident_event v join open o on o.id = v.incident_id
       where v.type = 'escalated' or v.type in ('notified', 'nobody_to_notify') and (v.data ->> 'fired')::int > 0
       group by v.incident_id
     ), wanted as (
       select o.id, count(*) as firings
       from open o, jsonb_array_elements(o.policy -> 'steps') s,
         generate_series(0, coalesce((s #>> '{repeat,times}')::int, 0)) n
       where o.base_at + ((s ->> 'afterS')::int + n * coalesce((s #>> '{repeat,everyS}')::int, 0))
         * interval '1 second' <= o.late
       group by o.id
     ), judged as (
       select o.id, o.number, o.region_id, case
           when o.escalated is null and o.opened_at <= o.late
             and o.opened_at > (select (value #>> '{}')::timestamptz from app_setting where key = 'escalation_since')
             then 'people were alerted, but no policy is under way'
           when o.stopped_at <= o.late then 'its policy was stopped, but nobody has taken it'
           when coalesce(w.firings, 0) > coalesce(d.firings, 0) and coalesce(d.last_at, '-infinity') <= o.late
             then format('%s of %s steps were made by now', coalesce(d.firings, 0), w.firings)
         end as fault
       from open o left join done d on d.incident_id = o.id left join wanted w on w.id = o.id
     )
     select id, number, region_id, fault,
       exists (select from incident_event v where v.incident_id = j.id and v.type = 'escalation_stuck') as raised
     from judged j where fault is not null order by id`,
    [now, graceS],
  );
  return rows.map(({ id, region_id, ...row }) => ({ incidentId: id, regionId: region_id, ...row }));
};

export const wasRaised = async (tx: Queryable, incidentId: string): Promise<boolean> => {
  const { rowCount } = await tx.query(
    `select from incident_event where incident_id = $1 and type = 'escalation_stuck' limit 1`,
    [incidentId],
  );
  return rowCount === 1;
};
