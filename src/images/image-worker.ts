import type { Clock } from '../shared/clock.ts';
import type { Pool } from '../shared/db.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';
import { createRepeating } from '../shared/repeating.ts';
import { retryAfterMs } from './backoff.ts';
import type { ImageFiles } from './image-files.ts';
import type { MakeThumbnail } from './thumbnail.ts';
import { linkWaiting } from './waiting-store.ts';
import {
  claimImageWork,
  endImageWork,
  type ImageWork,
  postponeImageWork,
  saveProblem,
  saveThumbnail,
} from './work-store.ts';

export type ImageWorkerDeps = {
  pool: Pool;
  files: ImageFiles;
  makeThumbnail: MakeThumbnail;
  clock: Clock;
  logger: Logger;
};

const IDLE_MS = 1_000;
/** Longer than a thumbnail and an upload over a slow line take. */
const LEASE_MS = 120_000;
/**
 * A picture that has ended the process so often while it was decoded is not decoded again. Fewer would give up a good one
 * for a restart that had nothing to do with it.
 */
const MAX_DECODINGS = 3;

/**
 * Makes the thumbnails of pictures, brings them where they are to lie, and links those that came before their
 * detection; one after the other.
 */
export const createImageWorker = (deps: ImageWorkerDeps): Part => {
  const { pool, clock, logger } = deps;
  return createRepeating('image-worker', async () => {
    try {
      await linkWaiting(pool);
      const work = await claimImageWork(pool, { now: clock.now(), leaseMs: LEASE_MS });
      if (work === undefined) return IDLE_MS;
      await workOn(deps, work);
      return 0;
    } catch (error) {
      logger.error({ err: error }, 'pictures could not be worked on, will be tried again');
      return IDLE_MS;
    }
  });
};

/** What fails is tried again for as long as it takes: a picture is given up only by a person who removes it. */
const workOn = async (deps: ImageWorkerDeps, work: ImageWork): Promise<void> => {
  const { pool, files, clock, logger } = deps;
  const { imageId, sha256, attempts, upload } = work;
  try {
    if (work.needsThumbnail) await addThumbnail(deps, work);
    if (upload !== null) await files.write(sha256, upload);
    await endImageWork(pool, imageId);
  } catch (error) {
    const delayMs = retryAfterMs(attempts);
    logger.warn({ err: error, imageId, attempts, delayMs }, 'picture will be worked on again');
    await postponeImageWork(pool, imageId, new Date(clock.now().getTime() + delayMs));
  }
};

const addThumbnail = async (deps: ImageWorkerDeps, work: ImageWork): Promise<void> => {
  const { pool, files, makeThumbnail, logger } = deps;
  const { imageId, sha256, attempts, upload } = work;
  const bytes = upload ?? (await files.read(sha256));
  const thumbnail =
    bytes === undefined
      ? noThumbnail('its file is not here: all processes need the same DATA_DIR, or S3_URL')
      : attempts > MAX_DECODINGS
        ? noThumbnail('the process ended each time it was decoded')
        : await makeThumbnail(bytes);
  if (thumbnail.kind === 'made') return saveThumbnail(pool, imageId, thumbnail);
  logger.warn({ imageId, reason: thumbnail.reason }, 'picture without thumbnail');
  await saveProblem(pool, imageId, thumbnail.reason);
};

const noThumbnail = (reason: string) =>
  ({ kind: 'none', reason: `no thumbnail: ${reason}` }) as const;
