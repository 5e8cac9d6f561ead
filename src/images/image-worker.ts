import type { Clock } from '../shared/clock.ts';
import type { Pool } from '../shared/db.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';
import { createRepeating } from '../shared/repeating.ts';
import { retryAfterMs } from './backoff.ts';
import { type Claim, postponeWork } from './work-store.ts';

export type ImageWorkerDeps = { pool: Pool; clock: Clock; logger: Logger };

const IDLE_MS = 1_000;
/** Longer than any of it takes. */
const LEASE_MS = 120_000;

/** Takes one picture after the other and works on it. What fails is tried again, with growing pauses, without end. */
export const createImageWorker = <T extends { imageId: string; attempts: number }>(
  name: string,
  { pool, clock, logger }: ImageWorkerDeps,
  step: {
    claim: (pool: Pool, claim: Claim) => Promise<T | undefined>;
    work: (claimed: T) => Promise<void>;
  },
): Part =>
  createRepeating(name, async () => {
    try {
      const claimed = await step.claim(pool, { now: clock.now(), leaseMs: LEASE_MS });
      if (claimed === undefined) return IDLE_MS;
      const { imageId, attempts } = claimed;
      try {
        await step.work(claimed);
        return 0;
      } catch (error) {
        const delayMs = retryAfterMs(attempts);
        logger.warn({ err: error, imageId, attempts, delayMs }, `${name} failed, will try again`);
        await postponeWork(pool, imageId, new Date(clock.now().getTime() + delayMs));
      }
    } catch (error) {
      logger.error({ err: error }, `${name} failed, will try again`);
    }
    return IDLE_MS;
  });
