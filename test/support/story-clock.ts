import type { Clock } from '../../src/shared/clock.ts';

const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;
export type Span = `${number}${keyof typeof UNITS_MS}`;

const msOf = (span: Span): number => {
  const unit = span.at(-1) as keyof typeof UNITS_MS;
  return Number(span.slice(0, -1)) * UNITS_MS[unit];
};

export type StoryClock = Clock & {
  /** What must have happened before time goes on, and before anybody looks at a phone after it has. */
  settleBy(settled: () => Promise<void>): void;
  advance(span: Span): Promise<void>;
};

/** Time that stands still until the story says so. */
export const createStoryClock = (start: string): StoryClock => {
  let atMs = Date.parse(start);
  let settle = async (): Promise<void> => undefined;
  return {
    now: () => new Date(atMs),
    settleBy(settled) {
      settle = settled;
    },
    async advance(span) {
      await settle();
      atMs += msOf(span);
      await settle();
    },
  };
};
