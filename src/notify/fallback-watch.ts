import { errorMessage } from '../shared/app-error.ts';
import { type Pool, withTransaction } from '../shared/db.ts';
import type { Part } from '../shared/part.ts';
import { createRepeating } from '../shared/repeating.ts';
import { type FallbackDeps, fallBack } from './fallback.ts';
import { listStranded } from './fallback-store.ts';

/**
 * Two failures: one may be a hiccup, and the second try comes within a second or two. Fifteen seconds: longer than a
 * provider's time-out of ten, so that a slow answer does not cost a second message, and well before the next step of a
 * policy, which is a minute away.
 */
export const FALLBACK = { afterFailures: 2, afterS: 15 };

const EVERY_MS = 500;

export type FallbackWatchDeps = FallbackDeps & {
  pool: Pool;
  rule: typeof FALLBACK;
  everyMs?: number;
};

/** Finds the alerts that do not get through and tells their persons over the next channel. Any process may run it. */
export const createFallbackWatch = (deps: FallbackWatchDeps): Part => {
  const { pool, rule, clock, logger, everyMs = EVERY_MS } = deps;
  const look = async (): Promise<void> => {
    const stranded = await listStranded(pool, { now: clock.now(), ...rule });
    for (const one of stranded) await withTransaction(pool, (tx) => fallBack(deps, tx, one));
  };

  return createRepeating('notify-fallback', async () => {
    await look().catch((error: unknown) =>
      logger.warn({ reason: errorMessage(error) }, 'fallback failed, trying again'),
    );
    return everyMs;
  });
};
