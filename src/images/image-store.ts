import { createHash } from 'node:crypto';
import type { Clock } from '../shared/clock.ts';
import { one, type Pool, type Queryable, withTransaction } from '../shared/db.ts';
import { newId } from '../shared/ids.ts';
import type { ImageFiles } from './image-files.ts';
import { checkImage, type ImageType } from './image-type.ts';

/** Who sent a picture. */
export type ImageSource = { deviceId: string } | { personId: string };

export type KeptImage = { kind: 'kept'; imageId: string } | { kind: 'refused'; reason: string };

export type ImageStore = {
  /**
   * Keeps a picture: when this resolves with `kept` it outlasts a crash. The same bytes again give the same id. Refused
   * is what is too large or neither JPEG, PNG nor WebP; `reason` says which. Rejects when it could not be stored.
   */
  put(bytes: Buffer, source: ImageSource): Promise<KeptImage>;
};

export type ImageStoreDeps = {
  pool: Pool;
  /** Undefined: they lie elsewhere, and the bytes wait in the database until they are there. */
  files: ImageFiles | undefined;
  maxBytes: number;
  clock: Clock;
};

export const createImageStore = ({ pool, files, maxBytes, clock }: ImageStoreDeps): ImageStore => ({
  async put(bytes, source) {
    const checked = checkImage(bytes, maxBytes);
    if (checked.kind === 'refused') return checked;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const image = { sha256, type: checked.type, size: bytes.length, source, now: clock.now() };
    // The file within the transaction: who deletes an old picture of the same bytes holds the row while he does.
    const imageId = await withTransaction(pool, async (tx) => {
      const { id, isNew } = await insertImage(tx, image);
      if (files !== undefined) await files.write(sha256, bytes);
      else if (isNew) await insertUpload(tx, id, bytes);
      return id;
    });
    return { kind: 'kept', imageId };
  },
});

type NewImage = { sha256: string; type: ImageType; size: number; source: ImageSource; now: Date };

const insertImage = async (
  tx: Queryable,
  { sha256, type, size, source, now }: NewImage,
): Promise<{ id: string; isNew: boolean }> => {
  const { rows } = await tx.query<{ id: string; isNew: boolean }>(
    `insert into image (id, sha256, type, bytes, device_id, person_id, created_at, received_at, work_at)
     values ($1, $2, $3, $4, $5, $6, $7, $7, $7)
     on conflict (sha256) do update set received_at = excluded.received_at
     returning id, id = $1 as "isNew"`,
    [
      newId(),
      sha256,
      type,
      size,
      'deviceId' in source ? source.deviceId : null,
      'personId' in source ? source.personId : null,
      now,
    ],
  );
  return one(rows);
};

const insertUpload = async (tx: Queryable, imageId: string, bytes: Buffer): Promise<void> => {
  await tx.query(`insert into image_upload (image_id, bytes) values ($1, $2)`, [imageId, bytes]);
};

/** Says of which detection a picture is; again changes nothing. */
export const linkImage = async (
  db: Queryable,
  link: { detectionId: string; imageId: string },
): Promise<void> => {
  await db.query(
    `insert into detection_image (detection_id, image_id) values ($1, $2) on conflict do nothing`,
    [link.detectionId, link.imageId],
  );
};

/** Deletes the picture that came longest ago, before `before`, with all links to it; its hash, if there was one. */
export const deleteOldest = async (tx: Queryable, before: Date): Promise<string | undefined> => {
  const { rows } = await tx.query<{ sha256: string }>(
    `delete from image where received_at < $1
        and id = (select id from image where received_at < $1 order by received_at limit 1 for update skip locked)
      returning sha256`,
    [before],
  );
  return rows[0]?.sha256;
};
