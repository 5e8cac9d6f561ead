import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeReference,
  encodeReference,
  referencesOf,
} from '../../../src/notify/message-reference.ts';

const SEED = 20261128;
const parts = fc
  .tuple(fc.integer({ min: 1, max: 1023 }), fc.integer({ min: 1, max: 8 }), fc.nat())
  .map(([message, parts, n]) => ({ message, parts, part: (n % parts) + 1 }));

describe('the reference of a part', () => {
  it('comes back as it went, in 16 bits and within its message', () => {
    fc.assert(
      fc.property(parts, (part) => {
        const reference = encodeReference(part) ?? Number.NaN;
        expect(reference).toBeGreaterThan(0);
        expect(reference).toBeLessThanOrEqual(0xffff);
        expect(decodeReference(reference)).toEqual(part);
        const { first, last } = referencesOf(part.message);
        expect(reference).toBeGreaterThanOrEqual(first);
        expect(reference).toBeLessThanOrEqual(last);
      }),
      { seed: SEED },
    );
  });

  it('is another for another part', () => {
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const same = a.message === b.message && a.parts === b.parts && a.part === b.part;
        expect(encodeReference(a) === encodeReference(b)).toBe(same);
      }),
      { seed: SEED },
    );
  });

  it('of any 16 bits is one that we write, or none', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), (reference) => {
        const decoded = decodeReference(reference);
        const again = decoded === undefined ? undefined : encodeReference(decoded);
        expect([reference, undefined]).toContain(again);
        const part = reference & 7;
        expect(again === undefined).toBe(reference < 64 || part > ((reference >> 3) & 7));
      }),
      { seed: SEED },
    );
    // Part 3 of 2, and what centres report of messages that had none.
    expect(decodeReference((5 << 6) | (1 << 3) | 2)).toBeUndefined();
    expect(decodeReference(0)).toBeUndefined();
  });

  it('is not given to what does not fit', () => {
    expect(encodeReference({ message: 0, parts: 1, part: 1 })).toBeUndefined();
    expect(encodeReference({ message: 1024, parts: 1, part: 1 })).toBeUndefined();
    expect(encodeReference({ message: 1, parts: 9, part: 9 })).toBeUndefined();
    expect(encodeReference({ message: 1, parts: 2, part: 3 })).toBeUndefined();
  });
});
