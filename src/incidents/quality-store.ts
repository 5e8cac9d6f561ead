import type { Queryable } from '../shared/db.ts';

/** How a device's alarms of one local day turned out. An alarm is one incident it reported, however many frames. */
export type DayQuality = {
  /** YYYY-MM-DD, local. */
  day: string;
  detections: number;
  alarms: number;
  /** Dismissed, or all its detections in it labelled as something else. */
  falseAlarms: number;
  /** Verified or beyond, or one of its detections labelled wildfire. */
  fires: number;
};

/** `from` ≤ received < `to`; days without a detection are left out. */
export const listQuality = async (
  db: Queryable,
  query: { deviceId: string; from: Date; to: Date; timeZone: string },
): Promise<DayQuality[]> => {
  const { rows } = await db.query<DayQuality>(
    `with alarm as (
       select to_char(min(d.received_at) at time zone $4, 'YYYY-MM-DD') as day, count(*) as detections,
         bool_and(coalesce(d.label in ('other_smoke', 'other'), false)) as all_other,
         bool_or(coalesce(d.label = 'wildfire_smoke', false)) as any_fire, i.status
       from detection d join incident i on i.id = d.incident_id
       where d.device_id = $1 and d.received_at >= $2 and d.received_at < $3
       group by i.id, i.status)
     select day, sum(detections)::integer as detections, count(*)::integer as alarms,
       (count(*) filter (where not any_fire and (all_other or status = 'dismissed')))::integer as "falseAlarms",
       (count(*) filter (where any_fire or (not all_other
         and status in ('verified', 'responding', 'contained', 'closed'))))::integer as fires
     from alarm group by day order by day`,
    [query.deviceId, query.from, query.to, query.timeZone],
  );
  return rows;
};
