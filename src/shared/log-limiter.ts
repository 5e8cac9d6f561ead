/** How many different keys are told apart; an attacker who invents names must not fill the memory. */
const MAX_KEYS = 1_000;

/**
 * Decides which of many like events is worth a log line: the first of a key, then at most one per
 * window. Returns how many were left out since the last line, or undefined when this one is left out too.
 */
export const createLogLimiter = (
  windowMs: number,
): ((key: string, nowMs: number) => number | undefined) => {
  const seen = new Map<string, { sinceMs: number; suppressed: number }>();
  return (key, nowMs) => {
    const entry = seen.get(key);
    if (entry !== undefined && nowMs - entry.sinceMs < windowMs) {
      entry.suppressed += 1;
      return undefined;
    }
    if (seen.size >= MAX_KEYS) seen.clear();
    seen.set(key, { sinceMs: nowMs, suppressed: 0 });
    return entry?.suppressed ?? 0;
  };
};
