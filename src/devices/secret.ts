import { pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * PBKDF2-SHA512 rounds, Mosquitto's own default. Few on purpose: secrets are 192 random bits, so there
 * is no dictionary to slow down, and 139 cameras that reconnect at once must not stall the broker.
 */
const ITERATIONS = 101;
const SALT_BYTES = 12;
const HASH_BYTES = 64;

/**
 * A new MQTT secret: 32 URL-safe characters, 192 random bits. Shown once, stored only hashed. It begins with a letter
 * or digit: a spreadsheet takes what begins with `-` for a formula, a command line for an option.
 */
export const createSecret = (): string => {
  const secret = randomBytes(24).toString('base64url');
  return /^[-_]/.test(secret) ? createSecret() : secret;
};

/** `$7$iterations$salt$hash`, the format of Mosquitto's password file, so a stored hash can be exported as it is. */
export const hashSecret = (secret: string, salt: Buffer = randomBytes(SALT_BYTES)): string => {
  const hash = pbkdf2Sync(secret, salt, ITERATIONS, HASH_BYTES, 'sha512');
  return `$7$${ITERATIONS}$${salt.toString('base64')}$${hash.toString('base64')}`;
};

/** False for a wrong secret and for a hash that is not in the format above. Constant time in the secret. */
export const verifySecret = (secret: string | Buffer, stored: string): boolean => {
  const match = /^\$7\$(\d{1,7})\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)$/.exec(stored);
  const [, iterations, salt, hash] = match ?? [];
  if (iterations === undefined || salt === undefined || hash === undefined) return false;
  const expected = Buffer.from(hash, 'base64');
  const actual = pbkdf2Sync(
    secret,
    Buffer.from(salt, 'base64'),
    Number(iterations),
    expected.length,
    'sha512',
  );
  return timingSafeEqual(actual, expected);
};
