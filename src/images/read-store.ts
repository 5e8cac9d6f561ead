import type { Queryable } from '../shared/db.ts';
import type { ImageType } from './image-type.ts';

/** Who asks: the regions he sees (null = every one), and who he is. */
export type Viewer = { regions: ReadonlySet<string> | null; personId: string | null };

export type FoundImage = { id: string; sha256: string; type: ImageType };

/**
 * A picture, if the viewer may see it: an incident it belongs to, or the device that took it, is in a region of his, or
 * he sent it himself.
 */
export const findVisibleImage = async (
  db: Queryable,
  id: string,
  { regions, personId }: Viewer,
): Promise<FoundImage | undefined> => {
  const { rows } = await db.query<FoundImage>(
    `select i.id, i.sha256, i.type from image i
      where i.id = $1 and ($2::text[] is null or i.person_id = $3
        or exists (select 1 from device v where v.id = i.device_id and v.region_id = any($2))
        or exists (select 1 from detection_image l join detection d on d.id = l.detection_id
            join incident c on c.id = d.incident_id join device v on v.id = d.device_id
           where l.image_id = i.id and (c.region_id = any($2) or v.region_id = any($2))))`,
    [id, regions === null ? null : [...regions], personId],
  );
  return rows[0];
};

export const findThumbnail = async (
  db: Queryable,
  imageId: string,
): Promise<Buffer | undefined> => {
  const { rows } = await db.query<{ jpeg: Buffer }>(
    `select jpeg from image_thumbnail where image_id = $1`,
    [imageId],
  );
  return rows[0]?.jpeg;
};

/** Of a picture on its way to where pictures lie. */
export const findUpload = async (db: Queryable, imageId: string): Promise<Buffer | undefined> => {
  const { rows } = await db.query<{ bytes: Buffer }>(
    `select bytes from image_upload where image_id = $1`,
    [imageId],
  );
  return rows[0]?.bytes;
};

export type ListedImage = {
  detectionId: string;
  id: string;
  type: ImageType;
  widthPx: number | null;
  heightPx: number | null;
  hasThumbnail: boolean;
  problem: string | null;
};

/** The pictures of these detections, oldest first. */
export const listImages = async (
  db: Queryable,
  detectionIds: readonly string[],
): Promise<ListedImage[]> => {
  const { rows } = await db.query<ListedImage>(
    `select l.detection_id as "detectionId", i.id, i.type, i.width_px as "widthPx", i.height_px as "heightPx",
       t.image_id is not null as "hasThumbnail", i.problem
       from detection_image l join image i on i.id = l.image_id left join image_thumbnail t on t.image_id = i.id
      where l.detection_id = any($1::uuid[]) order by i.created_at, i.id`,
    [detectionIds],
  );
  return rows;
};

/** Of those of these detections whose picture is to be fetched and is not here: whether it still is, and why not yet. */
export const listUnfetched = async (
  db: Queryable,
  detectionIds: readonly string[],
): Promise<{ detectionId: string; problem: string | null; ended: boolean }[]> => {
  const { rows } = await db.query<{
    detectionId: string;
    problem: string | null;
    ended: boolean;
  }>(
    `select detection_id as "detectionId", problem, ended_at is not null as ended from image_fetch
      where detection_id = any($1::uuid[]) and (ended_at is null or problem is not null)`,
    [detectionIds],
  );
  return rows;
};
