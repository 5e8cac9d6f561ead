import type { Clock } from '../shared/clock.ts';
import type { Pool } from '../shared/db.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';
import { createRepeating } from '../shared/repeating.ts';
import { retryAfterMs } from './backoff.ts';
import { type Fetched, type FetchImageDeps, fetchImage } from './fetch-image.ts';
import {
  claimFetch,
  endFetched,
  giveUpFetch,
  type ImageFetch,
  postponeFetches,
  retryFetch,
} from './fetch-store.ts';
import type { ImageStore } from './image-store.ts';

export type ImageFetcherDeps = Omit<FetchImageDeps, 'db'> & {
  pool: Pool;
  store: ImageStore;
  clock: Clock;
  logger: Logger;
};

const IDLE_MS = 1_000;
/** Longer than two requests take. */
const LEASE_MS = 120_000;
/** Over an hour and a half: a camera that restarts or whose link is down for a while is back by then. */
const MAX_ATTEMPTS = 8;
/** Cameras keep their pictures for a day or so; those of an hour-long outage are many, and the newest matter most. */
const MAX_AGE_MS = 24 * 3_600_000;
/** The other pictures of a camera that does not answer wait for so long. */
const OUT_OF_REACH_MS = 60_000;
/** At a time: one camera that does not answer holds one of them for 20 s. */
const FETCHERS = 4;

/** Fetches the pictures that detections name. What is to be fetched stands in the database: a restart loses none. */
export const createImageFetchers = (deps: ImageFetcherDeps): Part[] =>
  Array.from({ length: FETCHERS }, (_, i) =>
    createRepeating(`image-fetcher-${String(i + 1)}`, () => fetchNext(deps)),
  );

/** Fetches one, if one is due. How long to pause then, milliseconds. */
export const fetchNext = async (deps: ImageFetcherDeps): Promise<number> => {
  const { pool, clock, logger } = deps;
  try {
    const wanted = await claimFetch(pool, { now: clock.now(), leaseMs: LEASE_MS });
    if (wanted === undefined) return IDLE_MS;
    await settle(deps, wanted, await fetchAndKeep(deps, wanted));
    return 0;
  } catch (error) {
    logger.error({ err: error }, 'pictures could not be fetched, will be tried again');
    return IDLE_MS;
  }
};

type Outcome = Exclude<Fetched, { kind: 'fetched' }> | { kind: 'kept'; imageId: string };

const fetchAndKeep = async (
  { pool, store, listed, maxBytes, lookup }: ImageFetcherDeps,
  { deviceId, url }: ImageFetch,
): Promise<Outcome> => {
  const deps = { db: pool, listed, maxBytes, ...(lookup === undefined ? {} : { lookup }) };
  const fetched = await fetchImage(deps, { deviceId, url });
  return fetched.kind === 'fetched' ? store.put(fetched.bytes, { deviceId }) : fetched;
};

const settle = async (
  { pool, clock, logger }: ImageFetcherDeps,
  wanted: ImageFetch,
  outcome: Outcome,
): Promise<void> => {
  const { detectionId, deviceId, attempts, receivedAt } = wanted;
  const now = clock.now();
  if (outcome.kind === 'kept') return endFetched(pool, wanted, { imageId: outcome.imageId, now });
  const { reason } = outcome;
  const nextAt = new Date(now.getTime() + retryAfterMs(attempts));
  const isLast =
    outcome.kind === 'refused' ||
    attempts >= MAX_ATTEMPTS ||
    nextAt.getTime() > receivedAt.getTime() + MAX_AGE_MS;
  const log = { detectionId, deviceId, attempts, reason };
  if (!isLast) {
    logger.info(log, 'picture not fetched yet');
    await retryFetch(pool, detectionId, { problem: reason, nextAt });
  } else {
    logger.warn(log, 'picture given up');
    await giveUpFetch(pool, detectionId, { problem: reason, now });
  }
  if (outcome.kind !== 'out_of_reach') return;
  await postponeFetches(pool, deviceId, new Date(now.getTime() + OUT_OF_REACH_MS));
};
