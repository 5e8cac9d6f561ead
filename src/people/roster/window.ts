import Type from 'typebox';
import { AppError } from '../../shared/app-error.ts';
import { DateTimeSchema } from '../../shared/http.ts';
import { parseTime } from '../parse-time.ts';
import type { Interval } from './interval.ts';

export const WindowQuery = {
  from: Type.Optional(DateTimeSchema),
  to: Type.Optional(DateTimeSchema),
};

/** A roster is computed, not stored: a year is as much as anybody looks at, and is computed in milliseconds. */
const MAX_DAYS = 366;
const DAY_MS = 86_400_000;

/** From the query or now, for as many days unless `to` is given. Throws `bad_request` that names the field. */
export const parseWindow = (
  query: { from?: string; to?: string },
  { now, days }: { now: Date; days: number },
): Interval => {
  const from = query.from === undefined ? now : parseTime('from', query.from);
  const to =
    query.to === undefined ? new Date(from.getTime() + days * DAY_MS) : parseTime('to', query.to);
  const lengthMs = to.getTime() - from.getTime();
  if (lengthMs > 0 && lengthMs <= MAX_DAYS * DAY_MS) return { from, to };
  const message = lengthMs <= 0 ? 'must be after from' : `must be within ${MAX_DAYS} days of from`;
  throw new AppError('bad_request', `to ${message}`, { errors: [{ path: 'to', message }] });
};
