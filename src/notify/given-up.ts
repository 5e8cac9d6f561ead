import type { PoolClient } from 'pg';
import type { Pool } from '../shared/db.ts';
import { withTransaction } from '../shared/db.ts';

/** Writes into the incident's timeline that somebody was not told; runs in the transaction that records it. */
export type OnGivenUp = (
  tx: PoolClient,
  given: { incidentId: string; data: Record<string, unknown> },
) => Promise<void>;

/** What is written about one notification that is given up. */
export type GivenUp = {
  id: string;
  incidentId: string;
  reason: string;
  data: Record<string, unknown>;
};

export type GiveUpDeps = {
  pool: Pool;
  onGivenUp: OnGivenUp;
  /** Tells the person over the next channel. */
  fallBack: (tx: PoolClient, stranded: { id: string; reason: string }) => Promise<void>;
};

/**
 * Gives notifications up: the timeline first, since that waits for the lock on incidents, which whoever cancels a
 * notification holds while waiting for its row; the other way round the two would wait for each other. In the same
 * transaction their persons are told over the next channel, where there is one. Returns the ids given up; nothing is written
 * of those that `markFailed` finds are no longer ours to fail.
 */
export const giveUp = async (
  deps: GiveUpDeps,
  given: readonly GivenUp[],
  markFailed: (tx: PoolClient, id: string) => Promise<boolean>,
): Promise<string[]> => {
  const failed: string[] = [];
  await withTransaction(deps.pool, async (tx) => {
    for (const { id, incidentId, reason, data } of given) {
      await tx.query('savepoint one');
      await deps.onGivenUp(tx, { incidentId, data });
      if (!(await markFailed(tx, id))) {
        await tx.query('rollback to savepoint one');
        continue;
      }
      failed.push(id);
      await deps.fallBack(tx, { id, reason });
    }
  });
  return failed;
};
