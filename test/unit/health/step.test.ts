import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Health,
  isTellingDue,
  newHealth,
  newsOf,
  toldAfter,
} from '../../../src/health/step.ts';
import { HEALTH_DEFAULTS } from '../../../src/shared/health-config.ts';
import { at, codesOf, lookedAt } from './made-up.ts';

const { recoverS, flapping } = HEALTH_DEFAULTS;
const OFFLINE_HOLD_OFF_S = HEALTH_DEFAULTS.holdOffS.offline ?? 0;

/** Told at once, as if nothing else were to be bundled with it. */
const spoken = (readings: Parameters<typeof lookedAt>[0]): { s: number; what: string }[] => {
  let health = newHealth(at(0), 0);
  const said: { s: number; what: string }[] = [];
  for (const one of readings) {
    [health = health] = lookedAt([one], HEALTH_DEFAULTS, health);
    const news = newsOf(health, HEALTH_DEFAULTS);
    if (news === null) continue;
    health = { ...health, told: toldAfter(health.told, news), untoldSince: null };
    said.push({ s: one.s, what: news.kind === 'recovered' ? 'recovered' : news.codes.join() });
  }
  return said;
};

describe('a device from look to look', () => {
  it('is suspect, unhealthy when that lasts, recovering, and healthy when that lasts', () => {
    const states = lookedAt([
      { s: 0, online: true },
      { s: 10, online: false },
      { s: 10 + OFFLINE_HOLD_OFF_S - 1, online: false },
      { s: 10 + OFFLINE_HOLD_OFF_S, online: false },
      { s: 300, online: true },
      { s: 300 + recoverS - 1, online: true },
      { s: 300 + recoverS, online: true },
    ]);
    expect(states.map(({ status }) => status)).toEqual([
      'healthy',
      'suspect',
      'suspect',
      'unhealthy',
      'recovering',
      'recovering',
      'healthy',
    ]);
  });

  it('is not worth a word when it is back within the hold-off', () => {
    expect(
      spoken([
        { s: 0, online: true },
        { s: 10, online: false },
        { s: 170, online: false },
        { s: 180, online: true },
        { s: 5000, online: true },
      ]),
    ).toEqual([]);
  });

  it('flaps fifty times in one message, and is stable in one', () => {
    const flaps = Array.from({ length: 50 }, (_, i) => [
      { s: i * 20, online: false },
      { s: i * 20 + 10, online: true },
    ]).flat();
    const after = Array.from({ length: 600 }, (_, i) => ({ s: 1000 + i * 10, online: true }));
    const said = spoken([{ s: -10, online: true }, ...flaps, ...after]);
    expect(said.map(({ what }) => what)).toEqual(['flapping', 'recovered']);
    const [first, last] = said;
    expect(first?.s).toBe((flapping.count - 1) * 20);
    // An hour after the last loss, and then as long as any other.
    expect(last?.s).toBeGreaterThanOrEqual(980 + flapping.withinS + recoverS);
  });

  it('is told as gone only when it has stopped flapping and is gone for good', () => {
    const flaps = [0, 20, 40, 60, 80].flatMap((s) => [
      { s, online: false },
      { s: s + 10, online: true },
    ]);
    const gone = Array.from({ length: 500 }, (_, i) => ({ s: 100 + i * 10, online: false }));
    const said = spoken([{ s: -10, online: true }, ...flaps, ...gone]);
    expect(said.map(({ what }) => what)).toEqual(['flapping', 'offline']);
    expect(said[1]?.s).toBeGreaterThan(100 + flapping.withinS);
  });

  it('flaps as well when it was back before anybody looked', () => {
    const [, after] = lookedAt([
      { s: 0, online: true },
      { s: 10, online: true, drops: 50 },
    ]);
    expect(codesOf(after as Health)).toEqual(['flapping']);
    expect(after).toMatchObject({
      status: 'unhealthy',
      problems: [{ value: 50, confirmed: true }],
    });
  });

  it('does not hold against it what it was before its first look', () => {
    const [first] = lookedAt(
      [{ s: 0, online: true, drops: 99 }],
      HEALTH_DEFAULTS,
      newHealth(at(0), 99),
    );
    expect(first).toMatchObject({ status: 'healthy', problems: [] });
  });

  it('is gone from when the will said so', () => {
    const [, gone, back] = lookedAt([
      { s: 0, online: true },
      { s: 20, online: false },
      { s: 90, online: true },
    ]);
    expect(gone).toMatchObject({ presence: 'down', presenceSince: at(20) });
    expect(back).toMatchObject({ presence: 'up', presenceSince: at(90) });
  });

  it('is told of when the first news has waited for more', () => {
    const waiting = (s: number | null) => ({ untoldSince: s === null ? null : at(s) });
    const due = (...since: (number | null)[]) =>
      isTellingDue(since.map(waiting), { bundleS: 60 }, at(60));
    expect(due(null, 1, 59)).toBe(false);
    expect(due(null, 0, 59)).toBe(true);
    expect(due()).toBe(false);
  });

  it('has nothing to tell of weather', () => {
    const problem = {
      since: at(0).toISOString(),
      value: 13,
      limit: 12,
      detail: null,
      confirmed: true,
    };
    const windy = {
      status: 'unhealthy' as const,
      told: [],
      problems: [{ code: 'wind_high' as const, ...problem }],
    };
    expect(newsOf(windy, HEALTH_DEFAULTS)).toBeNull();
    expect(newsOf(windy, { quiet: [] })).toEqual({ kind: 'unhealthy', codes: ['wind_high'] });
  });
});

