/** A repeatable stream of numbers: the same seed gives the same stream on every machine. */
export type Random = {
  /** Uniform in [0, 1). */
  next: () => number;
  /** Uniform in [min, max). */
  between: (min: number, max: number) => number;
  /** Whole number, min ≤ n ≤ max. */
  int: (min: number, max: number) => number;
  /** Normal, mean 0, standard deviation 1. */
  normal: () => number;
  pick: <T>(items: readonly T[]) => T;
};

/** mulberry32 (Tommy Ettinger, public domain): 32 bits of state, enough for scenery, not for secrets. */
const mulberry32 = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** FNV-1a of a text, 32 bits. */
const hashText = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
};

/**
 * A stream of its own for each purpose, so that one more draw for the ponds does not move the cameras.
 * `seed`: whole number from 0 to 2³²−1.
 */
export const createRandom = (seed: number, purpose: string): Random => {
  const next = mulberry32(Math.imul(seed + 1, 0x9e3779b1) ^ hashText(purpose));
  const between = (min: number, max: number): number => min + (max - min) * next();
  return {
    next,
    between,
    int: (min, max) => Math.floor(between(min, max + 1)),
    // Box–Muller; 1 − next() is never 0, whose logarithm would be infinite.
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    pick(items) {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new RangeError('cannot pick from an empty list');
      return item;
    },
  };
};
