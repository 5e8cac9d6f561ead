import { AppError } from './app-error.ts';

/**
 * Classes of SQLSTATE that say "not now" rather than "not this": connection, resources, operator
 * intervention, deadlock and serialisation. https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const TRANSIENT_CLASSES = ['08', '40', '53', '55', '57', '58', 'XX'];

/**
 * Whether trying again later may help. A data error (class 22, 23) or a bug would fail for ever and hold
 * up every alarm behind it: such a message becomes a dead letter. Errors without a SQLSTATE come from the
 * connection (ECONNREFUSED, "Connection terminated", a pool's time-out) unless they are programming errors.
 */
export const isTransient = (error: unknown): boolean => {
  if (error instanceof AppError) return error.code === 'unavailable';
  if (error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError)
    return false;
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]+$/.test(code)) {
    return TRANSIENT_CLASSES.includes(code.slice(0, 2));
  }
  return true;
};