describe('whatever a link does', () => {
  /** On and off for any time, looked at every ten seconds, then at rest for 80 minutes. */
  const link = fc.record({
    changes: fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 30 }),
    endsOnline: fc.boolean(),
  });
  const readingsOf = ({ changes, endsOnline }: { changes: number[]; endsOnline: boolean }) => {
    const readings: { s: number; online: boolean }[] = [];
    let s = 0;
    let online = true;
    for (const looks of changes) {
      for (let i = 0; i < looks; i++) readings.push({ s: (s += 10), online });
      online = !online;
    }
    for (let i = 0; i < 480; i++) readings.push({ s: (s += 10), online: endsOnline });
    return readings;
  };

  it('is told three times at most in the time it takes to be well again, and in the end as it is', () => {
    fc.assert(
      fc.property(link, (made) => {
        const readings = readingsOf(made);
        const said = spoken(readings);
        for (const { s } of said) {
          const within = said.filter((other) => other.s >= s && other.s < s + recoverS);
          // The trouble, that it flaps, and at the end that it is over.
          expect(within.length).toBeLessThanOrEqual(3);
        }
        for (const { s } of said) {
          const within = said.filter((other) => other.s >= s && other.s < s + flapping.withinS);
          expect(within.length).toBeLessThanOrEqual(2 * flapping.count);
        }
        const last = lookedAt(readings).at(-1);
        expect(last?.status).toBe(made.endsOnline ? 'healthy' : 'unhealthy');
        const isBelievedWell = said.length === 0 || said.at(-1)?.what === 'recovered';
        expect(isBelievedWell).toBe(made.endsOnline);
      }),
      { seed: 5, numRuns: 25 },
    );
  });

  it('is never called well while it is gone', () => {
    fc.assert(
      fc.property(link, (made) => {
        const readings = readingsOf(made);
        const wrong = lookedAt(readings).filter(({ status, presence }, i) =>
          readings[i]?.online === true
            ? presence !== 'up'
            : presence !== 'down' || !['suspect', 'unhealthy'].includes(status),
        );
        expect(wrong).toEqual([]);
      }),
      { seed: 6, numRuns: 20 },
    );
  });
});
