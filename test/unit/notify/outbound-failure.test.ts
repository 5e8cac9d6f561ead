import { describe, expect, it } from 'vitest';
import {
  failureOf,
  retryAfterMs,
  retryLater,
} from '../../../src/notify/channels/outbound-failure.ts';
import { OutboundError } from '../../../src/shared/outbound-fetch.ts';

describe('a request without an answer', () => {
  it('is unknown when it may have arrived, final when it may not go there, else worth another try', () => {
    expect(failureOf(new OutboundError('no answer', { mayHaveArrived: true }))).toEqual({
      kind: 'unknown',
      reason: 'no answer',
    });
    expect(failureOf(new OutboundError('private', { refused: true }))).toMatchObject({
      kind: 'failed',
      permanent: true,
    });
    expect(failureOf(new OutboundError('ECONNREFUSED'))).toMatchObject({ permanent: false });
    expect(failureOf(new Error('database'))).toMatchObject({ kind: 'failed', permanent: false });
  });
});

describe('Retry-After', () => {
  const now = new Date('2026-11-02T06:00:00Z');

  it.each([
    ['120', 120_000],
    ['0', 1_000],
    ['Mon, 02 Nov 2026 06:00:30 GMT', 30_000],
    ['Mon, 02 Nov 2026 05:00:00 GMT', 1_000],
    ['Mon, 42 Nov 2026 05:00:00 GMT', undefined],
    ['soon', undefined],
    ['-5', undefined],
    [undefined, undefined],
  ])('%s means %s ms', (value, expected) => {
    expect(retryAfterMs(value === undefined ? {} : { 'retry-after': value }, now)).toBe(expected);
  });

  it('never keeps an alarm waiting for longer than a quarter of an hour', () => {
    expect(retryLater('busy', 86_400_000)).toMatchObject({ retryAfterMs: 900_000 });
    expect(retryLater('failed', undefined)).not.toHaveProperty('retryAfterMs');
  });
});
