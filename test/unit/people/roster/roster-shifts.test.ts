import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Roster } from '../../../../src/people/roster/roster.ts';
import { rosterShifts } from '../../../../src/people/roster/roster-shifts.ts';
import { addDays, localDay, localTime } from '../../../../src/shared/local-time.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const roster = (options: Partial<Roster> = {}): Roster => ({
  id: 'r',
  regionId: 'anren',
  name: '值班',
  timeZone: 'Asia/Shanghai',
  rotation: [['li'], ['wang'], ['zhao', 'qian']],
  handover: '08:00',
  daysPerTurn: 1,
  startsOn: '2026-11-01',
  endsOn: null,
  ...options,
});

const turns = (of: Roster, from: string, to: string) =>
  rosterShifts(of, new Date(from), new Date(to)).map((turn) => [
    turn.personIds.join('+'),
    turn.from.toISOString().slice(0, 16),
    (turn.to.getTime() - turn.from.getTime()) / HOUR_MS,
  ]);

describe('rosterShifts', () => {
  it('gives each slot its day, in order, again and again', () => {
    expect(turns(roster(), '2026-11-01T00:00:00Z', '2026-11-05T00:00:00Z')).toEqual([
      ['li', '2026-11-01T00:00', 24],
      ['wang', '2026-11-02T00:00', 24],
      ['zhao+qian', '2026-11-03T00:00', 24],
      ['li', '2026-11-04T00:00', 24],
    ]);
  });

  it('gives whole turns that overlap what is asked for: to the instant', () => {
    expect(turns(roster(), '2026-11-02T12:00:00Z', '2026-11-02T12:00:00.001Z')).toEqual([
      ['wang', '2026-11-02T00:00', 24],
    ]);
    expect(turns(roster(), '2026-11-02T00:00:00Z', '2026-11-02T00:00:00.001Z')).toEqual([
      ['wang', '2026-11-02T00:00', 24],
    ]);
    expect(turns(roster(), '2026-11-01T23:59:59.999Z', '2026-11-02T00:00:00Z')).toEqual([
      ['li', '2026-11-01T00:00', 24],
    ]);
    expect(turns(roster(), '2026-11-02T00:00:00Z', '2026-11-02T00:00:00Z')).toEqual([]);
  });

  it('begins on its first day and ends on its last, cutting a turn short', () => {
    const weekly = roster({ daysPerTurn: 7, endsOn: '2026-11-12' });
    expect(turns(weekly, '2026-10-01T00:00:00Z', '2027-01-01T00:00:00Z')).toEqual([
      ['li', '2026-11-01T00:00', 168],
      ['wang', '2026-11-08T00:00', 96],
    ]);
  });

  it('keeps the time of handover when clocks change: that turn has 23 or 25 hours', () => {
    const newYork = roster({ timeZone: 'America/New_York', startsOn: '2026-01-01' });
    expect(turns(newYork, '2026-03-07T13:00:00Z', '2026-03-09T12:00:00Z')).toEqual([
      ['zhao+qian', '2026-03-07T13:00', 23],
      ['li', '2026-03-08T12:00', 24],
    ]);
    expect(turns(newYork, '2026-10-31T12:00:00Z', '2026-11-02T13:00:00Z')).toEqual([
      ['li', '2026-10-31T12:00', 25],
      ['wang', '2026-11-01T13:00', 24],
    ]);
    const berlin = roster({ timeZone: 'Europe/Berlin', startsOn: '2026-01-01', daysPerTurn: 7 });
    const weeks = turns(berlin, '2026-03-26T07:00:00Z', '2026-04-02T06:00:00Z');
    expect(weeks.map(([, , hours]) => hours)).toEqual([167]);
  });

  it('gives nothing of a day that a time zone skips', () => {
    const samoa = roster({ timeZone: 'Pacific/Apia', startsOn: '2011-12-28' });
    const all = turns(samoa, '2011-12-28T00:00:00Z', '2012-01-02T00:00:00Z');
    expect(all.every(([, , hours]) => Number(hours) > 0)).toBe(true);
  });

  it('covers all time from its start without a gap or an overlap, in any zone, over any change of clocks', () => {
    const zones = ['America/New_York', 'Europe/Berlin', 'Asia/Shanghai', 'Australia/Lord_Howe'];
    fc.assert(
      fc.property(
        fc.record({
          timeZone: fc.constantFrom(...zones),
          handover: fc.constantFrom('00:00', '02:30', '08:00', '20:15', '23:59'),
          daysPerTurn: fc.integer({ min: 1, max: 14 }),
          slots: fc.integer({ min: 1, max: 5 }),
          startsOn: fc.integer({ min: 0, max: 3650 }).map((days) => addDays('2020-01-01', days)),
          afterDays: fc.integer({ min: 0, max: 1500 }),
          lengthMs: fc.integer({ min: 1, max: 60 * DAY_MS }),
        }),
        ({ slots, afterDays, lengthMs, ...options }) => {
          const rotation = Array.from({ length: slots }, (_, slot) => [`p${slot}`]);
          const of = roster({ ...options, rotation });
          const from = new Date(Date.parse(addDays(of.startsOn, afterDays + 2)) + lengthMs);
          const to = new Date(from.getTime() + lengthMs);
          const shifts = rosterShifts(of, from, to);
          expect(shifts[0]?.from.getTime()).toBeLessThanOrEqual(from.getTime());
          expect(shifts[0]?.to.getTime()).toBeGreaterThan(from.getTime());
          expect(shifts.at(-1)?.from.getTime()).toBeLessThan(to.getTime());
          expect(shifts.at(-1)?.to.getTime()).toBeGreaterThanOrEqual(to.getTime());
          expect(shifts.slice(1).map((shift) => shift.from)).toEqual(
            shifts.slice(0, -1).map((shift) => shift.to),
          );
          for (const shift of shifts) {
            // 02:30 is skipped once a year; Lord Howe sets its clocks by half an hour.
            const shown = localTime(shift.from, of.timeZone);
            expect(of.handover === '02:30' ? ['02:30', '03:00', '03:30'] : [of.handover]).toContain(
              shown,
            );
            const days =
              (Date.parse(localDay(shift.from, of.timeZone)) - Date.parse(of.startsOn)) / DAY_MS;
            expect(days % of.daysPerTurn).toBe(0);
            expect(shift.personIds).toEqual([`p${(days / of.daysPerTurn) % slots}`]);
            const offHours = Math.abs(
              (shift.to.getTime() - shift.from.getTime() - of.daysPerTurn * DAY_MS) / HOUR_MS,
            );
            expect([0, 0.5, 1]).toContain(offHours);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
