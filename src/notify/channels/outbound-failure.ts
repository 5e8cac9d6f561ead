import type { IncomingHttpHeaders } from 'node:http';
import { errorMessage } from '../../shared/app-error.ts';
import { OutboundError } from '../../shared/outbound-fetch.ts';
import type { SendResult } from './channel.ts';

export type SendFailure = Exclude<SendResult, { kind: 'submitted' }>;

/** What became of a message whose request got no answer. Only where it may not be posted to is final. */
export const failureOf = (error: unknown): SendFailure => {
  const reason = errorMessage(error);
  if (!(error instanceof OutboundError)) return { kind: 'failed', permanent: false, reason };
  if (error.mayHaveArrived) return { kind: 'unknown', reason };
  return { kind: 'failed', permanent: error.refused, reason };
};

/** An alarm is worth asking again after a while, whatever the other side says. */
const LONGEST_PAUSE_MS = 15 * 60_000;

/** A failure with the pause the other side asked for, if it did. */
export const retryLater = (reason: string, retryAfterMs: number | undefined): SendFailure => ({
  kind: 'failed',
  permanent: false,
  reason,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs: Math.min(retryAfterMs, LONGEST_PAUSE_MS) }),
});

/** Who says "at once" while refusing is not to be asked in a loop. */
const SHORTEST_PAUSE_MS = 1_000;
const HTTP_DATE = /^[A-Z][a-z]{2}, .* GMT$/;

/** Milliseconds to wait by `Retry-After` (RFC 9110: seconds, or a date), a second at least; undefined without it. */
export const retryAfterMs = (
  { 'retry-after': value = '' }: Pick<IncomingHttpHeaders, 'retry-after'>,
  now: Date,
): number | undefined => {
  const text = value.trim();
  const waitMs = /^\d+$/.test(text)
    ? Number(text) * 1000
    : HTTP_DATE.test(text)
      ? Date.parse(text) - now.getTime()
      : Number.NaN;
  return Number.isNaN(waitMs) ? undefined : Math.max(SHORTEST_PAUSE_MS, waitMs);
};
