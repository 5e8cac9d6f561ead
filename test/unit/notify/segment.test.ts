import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeGsm7, encodeGsm7 } from '../../../src/notify/channels/gsm7.ts';
import { type SmsPart, segmentSms } from '../../../src/notify/channels/segment.ts';

const HEADER = 6;
const textOf = ({ octets, hasHeader, dataCoding }: SmsPart): string => {
  const data = octets.subarray(hasHeader ? HEADER : 0);
  return dataCoding === 0 ? decodeGsm7(data) : Buffer.from(data).swap16().toString('utf16le');
};
const dataLength = ({ octets, hasHeader }: SmsPart): number =>
  octets.length - (hasHeader ? HEADER : 0);

describe('segmentSms in UCS-2', () => {
  it('sends up to 70 characters in one message without a header', () => {
    const [only, ...rest] = segmentSms('火'.repeat(70), 9);
    expect(rest).toEqual([]);
    expect(only).toMatchObject({ hasHeader: false, dataCoding: 8 });
    expect(only?.octets.subarray(0, 2)).toEqual(Buffer.from([0x70, 0x6b]));
  });

  it('sends 71 in two parts of at most 67, numbered', () => {
    const parts = segmentSms('火'.repeat(71), 0x1ab);
    expect(parts.map(({ octets }) => [...octets.subarray(0, HEADER)])).toEqual([
      [5, 0, 3, 0xab, 2, 1],
      [5, 0, 3, 0xab, 2, 2],
    ]);
    expect(parts.map((part) => textOf(part).length)).toEqual([67, 4]);
  });

  it('moves an emoji that would straddle two parts to the second', () => {
    const parts = segmentSms(`${'火'.repeat(66)}🔥${'x'.repeat(10)}`, 1);
    expect(parts.map(textOf)).toEqual(['火'.repeat(66), `🔥${'x'.repeat(10)}`]);
  });

  it('takes plain English too where the centre’s default alphabet is another', () => {
    expect(segmentSms('Fire', 1, 'ucs2')).toMatchObject([{ dataCoding: 8 }]);
  });

  it('refuses what no phone could put together', () => {
    expect(() => segmentSms('火'.repeat(67 * 255 + 1), 1)).toThrow(RangeError);
  });
});

describe('segmentSms in GSM 03.38', () => {
  it('sends 160 characters in one message, 161 in parts of at most 153', () => {
    expect(segmentSms('@'.repeat(160), 1)).toMatchObject([
      { dataCoding: 0, hasHeader: false, octets: Buffer.alloc(160) },
    ]);
    expect(segmentSms('x'.repeat(161), 7).map(dataLength)).toEqual([153, 8]);
  });

  it('counts a bracket as two and does not split it', () => {
    expect(segmentSms('['.repeat(80), 1)).toHaveLength(1);
    const parts = segmentSms('['.repeat(81), 1);
    expect(parts.map(dataLength)).toEqual([152, 10]);
    expect(parts.map(textOf)).toEqual(['['.repeat(76), '['.repeat(5)]);
  });

  it('writes the alphabet as 03.38 has it', () => {
    const [part] = segmentSms('@£_€{Ωà', 1);
    expect([...(part?.octets ?? [])]).toEqual([
      0x00, 0x01, 0x11, 0x1b, 0x65, 0x1b, 0x28, 0x15, 0x7f,
    ]);
  });

  it('goes over to UCS-2 for one character it does not have', () => {
    expect(segmentSms('Fire in 烽燧', 1)).toMatchObject([{ dataCoding: 8 }]);
    expect(segmentSms('ç', 1)).toMatchObject([{ dataCoding: 8 }]);
    expect(encodeGsm7('\u001b')).toBeUndefined();
  });
});

describe('segmentSms', () => {
  const textArb = fc.string({
    unit: fc.constantFrom('a', '火', '🔥', '\n', '[', '€'),
    maxLength: 700,
  });
  const gsmArb = fc.string({ unit: fc.constantFrom('a', '[', '€', '@', '\n'), maxLength: 900 });

  it('puts any text back together, within 140 octets a part', () => {
    fc.assert(
      fc.property(fc.oneof(textArb, gsmArb), fc.nat(), (text, reference) => {
        const parts = segmentSms(text, reference);
        expect(parts.map(textOf).join('')).toBe(text);
        expect(parts.every((part) => textOf(part).isWellFormed())).toBe(true);
        for (const part of parts) {
          const data =
            part.dataCoding === 0 ? Math.ceil((dataLength(part) * 7) / 8) : dataLength(part);
          expect(data + (part.hasHeader ? HEADER : 0)).toBeLessThanOrEqual(140);
          expect(part.hasHeader).toBe(parts.length > 1);
        }
      }),
    );
  });
});
