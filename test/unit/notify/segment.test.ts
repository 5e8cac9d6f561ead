import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SmsPart, segmentUcs2 } from '../../../src/notify/channels/segment.ts';

const HEADER = 6;
const textOf = ({ octets, hasHeader }: SmsPart): string =>
  Buffer.from(octets.subarray(hasHeader ? HEADER : 0))
    .swap16()
    .toString('utf16le');

describe('segmentUcs2', () => {
  it('sends up to 70 characters in one message without a header', () => {
    const [only, ...rest] = segmentUcs2('火'.repeat(70), 9);
    expect(rest).toEqual([]);
    expect(only?.hasHeader).toBe(false);
    expect(only?.octets.subarray(0, 2)).toEqual(Buffer.from([0x70, 0x6b]));
  });

  it('sends 71 in two parts of at most 67, numbered', () => {
    const parts = segmentUcs2('火'.repeat(71), 0x1ab);
    expect(parts.map(({ octets }) => [...octets.subarray(0, HEADER)])).toEqual([
      [5, 0, 3, 0xab, 2, 1],
      [5, 0, 3, 0xab, 2, 2],
    ]);
    expect(parts.map((part) => textOf(part).length)).toEqual([67, 4]);
  });

  it('moves an emoji that would straddle two parts to the second', () => {
    const parts = segmentUcs2(`${'火'.repeat(66)}🔥${'x'.repeat(10)}`, 1);
    expect(parts.map(textOf)).toEqual(['火'.repeat(66), `🔥${'x'.repeat(10)}`]);
  });

  it('puts any text back together, within 140 octets a part', () => {
    const textArb = fc.string({ unit: fc.constantFrom('a', '火', '🔥', '\n'), maxLength: 600 });
    fc.assert(
      fc.property(textArb, fc.nat(), (text, reference) => {
        const parts = segmentUcs2(text, reference);
        expect(parts.map(textOf).join('')).toBe(text);
        expect(parts.every(({ octets }) => octets.length <= 140)).toBe(true);
        expect(parts.every((part) => textOf(part).isWellFormed())).toBe(true);
        expect(parts.length).toBe(text.length <= 70 ? 1 : parts.length);
      }),
    );
  });

  it('refuses what no phone could put together', () => {
    expect(() => segmentUcs2('x'.repeat(67 * 255 + 1), 1)).toThrow(RangeError);
  });
});
