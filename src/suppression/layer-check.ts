import type { Fault } from '../shared/geometry-check.ts';

const DAY_MS = 86_400_000;

/** How long a layer lasts when nobody says, and at most; days from now. */
export type Lifetime = { defaultDays: number; maxDays: number };

/** Burning off and works change with the seasons; a source nobody confirms within two years is not known any more. */
export const HEAT_SOURCE_LIFETIME: Lifetime = { defaultDays: 365, maxDays: 731 };
/** The sun that makes a glint moves on within weeks, and trees grow into masks. */
export const MASK_LIFETIME: Lifetime = { defaultDays: 30, maxDays: 366 };

export const defaultExpiry = ({ defaultDays }: Lifetime, now: Date): Date =>
  new Date(now.getTime() + defaultDays * DAY_MS);

export const expiryFaults = (value: unknown, { maxDays }: Lifetime, now: Date): Fault[] => {
  const path = 'expiresAt';
  const time = timeOf(value);
  if (time === undefined) return [];
  if (Number.isNaN(time)) return [noTime(path)];
  if (time <= now.getTime()) {
    return [{ path, message: 'must lie in the future; to end a layer now, delete it' }];
  }
  if (time - now.getTime() <= maxDays * DAY_MS) return [];
  return [
    { path, message: `is more than ${maxDays} days away; a layer is confirmed again by then` },
  ];
};

/** Longer than any permit for burning off; one wrong digit in a year would hide a valley. */
const MAX_WINDOW_DAYS = 31;

export const windowFaults = (startsAt: unknown, endsAt: unknown): Fault[] => {
  const [starts, ends] = [timeOf(startsAt), timeOf(endsAt)];
  const faults = [
    ...(Number.isNaN(starts) ? [noTime('startsAt')] : []),
    ...(Number.isNaN(ends) ? [noTime('endsAt')] : []),
  ];
  if (faults.length > 0 || starts === undefined || ends === undefined) return faults;
  const path = 'endsAt';
  if (ends <= starts) return [{ path, message: 'must be after startsAt' }];
  if (ends - starts <= MAX_WINDOW_DAYS * DAY_MS) return [];
  const days = ((ends - starts) / DAY_MS).toFixed(1);
  return [{ path, message: `is ${days} days after startsAt (at most ${MAX_WINDOW_DAYS})` }];
};

/** Milliseconds; NaN = text that is no time; undefined = no text at all, which the schema tells. */
const timeOf = (value: unknown): number | undefined =>
  typeof value === 'string' ? new Date(value).getTime() : undefined;

const noTime = (path: string): Fault => ({
  path,
  message: 'is not an RFC 3339 time, e.g. 2026-11-02T08:00:00+08:00',
});

/** A body's fields, whatever it is: what is not an object has none. */
export const fieldsOf = (body: unknown): Record<string, unknown> =>
  typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
