import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSamePhone, parseReply } from '../../../../src/notify/replies/parse-reply.ts';

describe('parseReply', () => {
  it.each([
    ['1', 'take', null],
    [' 1 。', 'take', null],
    ['１', 'take', null],
    ['1.', 'take', null],
    ['2', 'false_alarm', null],
    ['0', 'cannot_come', null],
    ['417 1', 'take', '417'],
    ['４１７　１', 'take', '417'],
    ['4171', 'take', '417'],
    ['417-2', 'false_alarm', '417'],
    ['417，0', 'cannot_come', '417'],
    ['“417 1”', 'take', '417'],
    ['1 417', 'take', '417'],
    ['100 1', 'take', '100'],
    // UCS-2 that was flagged as the default alphabet.
    ['\u00004\u00001\u00007\u0000 \u00001', 'take', '417'],
  ] as const)('reads %j', (text, kind, code) => {
    expect(parseReply(text)).toEqual({ kind, code });
  });

  it.each(['', '3', '11', '417', '41 71', '1 0', '417 3', '好的', 'ok 1', '1 or 2', '4170000 1'])(
    'does not guess at %j',
    (text) => {
      expect(parseReply(text)).toEqual({ kind: 'unknown' });
    },
  );

  it('reads no longer text than a code and a digit as an order', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const digits = text.normalize('NFKC').replaceAll(/\D/g, '');
        const known = parseReply(text).kind !== 'unknown';
        expect(known && ![1, 4].includes(digits.length)).toBe(false);
      }),
    );
  });
});

describe('isSamePhone', () => {
  it.each([
    ['8613800000001', true],
    ['+8613800000001', true],
    ['008613800000001', true],
    ['13800000001', true],
    ['013800000001', true],
    ['13800000002', false],
    ['0000001', false],
    ['10086', false],
    ['', false],
    ['8513800000001', false],
  ])('%s is +8613800000001: %s', (sender, same) => {
    expect(isSamePhone(sender, '+8613800000001')).toBe(same);
  });
});
