import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRobotLimit } from '../../../src/notify/channels/robot-limit.ts';

const WINDOWS = [
  { count: 20, windowMs: 60_000 },
  { count: 5, windowMs: 1_000 },
];

describe('the limit of a robot', () => {
  it('holds in every window however messages come, and the wait it names is no longer than needed', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(gaps, (gapsMs) => {
        const limit = createRobotLimit(WINDOWS);
        const sentMs: number[] = [];
        const waits: number[] = [];
        let nowMs = 1_000_000;
        for (const gapMs of gapsMs) {
          nowMs += gapMs;
          const waitMs = limit.take('a', nowMs);
          // A moment before, it is that moment too early; then there is a place.
          if (waitMs > 1) waits.push(limit.take('a', nowMs + waitMs - 1) - 1);
          if (waitMs > 0) waits.push(limit.take('a', nowMs + waitMs));
          nowMs += waitMs;
          sentMs.push(nowMs);
        }
        expect(waits.filter((wait) => wait !== 0)).toEqual([]);
        for (const { count, windowMs } of WINDOWS) {
          const most = Math.max(
            ...sentMs.map(
              (from) => sentMs.filter((at) => at >= from && at < from + windowMs).length,
            ),
          );
          expect(most).toBeLessThanOrEqual(count);
        }
      }),
    );
  });

  it('is each robot’s own', () => {
    const limit = createRobotLimit([{ count: 1, windowMs: 1_000 }]);
    expect([limit.take('a', 0), limit.take('b', 0), limit.take('a', 0)]).toEqual([0, 0, 1_000]);
    limit.pause('b', 9_000);
    expect([limit.take('a', 1_000), limit.take('b', 1_000)]).toEqual([0, 8_000]);
  });

  it('does not shut a robot out when the clock is put back', () => {
    const limit = createRobotLimit([{ count: 1, windowMs: 1_000 }]);
    expect(limit.take('a', 3_600_000)).toBe(0);
    expect(limit.take('a', 0)).toBe(0);
  });
});
