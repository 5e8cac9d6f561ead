import type { Queryable } from '../shared/db.ts';

/** A picture that is still worked on: its thumbnail is to be made, or it is to be brought where pictures lie. */
export type ImageWork = {
  imageId: string;
  sha256: string;
  type: string;
  /** This one included. */
  attempts: number;
  needsThumbnail: boolean;
  /** What is to be brought there; null = it is there. */
  upload: Buffer | null;
};

/**
 * Takes the picture that has waited longest, for `leaseMs`: nobody else works on it until then, and when we die before
 * it is done, somebody does after that. Undefined when there is none.
 */
export const claimImageWork = async (
  db: Queryable,
  { now, leaseMs }: { now: Date; leaseMs: number },
): Promise<ImageWork | undefined> => {
  const { rows } = await db.query<ImageWork>(
    `with claimed as (
       update image set work_at = $2, work_attempts = work_attempts + 1
        where id = (select id from image where work_at <= $1 order by work_at limit 1 for update skip locked)
       returning id, sha256, type, work_attempts, width_px, problem)
     select c.id as "imageId", c.sha256, c.type, c.work_attempts as attempts,
       c.width_px is null and c.problem is null as "needsThumbnail", u.bytes as upload
       from claimed c left join image_upload u on u.image_id = c.id`,
    [now, new Date(now.getTime() + leaseMs)],
  );
  return rows[0];
};

export const saveThumbnail = async (
  db: Queryable,
  imageId: string,
  { jpeg, widthPx, heightPx }: { jpeg: Buffer; widthPx: number; heightPx: number },
): Promise<void> => {
  await db.query(
    `with sized as (update image set width_px = $2, height_px = $3, problem = null where id = $1 returning id)
     insert into image_thumbnail (image_id, jpeg) select id, $4 from sized
     on conflict (image_id) do update set jpeg = excluded.jpeg`,
    [imageId, widthPx, heightPx, jpeg],
  );
};

/** Why it has no thumbnail and will not get one. */
export const saveProblem = async (
  db: Queryable,
  imageId: string,
  problem: string,
): Promise<void> => {
  await db.query(`update image set problem = $2 where id = $1`, [imageId, problem]);
};

/** Nothing is left to do: what was to be uploaded lies in its place. */
export const endImageWork = async (db: Queryable, imageId: string): Promise<void> => {
  await db.query(
    `with done as (update image set work_at = null where id = $1)
     delete from image_upload where image_id = $1`,
    [imageId],
  );
};

export const postponeImageWork = async (
  db: Queryable,
  imageId: string,
  at: Date,
): Promise<void> => {
  await db.query(`update image set work_at = $2 where id = $1`, [imageId, at]);
};
