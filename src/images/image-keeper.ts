import type { Clock } from '../shared/clock.ts';
import { type Pool, withTransaction } from '../shared/db.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';
import { createRepeating } from '../shared/repeating.ts';
import type { ImageFiles } from './image-files.ts';
import { deleteOldest } from './image-store.ts';
import { forgetWaiting } from './waiting-store.ts';

const CHECK_EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** A device that was without a link sends its detections up to so much later than their pictures. */
const WAIT_MS = DAY_MS;

export type ImageKeeperDeps = {
  pool: Pool;
  files: ImageFiles;
  clock: Clock;
  keepDays: number;
  logger: Logger;
};

/** Deletes pictures that came longer ago than they are kept; at start and every hour. */
export const createImageKeeper = (deps: ImageKeeperDeps): Part =>
  createRepeating('image-keeper', async (ending) => {
    const { pool, clock, keepDays, logger } = deps;
    const now = clock.now().getTime();
    try {
      const lonely = await forgetWaiting(pool, new Date(now - WAIT_MS));
      if (lonely > 0) logger.warn({ pictures: lonely }, 'pictures whose detection has not come');
      const before = new Date(now - keepDays * DAY_MS);
      let pictures = 0;
      while (!ending.aborted && (await removeOldest(deps, before))) pictures += 1;
      if (pictures > 0) logger.info({ pictures, keepDays }, 'old pictures deleted');
    } catch (error) {
      logger.error({ err: error }, 'old pictures could not be deleted');
    }
    return CHECK_EVERY_MS;
  });

/** The file first: a row without a file is met again at the next try, a file without a row never. False: none is left. */
const removeOldest = ({ pool, files }: ImageKeeperDeps, before: Date): Promise<boolean> =>
  withTransaction(pool, async (tx) => {
    const sha256 = await deleteOldest(tx, before);
    if (sha256 !== undefined) await files.remove(sha256);
    return sha256 !== undefined;
  });
