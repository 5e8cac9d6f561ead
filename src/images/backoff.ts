const BASE_MS = 5_000;
const MAX_MS = 30 * 60_000;

/**
 * The pause after so many attempts, milliseconds: 5 s, 20 s, 80 s, 5 min, 21 min, then half an hour. Steeper than that of
 * messages, since few attempts must outlast a camera that restarts; and not by chance, since pictures are worked on one
 * after the other and never come back together.
 */
export const retryAfterMs = (attempts: number): number =>
  Math.min(MAX_MS, BASE_MS * 4 ** (attempts - 1));
