import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayAvailability, type History, spanOfDay } from '../../../src/health/availability.ts';

const ms = (iso: string): number => Date.parse(iso);
const span = (from: string, to: string) => ({ from: ms(from), to: ms(to) });
const history = (over: Partial<History> = {}): History => ({
  registeredAt: new Date('2026-01-01T00:00:00Z'),
  absences: [],
  watches: [span('2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z')],
  ...over,
});
const down = (from: string, to: string) => ({ presence: 'down' as const, ...span(from, to) });
const unknown = (from: string, to: string) => ({ presence: 'unknown' as const, ...span(from, to) });
const ANREN = 'Asia/Shanghai';

describe('how available a device was on a local day', () => {
  it('is all of it when nothing was', () => {
    expect(dayAvailability(history(), '2026-11-02', ANREN)).toEqual({
      day: '2026-11-02',
      knownS: 86_400,
      downS: 0,
      outages: 0,
      availability: 1,
    });
  });

  it('shares an outage across midnight between the days, and counts it on the one it began', () => {
    const night = history({ absences: [down('2026-11-02T15:00:00Z', '2026-11-02T18:00:00Z')] });
    expect(dayAvailability(night, '2026-11-02', ANREN)).toMatchObject({ downS: 3600, outages: 1 });
    expect(dayAvailability(night, '2026-11-03', ANREN)).toMatchObject({
      downS: 7200,
      outages: 0,
      availability: 1 - 7200 / 86_400,
    });
  });

  it('begins with its registration', () => {
    const registeredAt = new Date('2026-11-02T04:00:00Z');
    const noon = history({
      registeredAt,
      absences: [down('2026-11-02T10:00:00Z', '2026-11-02T16:00:00Z')],
    });
    expect(dayAvailability(noon, '2026-11-02', ANREN)).toMatchObject({
      knownS: 43_200,
      downS: 21_600,
      availability: 0.5,
    });
    expect(dayAvailability(noon, '2026-11-01', ANREN)).toMatchObject({
      knownS: 0,
      availability: null,
    });
  });

  it('knows nothing of the time in which nobody looked, nor in which nobody could tell', () => {
    const watches = [
      span('2026-11-01T16:00:00Z', '2026-11-01T20:00:00Z'),
      span('2026-11-02T00:00:00Z', '2026-11-02T16:00:00Z'),
    ];
    const absences = [
      // Half of it while the service was away.
      down('2026-11-01T19:00:00Z', '2026-11-01T21:00:00Z'),
      unknown('2026-11-02T10:00:00Z', '2026-11-02T16:00:00Z'),
    ];
    expect(dayAvailability(history({ watches, absences }), '2026-11-02', ANREN)).toMatchObject({
      knownS: 14 * 3600,
      downS: 3600,
      availability: 1 - 1 / 14,
    });
  });

  it.each([
    ['2026-03-29', 23],
    ['2026-10-25', 25],
    ['2026-10-26', 24],
  ])('has the hours that %s has in Berlin', (day, hours) => {
    const midnight = new Date(spanOfDay(day, 'Europe/Berlin').from).toISOString();
    const absences = [down(midnight, new Date(ms(midnight) + 3_600_000).toISOString())];
    expect(dayAvailability(history({ absences }), day, 'Europe/Berlin')).toMatchObject({
      knownS: hours * 3600,
      downS: 3600,
      availability: 1 - 1 / hours,
    });
  });

  it('adds up over any spans, overlapping or not', () => {
    const begin = spanOfDay('2026-11-02', ANREN).from;
    const minutes = fc.integer({ min: -300, max: 1800 });
    const spans = fc.array(
      fc.tuple(minutes, fc.integer({ min: 1, max: 600 })).map(([from, length]) => ({
        from: begin + from * 60_000,
        to: begin + (from + length) * 60_000,
      })),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(spans, spans, spans, (watches, gone, lost) => {
        const absences = [
          ...gone.map((one) => ({ presence: 'down' as const, ...one })),
          ...lost.map((one) => ({ presence: 'unknown' as const, ...one })),
        ];
        const day = dayAvailability(history({ watches, absences }), '2026-11-02', ANREN);
        const inside = (list: readonly { from: number; to: number }[], at: number) =>
          list.some(({ from, to }) => from <= at && at < to);
        let [known, down] = [0, 0];
        for (let i = 0; i < 1440; i++) {
          const minute = begin + i * 60_000;
          if (!inside(watches, minute) || inside(lost, minute)) continue;
          known += 60;
          if (inside(gone, minute)) down += 60;
        }
        expect([day.knownS, day.downS]).toEqual([known, down]);
      }),
      { seed: 7, numRuns: 200 },
    );
  });
});
