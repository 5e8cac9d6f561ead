import type { Pool } from '../shared/db.ts';
import { type ImageStore, type KeptImage, linkImage } from './image-store.ts';
import { addWaiting, linkWaiting } from './waiting-store.ts';

/** A picture a device sent, and of what: of detections that are recorded, or of one that may come before or after it. */
export type SentImage = {
  deviceId: string;
  bytes: Buffer;
  of:
    | { detectionIds: readonly string[] }
    /** null: of whatever the device reports nearest in time. */
    | { sourceEventId: string | null };
  receivedAt: Date;
};

/** Keeps a picture and says of what it is. Rejects when it could not be stored. */
export const takeImage = async (
  { pool, store }: { pool: Pool; store: ImageStore },
  { deviceId, bytes, of, receivedAt }: SentImage,
): Promise<KeptImage> => {
  const kept = await store.put(bytes, { deviceId });
  if (kept.kind === 'refused') return kept;
  const { imageId } = kept;
  if ('detectionIds' in of) {
    for (const detectionId of of.detectionIds) await linkImage(pool, { detectionId, imageId });
  } else {
    await addWaiting(pool, { imageId, deviceId, sourceEventId: of.sourceEventId, receivedAt });
    await linkWaiting(pool);
  }
  return kept;
};
