import { setTimeout as delay } from 'node:timers/promises';
import type { Part } from './part.ts';

/**
 * A part that does the same again and again, one round after the other. A round says how long to pause before the next,
 * milliseconds; its own errors are its to deal with. Stopping ends the pause and waits for the round under way.
 */
export const createRepeating = (
  name: string,
  round: (ending: AbortSignal) => Promise<number>,
): Part => {
  const ending = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const loop = async (): Promise<void> => {
    for (;;) {
      const pauseMs = await round(ending.signal);
      await delay(pauseMs, undefined, { signal: ending.signal });
    }
  };
  return {
    name,
    async start() {
      running = loop().catch(() => undefined);
    },
    async stop() {
      ending.abort();
      await running;
    },
  };
};
