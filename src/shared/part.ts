import { setTimeout as delay } from 'node:timers/promises';

/** A part that hangs while stopping must not keep the reason for a failed start from being told. */
const STOP_AFTER_FAILURE_MS = 3_000;

/** A long-lived piece of the service. `stop` drains what is under way and may be called once. */
export type Part = { name: string; start(): Promise<void>; stop(): Promise<void> };

/**
 * Starts parts in order; if one fails, stops those already up (in reverse, for at most 3 s) and rethrows.
 * The returned function stops all in reverse order; a part that fails to stop does not keep the
 * others from stopping, and the first error is rethrown at the end.
 */
export const startParts = async (parts: readonly Part[]): Promise<() => Promise<void>> => {
  const started: Part[] = [];
  const stopAll = async (): Promise<void> => {
    const errors: unknown[] = [];
    for (let part = started.pop(); part !== undefined; part = started.pop()) {
      await part.stop().catch((error: unknown) => errors.push(error));
    }
    if (errors.length > 0) throw errors[0];
  };
  for (const part of parts) {
    try {
      await part.start();
      started.push(part);
    } catch (error) {
      const waited = new AbortController();
      await Promise.race([
        stopAll().catch(() => undefined),
        delay(STOP_AFTER_FAILURE_MS, undefined, waited).catch(() => undefined),
      ]);
      waited.abort();
      throw error;
    }
  }
  return stopAll;
};
