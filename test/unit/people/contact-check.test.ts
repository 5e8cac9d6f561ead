import { describe, expect, it } from 'vitest';
import { checkContacts } from '../../../src/people/contact-check.ts';
import { maskAddress, seesAddresses } from '../../../src/people/mask-address.ts';

describe('checkContacts', () => {
  it('normalises numbers and gives the app the person’s id', () => {
    const result = checkContacts(
      [
        { channel: 'sms', address: '138 0000 0001', verified: true },
        { channel: 'app' },
        { channel: 'webhook', address: ' https://example.org/hook ' },
        { channel: 'email', address: 'li@example.org' },
      ],
      'p-1',
    );
    expect(result).toEqual({
      ok: true,
      contacts: [
        { channel: 'sms', address: '+8613800000001', verified: true },
        { channel: 'app', address: 'p-1' },
        { channel: 'webhook', address: 'https://example.org/hook' },
        { channel: 'email', address: 'li@example.org' },
      ],
    });
  });

  it('names every wrong address', () => {
    const result = checkContacts(
      [
        { channel: 'sms', address: '12345' },
        { channel: 'webhook', address: 'ftp://example.org' },
        { channel: 'sms' },
        { channel: 'email', address: 'nobody' },
        { channel: 'app' },
      ],
      'p-1',
    );
    expect(result.ok ? [] : result.errors.map((error) => error.path)).toEqual([
      'contacts[0].address',
      'contacts[1].address',
      'contacts[2].address',
      'contacts[3].address',
    ]);
  });

  it('refuses the same number twice, however it is written', () => {
    const result = checkContacts(
      [
        { channel: 'sms', address: '13800000001' },
        { channel: 'sms', address: '+86 138 0000 0001' },
      ],
      'p-1',
    );
    expect(result.ok ? [] : result.errors).toEqual([
      { path: 'contacts[1]', message: 'sms +8613800000001 is listed twice' },
    ]);
  });
});

describe('maskAddress', () => {
  it('leaves enough to recognise and too little to call', () => {
    expect(maskAddress('sms', '+8613812345678')).toBe('+86138****5678');
    expect(maskAddress('sms', '+123456')).toBe('****');
    expect(maskAddress('email', 'li@example.org')).toBe('l***@example.org');
    expect(maskAddress('webhook', 'https://example.org/hook?key=secret')).toBe(
      'https://example.org/…',
    );
    expect(maskAddress('app', 'p-1')).toBe('p-1');
  });

  it('is for those who do not command', () => {
    expect(seesAddresses(['viewer', 'operator'])).toBe(false);
    expect(seesAddresses(['viewer', 'dispatcher'])).toBe(true);
  });
});
