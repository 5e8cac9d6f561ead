const BASE_MS = 5_000;
const MAX_MS = 30 * 60_000;

/** The pause after so many attempts, milliseconds: 5 s, 20 s, 80 s, 5 min, 21 min, then half an hour. */
export const retryAfterMs = (attempts: number): number =>
  Math.min(MAX_MS, BASE_MS * 4 ** (attempts - 1));
