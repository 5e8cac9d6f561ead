import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  mayShare,
  planSending,
  type Sendable,
  type Traffic,
} from '../../../src/notify/plan-sending.ts';

const at = (ms: number): Date => new Date(Date.UTC(2026, 10, 2, 6, 5) + ms);
const quiet: Traffic = { alertBeganAt: null, underWay: false, messages: 0, oldestAt: null };
const alert: Sendable = {
  kind: 'alert',
  channel: 'sms',
  createdAt: at(0),
  attempts: 0,
  told: false,
};
const plan = (changes: Partial<Sendable>, traffic: Partial<Traffic>, nowMs = 0) =>
  planSending(
    { ...alert, ...changes },
    { ...quiet, ...traffic },
    { windowMs: 400, perMinute: 3, now: at(nowMs) },
  );

describe('when a notification goes out', () => {
  it('is at once for the first alert to an address', () => {
    expect(plan({}, {})).toEqual({ kind: 'now' });
    expect(plan({}, { alertBeganAt: at(-400) })).toEqual({ kind: 'now' });
  });

  it('is the window’s length after it was written for one that follows within the window, or while one is under way', () => {
    expect(plan({}, { alertBeganAt: at(-399) }, 100)).toEqual({ kind: 'hold', ms: 300 });
    expect(plan({}, { alertBeganAt: at(-9_000), underWay: true })).toEqual({
      kind: 'hold',
      ms: 400,
    });
    expect(plan({}, { underWay: true }, 400)).toEqual({ kind: 'now' });
  });

  it('is at once for what a machine reads, for what is no alert and for what was tried before', () => {
    expect(plan({ channel: 'webhook' }, { underWay: true })).toEqual({ kind: 'now' });
    expect(plan({ channel: 'app' }, { underWay: true })).toEqual({ kind: 'now' });
    expect(plan({ kind: 'taken_over' }, { underWay: true })).toEqual({ kind: 'now' });
    expect(plan({ attempts: 1 }, { underWay: true, messages: 9, oldestAt: at(-1_000) })).toEqual({
      kind: 'now',
    });
  });

  it('is later for what is not the first word of a fire, when the person has had many messages', () => {
    const busy = { messages: 3, oldestAt: at(-20_000), alertBeganAt: at(-10_000) };
    expect(plan({ told: true }, busy)).toEqual({ kind: 'later', until: at(40_000) });
    expect(plan({ kind: 'taken_over', channel: 'app' }, busy)).toEqual({
      kind: 'later',
      until: at(40_000),
    });
    expect(plan({ told: true }, { ...busy, messages: 2 })).toEqual({ kind: 'now' });
    expect(plan({}, busy)).toEqual({ kind: 'now' });
    expect(plan({ kind: 'reply' }, busy)).toEqual({ kind: 'now' });
    expect(plan({ kind: 'audit' }, busy)).toEqual({ kind: 'now' });
    expect(plan({ told: true, createdAt: at(-60_000) }, busy)).toEqual({ kind: 'now' });
  });

  it('never holds the first word of a fire for more than the window, whatever the clock did', () => {
    const traffic = fc.record({
      alertBeganAt: fc.option(fc.integer({ min: -60_000, max: 1_000 }).map(at)),
      underWay: fc.boolean(),
      messages: fc.integer({ min: 0, max: 50 }),
      oldestAt: fc.option(fc.integer({ min: -60_000, max: 0 }).map(at)),
    });
    fc.assert(
      fc.property(traffic, fc.integer({ min: -7_200_000, max: 7_200_000 }), (seen, createdMs) => {
        const timing = plan({ createdAt: at(createdMs) }, seen);
        expect(timing.kind === 'hold' ? timing.ms : 0).toBeLessThanOrEqual(400);
        expect(timing.kind).not.toBe('later');
      }),
    );
  });
});

describe('what may share a message', () => {
  it('are alerts to people', () => {
    expect(mayShare('alert', 'sms')).toBe(true);
    expect(mayShare('alert', 'dingtalk')).toBe(true);
    expect(mayShare('alert', 'webhook')).toBe(false);
    expect(mayShare('alert', 'app')).toBe(false);
    expect(mayShare('reply', 'sms')).toBe(false);
  });
});
