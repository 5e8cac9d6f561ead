import type { Queryable } from '../shared/db.ts';

/** What is done with a picture later takes it for `leaseMs`: who dies over it leaves it to another after that. */
export type Claim = { now: Date; leaseMs: number };

export type ThumbnailWork = {
  imageId: string;
  sha256: string;
  /** This one included. */
  attempts: number;
  /** The picture, where it has not been brought to where pictures lie yet. */
  bytes: Buffer | null;
};

/** The picture that has waited longest for its thumbnail. */
export const claimThumbnailWork = (
  db: Queryable,
  claim: Claim,
): Promise<ThumbnailWork | undefined> =>
  claimWork(db, 'width_px is null and problem is null', claim);

export type UploadWork = ThumbnailWork & { bytes: Buffer };

/** The picture that has waited longest to be brought to where pictures lie; its thumbnail is made. */
export const claimUploadWork = async (
  db: Queryable,
  claim: Claim,
): Promise<UploadWork | undefined> => {
  const work = await claimWork(db, '(width_px is not null or problem is not null)', claim);
  return work === undefined || work.bytes === null ? undefined : { ...work, bytes: work.bytes };
};

/** `which` is a condition of our own, not what anybody sent. */
const claimWork = async (
  db: Queryable,
  which: string,
  { now, leaseMs }: Claim,
): Promise<ThumbnailWork | undefined> => {
  const { rows } = await db.query<ThumbnailWork>(
    `with claimed as (
       update image set work_at = $2, work_attempts = work_attempts + 1
        where id = (select id from image where work_at <= $1 and ${which}
                     order by work_at limit 1 for update skip locked)
       returning id, sha256, work_attempts)
     select c.id as "imageId", c.sha256, c.work_attempts as attempts, u.bytes
       from claimed c left join image_upload u on u.image_id = c.id`,
    [now, new Date(now.getTime() + leaseMs)],
  );
  return rows[0];
};

/** What comes after the thumbnail: the upload, where there is one. */
const NEXT = `work_attempts = 0,
  work_at = case when exists (select 1 from image_upload u where u.image_id = image.id) then $2::timestamptz end`;

export const saveThumbnail = async (
  db: Queryable,
  imageId: string,
  made: { jpeg: Buffer; widthPx: number; heightPx: number; now: Date },
): Promise<void> => {
  const { jpeg, widthPx, heightPx, now } = made;
  await db.query(
    `with sized as (update image set width_px = $3, height_px = $4, ${NEXT} where id = $1 returning id)
     insert into image_thumbnail (image_id, jpeg) select id, $5 from sized on conflict do nothing`,
    [imageId, now, widthPx, heightPx, jpeg],
  );
};

/** Why it has no thumbnail and will not get one. */
export const saveNoThumbnail = async (
  db: Queryable,
  imageId: string,
  { reason, now }: { reason: string; now: Date },
): Promise<void> => {
  await db.query(`update image set problem = $3, ${NEXT} where id = $1`, [imageId, now, reason]);
};

export const endUpload = async (db: Queryable, imageId: string): Promise<void> => {
  await db.query(
    `with done as (update image set work_at = null where id = $1)
     delete from image_upload where image_id = $1`,
    [imageId],
  );
};

export const postponeWork = async (db: Queryable, imageId: string, at: Date): Promise<void> => {
  await db.query(`update image set work_at = $2 where id = $1`, [imageId, at]);
};
