import { setTimeout as delay } from 'node:timers/promises';
import { errorMessage } from '../../shared/app-error.ts';
import type { Part } from '../../shared/part.ts';
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
  const ending = new AbortController();
  let running: Promise<void> = Promise.resolve();

  const fireAll = async (): Promise<void> => {
    const ids = await listDueEscalations(pool, clock.now(), BATCH);
    for (const id of ids) {
      if (ending.signal.aborted) return;
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

  const loop = async (): Promise<void> => {
    for (;;) {
      let pause = pollMs;
      try {
        await fireAll();
        pause = await pauseMs();
      } catch (error) {
        logger.warn({ reason: errorMessage(error) }, 'due escalations could not be read');
      }
      await delay(pause, undefined, { signal: ending.signal });
    }
  };

  return {
    name: 'escalator',
    async start() {
      running = loop().catch(() => undefined);
    },
    async stop() {
      ending.abort();
      await running;
    },
  };
};

/** One that fails, or that another process is at, must not make a busy loop. */
const MIN_PAUSE_MS = 10;
