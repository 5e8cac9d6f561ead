import { toSafeText } from '../shared/safe-json.ts';
import type { ImageFiles } from './image-files.ts';
import { createImageWorker, type ImageWorkerDeps } from './image-worker.ts';
import type { MakeThumbnail, Thumbnail } from './thumbnail.ts';
import { linkWaiting } from './waiting-store.ts';
import {
  claimThumbnailWork,
  saveNoThumbnail,
  saveThumbnail,
  type ThumbnailWork,
} from './work-store.ts';

export type ThumbnailWorkerDeps = ImageWorkerDeps & {
  files: ImageFiles;
  makeThumbnail: MakeThumbnail;
};

/**
 * A picture that has ended the process so often while it was decoded is not decoded again. Fewer would give up a good one
 * for a restart that had nothing to do with it.
 */
const MAX_DECODINGS = 3;

/** Links pictures that came before their detection, and makes thumbnails; one after the other. */
export const createThumbnailWorker = (deps: ThumbnailWorkerDeps) =>
  createImageWorker('image-thumbnails', deps, {
    claim: async (pool, claim) => {
      await linkWaiting(pool);
      return claimThumbnailWork(pool, claim);
    },
    work: async (work) => {
      const { pool, clock, logger } = deps;
      const { imageId } = work;
      const thumbnail = await thumbnailFor(deps, work);
      const now = clock.now();
      if (thumbnail.kind === 'made') return saveThumbnail(pool, imageId, { ...thumbnail, now });
      const reason = toSafeText(thumbnail.reason);
      logger.warn({ imageId, reason }, 'picture without thumbnail');
      await saveNoThumbnail(pool, imageId, { reason, now });
    },
  });

const thumbnailFor = async (
  { files, makeThumbnail }: ThumbnailWorkerDeps,
  { sha256, attempts, bytes }: ThumbnailWork,
): Promise<Thumbnail> => {
  if (attempts > MAX_DECODINGS) return none('the process ended each time it was decoded');
  const picture = bytes ?? (await files.read(sha256));
  return picture === undefined
    ? none('its file is not here: all processes need the same DATA_DIR, or S3_URL')
    : makeThumbnail(picture);
};

const none = (reason: string): Thumbnail => ({ kind: 'none', reason: `no thumbnail: ${reason}` });
