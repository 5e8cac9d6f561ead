import { describe, expect, it } from 'vitest';
import { hashPassword, verifyPassword } from '../../../src/shared/password.ts';

describe('password', () => {
  it('verifies the password it hashed and no other', async () => {
    const hash = await hashPassword('correct horse 电池');
    expect(hash).toMatch(/^scrypt\$32768\$8\$3\$/);
    expect(await verifyPassword('correct horse 电池', hash)).toBe(true);
    expect(await verifyPassword('correct horse 电', hash)).toBe(false);
    expect(await verifyPassword('', hash)).toBe(false);
  });

  it('gives the same password a different hash each time', async () => {
    expect(await hashPassword('same')).not.toBe(await hashPassword('same'));
  });

  it('matches nothing against a string that is not one of its hashes', async () => {
    expect(await verifyPassword('x', '')).toBe(false);
    expect(await verifyPassword('x', 'x')).toBe(false);
    expect(await verifyPassword('x', '$2b$12$abcdefghijklmnopqrstuv')).toBe(false);
  });
});
