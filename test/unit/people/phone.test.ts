import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizePhone } from '../../../src/people/phone.ts';

describe('normalizePhone', () => {
  it.each([
    ['+8613812345678', '+8613812345678'],
    ['138 1234 5678', '+8613812345678'],
    ['138-1234-5678', '+8613812345678'],
    ['(+86) 138.1234.5678', '+8613812345678'],
    ['008613812345678', '+8613812345678'],
    ['8613812345678', '+8613812345678'],
    ['１３８１２３４５６７８', '+8613812345678'],
    ['＋８６１３８１２３４５６７８', '+8613812345678'],
    ['+44 20 7946 0958', '+442079460958'],
    ['0044 20 7946 0958', '+442079460958'],
    ['+8614400000000 12'.replace(' ', ''), '+861440000000012'],
  ])('%s becomes %s', (text, e164) => {
    expect(normalizePhone(text)).toEqual({ ok: true, e164 });
  });

  it.each([
    '',
    '119',
    'call me',
    '12812345678',
    '+0123456789',
    '+123',
    '1381234567',
    '138123456789',
    '+12345678901234567',
  ])('refuses %j', (text) => {
    expect(normalizePhone(text).ok).toBe(false);
  });

  it('takes a landline for a call but not for an SMS', () => {
    expect(normalizePhone('0731-8888 8888', 'voice')).toEqual({ ok: true, e164: '+8673188888888' });
    const sms = normalizePhone('0731-8888 8888');
    expect(sms).toMatchObject({ ok: false, reason: expect.stringContaining('cannot receive SMS') });
  });

  it('gives E.164 or an error for any text, and leaves E.164 as it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[+0-9 ()-]{0,20}$/)), (text) => {
        const result = normalizePhone(text);
        if (!result.ok) return;
        expect(result.e164).toMatch(/^\+[1-9]\d{6,14}$/);
        expect(normalizePhone(result.e164)).toEqual(result);
      }),
    );
  });
});
