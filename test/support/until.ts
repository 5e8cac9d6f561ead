import { setTimeout as delay } from 'node:timers/promises';

/**
 * What `look` finds, looking again every so often; undefined when it has found nothing in time. For what runs outside of the
 * test runner too, where there is no `vi.waitFor`.
 */
export const until = async <T>(
  look: () => T | false | undefined | Promise<T | false | undefined>,
  { withinMs, everyMs }: { withinMs: number; everyMs: number },
): Promise<T | undefined> => {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) return undefined;
    await delay(everyMs);
  }
};
