import type { PoolClient } from 'pg';
import type { Pool } from '../shared/db.ts';
import { withTransaction } from '../shared/db.ts';

/** Writes into the incident's timeline that somebody was not told; runs in the transaction that records it. */
export type OnGivenUp = (
  tx: PoolClient,
  given: { incidentId: string; data: Record<string, unknown> },
) => Promise<void>;

class NotOurs extends Error {}

/**
 * Gives a notification up: the timeline first, since that waits for the lock on incidents, which whoever cancels a
 * notification holds while waiting for its row; the other way round the two would wait for each other. False, and
 * nothing written, when `markFailed` finds the notification is no longer ours to fail.
 */
export const giveUp = async (
  deps: { pool: Pool; onGivenUp: OnGivenUp },
  given: { incidentId: string | null; data: Record<string, unknown> },
  markFailed: (tx: PoolClient) => Promise<boolean>,
): Promise<boolean> => {
  try {
    await withTransaction(deps.pool, async (tx) => {
      const { incidentId, data } = given;
      // What is about no incident has no timeline; the caller's log says it.
      if (incidentId !== null) await deps.onGivenUp(tx, { incidentId, data });
      if (!(await markFailed(tx))) throw new NotOurs();
    });
    return true;
  } catch (error) {
    if (error instanceof NotOurs) return false;
    throw error;
  }
};
