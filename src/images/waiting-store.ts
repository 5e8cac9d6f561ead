import type { Queryable } from '../shared/db.ts';
import { toSafeText } from '../shared/safe-json.ts';

/** A picture without an id of its detection is of one that came at most so long before or after it. */
const NEAREST_WITHIN_S = 60;

export const addWaiting = async (
  db: Queryable,
  waiting: { imageId: string; deviceId: string; sourceEventId: string | null; receivedAt: Date },
): Promise<void> => {
  const { imageId, deviceId, sourceEventId, receivedAt } = waiting;
  await db.query(
    `insert into image_waiting (image_id, device_id, source_event_id, received_at) values ($1, $2, $3, $4)`,
    [imageId, deviceId, sourceEventId === null ? null : toSafeText(sourceEventId), receivedAt],
  );
};

/** Links what waits to the detections that are there by now. */
export const linkWaiting = async (db: Queryable): Promise<void> => {
  await db.query(
    `with found as (
       select w.id, w.image_id, d.id as detection_id from image_waiting w
         join detection d on d.device_id = w.device_id and d.dedupe_key = 'id:' || w.source_event_id
       union all
       select w.id, w.image_id, near.id from image_waiting w
         cross join lateral (
           select d.id from detection d
            where d.device_id = w.device_id
              and d.received_at between w.received_at - make_interval(secs => $1) and w.received_at + make_interval(secs => $1)
            order by abs(extract(epoch from d.received_at - w.received_at)) limit 1) near
        where w.source_event_id is null),
     linked as (
       insert into detection_image (detection_id, image_id)
         select detection_id, image_id from found on conflict do nothing)
     delete from image_waiting where id in (select id from found)`,
    [NEAREST_WITHIN_S],
  );
};

/** Those whose detection has not come since `before`: how many. The pictures themselves stay. */
export const forgetWaiting = async (db: Queryable, before: Date): Promise<number> => {
  const { rowCount } = await db.query(`delete from image_waiting where received_at < $1`, [before]);
  return rowCount ?? 0;
};
