import type { Queryable } from '../shared/db.ts';
import { toSafeText } from '../shared/safe-json.ts';

/** A picture to be fetched. */
export type ImageFetch = {
  detectionId: string;
  deviceId: string;
  url: string;
  /** This one included. */
  attempts: number;
  /** When its detection came. */
  receivedAt: Date;
};

/**
 * Takes the picture that has waited longest, for `leaseMs`: nobody else fetches it until then, and when we die before it
 * is here, somebody does after that. Undefined when there is none.
 */
export const claimFetch = async (
  db: Queryable,
  { now, leaseMs }: { now: Date; leaseMs: number },
): Promise<ImageFetch | undefined> => {
  const { rows } = await db.query<ImageFetch>(
    `with claimed as (
       update image_fetch set next_at = $2, attempts = attempts + 1
        where detection_id = (
          select detection_id from image_fetch where ended_at is null and next_at <= $1
           order by next_at limit 1 for update skip locked)
       returning detection_id, device_id, url, attempts)
     select c.detection_id as "detectionId", c.device_id as "deviceId", c.url, c.attempts, d.received_at as "receivedAt"
       from claimed c join detection d on d.id = c.detection_id`,
    [now, new Date(now.getTime() + leaseMs)],
  );
  return rows[0];
};

/** It is here: a picture of this detection, and of all that wait for the same address. */
export const endFetched = async (
  db: Queryable,
  { detectionId, deviceId, url }: ImageFetch,
  { imageId, now }: { imageId: string; now: Date },
): Promise<void> => {
  await db.query(
    `with ended as (
       update image_fetch set ended_at = $4, problem = null
        where detection_id = $1 or (device_id = $2 and url = $3 and ended_at is null)
       returning detection_id)
     insert into detection_image (detection_id, image_id) select detection_id, $5 from ended on conflict do nothing`,
    [detectionId, deviceId, url, now, imageId],
  );
};

export const giveUpFetch = async (
  db: Queryable,
  detectionId: string,
  { problem, now }: { problem: string; now: Date },
): Promise<void> => {
  await db.query(
    `update image_fetch set ended_at = $2, problem = $3 where detection_id = $1 and ended_at is null`,
    [detectionId, now, toSafeText(problem)],
  );
};

export const retryFetch = async (
  db: Queryable,
  detectionId: string,
  { problem, nextAt }: { problem: string; nextAt: Date },
): Promise<void> => {
  await db.query(`update image_fetch set next_at = $2, problem = $3 where detection_id = $1`, [
    detectionId,
    nextAt,
    toSafeText(problem),
  ]);
};

/** What is to be fetched of a device that is out of reach waits at least so long: it must not hold up the others'. */
export const postponeFetches = async (
  db: Queryable,
  deviceId: string,
  until: Date,
): Promise<void> => {
  await db.query(
    `update image_fetch set next_at = $2 where device_id = $1 and ended_at is null and next_at < $2`,
    [deviceId, until],
  );
};
