import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/**
 * OWASP's floor for scrypt (2023): N = 2^17, r = 8, p = 1 costs 128 MiB and about 0.3 s. N = 2^15 with p = 3
 * is its equal in work at 32 MiB, so that ten people logging in at once do not take the machine's memory.
 */
const COST = { n: 2 ** 15, r: 8, p: 3 };
const KEY_BYTES = 32;
const SALT_BYTES = 16;

const derive = promisify(
  (
    password: string,
    { salt, n, r, p }: { salt: Buffer; n: number; r: number; p: number },
    done: (error: Error | null, key: Buffer) => void,
  ) =>
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, { N: n, r, p, maxmem: 256 * n * r }, done),
);

/** Hashes a password for `account.password_hash`: `scrypt$N$r$p$salt$key`, so that the cost can be raised later. */
export const hashPassword = async (password: string): Promise<string> => {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, { salt, ...COST });
  const { n, r, p } = COST;
  return ['scrypt', n, r, p, salt.toString('base64'), key.toString('base64')].join('$');
};

const FORMAT = /^scrypt\$(\d{1,8})\$(\d{1,3})\$(\d{1,3})\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)$/;

/** Compares in constant time. A hash in any other format is never matched. */
export const verifyPassword = async (password: string, hash: string): Promise<boolean> => {
  const [, n, r, p, salt, expected] = FORMAT.exec(hash) ?? [];
  if (salt === undefined || expected === undefined) return false;
  const want = Buffer.from(expected, 'base64');
  const key = await derive(password, {
    salt: Buffer.from(salt, 'base64'),
    n: Number(n),
    r: Number(r),
    p: Number(p),
  });
  return key.length === want.length && timingSafeEqual(key, want);
};
