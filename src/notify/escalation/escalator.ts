import { errorMessage } from '../../shared/app-error.ts';
import type { Part } from '../../shared/part.ts';
import { createRepeating } from '../../shared/repeating.ts';
import { listDueEscalations, nextEscalationAt } from './escalation-store.ts';
import { type FireDeps, fireEscalation } from './fire-escalation.ts';

/**
 * How late a step may be that another process has put on the table, or that a clock put back has moved. PostgreSQL is asked
 * so often, and at the very time the next step is due besides.
 */
const POLL_MS = 500;
const BATCH = 100;

/** Fires the steps of every incident's policy at their time. Any number of processes may run it: each step fires once. */
export const createEscalator = (deps: FireDeps & { pollMs?: number }): Part => {
  const { pool, clock, logger, pollMs = POLL_MS } = deps;
  const fireAll = async (ending: AbortSignal): Promise<void> => {
    const ids = await listDueEscalations(pool, clock.now(), BATCH);
    for (const id of ids) {
      if (ending.aborted) return;
      // One incident that cannot be escalated must not keep the others from it.
      await fireEscalation(deps, id).catch((error: unknown) =>
        logger.error({ err: error, incidentId: id }, 'escalation failed, trying again'),
      );
    }
  };

  const pauseMs = async (): Promise<number> => {
    const at = await nextEscalationAt(pool);
    const left = at === null ? pollMs : at.getTime() - clock.now().getTime();
    return Math.min(pollMs, Math.max(left, MIN_PAUSE_MS));
  };

  return createRepeating('escalator', async (ending) => {
    try {
      await fireAll(ending);
      return await pauseMs();
    } catch (error) {
      logger.warn({ reason: errorMessage(error) }, 'due escalations could not be read');
      return pollMs;
    }
  });
};

/** One that fails, or that another process is at, must not make a busy loop. */
const MIN_PAUSE_MS = 10;
