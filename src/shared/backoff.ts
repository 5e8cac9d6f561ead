/**
 * Milliseconds before the next attempt: doubling from `baseMs` up to `maxMs`, then half of that plus a random half, so
 * that the messages a carrier refused together do not come back together. `random` is in [0, 1).
 */
export const backoffMs = (
  failures: number,
  { baseMs, maxMs, random }: { baseMs: number; maxMs: number; random: number },
): number => {
  const full = Math.min(maxMs, baseMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(full / 2 + (full / 2) * random);
};
