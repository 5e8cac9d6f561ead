import { setTimeout as delay } from 'node:timers/promises';
import { isTransient } from '../shared/transient.ts';

const PAUSE_MS = 200;

/**
 * Writes what only this process knows, such as a provider's yes: while PostgreSQL is away it is tried again and again, for as
 * long as the process works. Rejects with what trying again would not mend, or when `signal` ends it.
 */
export const insist = async <T>(
  write: () => Promise<T>,
  { signal, onTrouble }: { signal: AbortSignal; onTrouble: (error: unknown) => void },
): Promise<T> => {
  for (let failures = 0; ; failures += 1) {
    try {
      return await write();
    } catch (error) {
      if (!isTransient(error) || signal.aborted) throw error;
      if (failures === 0) onTrouble(error);
    }
    await delay(PAUSE_MS, undefined, { signal });
  }
};
