import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  instantAt,
  isDay,
  isTimeZone,
  localDay,
  localTime,
} from '../../../src/shared/local-time.ts';

const iso = (day: string, time: string, timeZone: string) =>
  instantAt(day, time, timeZone).toISOString();

describe('instantAt', () => {
  it('is the instant clocks show the time', () => {
    expect(iso('2026-11-03', '08:00', 'Asia/Shanghai')).toBe('2026-11-03T00:00:00.000Z');
    expect(iso('2026-07-01', '08:00', 'Europe/Berlin')).toBe('2026-07-01T06:00:00.000Z');
    expect(iso('2026-12-01', '08:00', 'Europe/Berlin')).toBe('2026-12-01T07:00:00.000Z');
    expect(iso('2026-03-08', '08:00', 'America/New_York')).toBe('2026-03-08T12:00:00.000Z');
    expect(iso('2026-03-07', '08:00', 'America/New_York')).toBe('2026-03-07T13:00:00.000Z');
    expect(iso('2026-01-01', '00:00', 'Asia/Kathmandu')).toBe('2025-12-31T18:15:00.000Z');
  });

  it('takes the first of a time shown twice, and moves one that is skipped', () => {
    expect(iso('2026-10-25', '02:30', 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z');
    expect(iso('2026-11-01', '01:30', 'America/New_York')).toBe('2026-11-01T05:30:00.000Z');
    expect(iso('2026-03-29', '02:30', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z');
    expect(localTime(instantAt('2026-03-29', '02:30', 'Europe/Berlin'), 'Europe/Berlin')).toBe(
      '03:30',
    );
    expect(iso('2011-12-30', '08:00', 'Pacific/Apia')).toBe('2011-12-30T18:00:00.000Z');
  });

  it('is the first instant at which clocks show the time or, if they skip it, a later one', () => {
    const zones = ['Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 40_000 }).map((days) => addDays('1970-01-01', days)),
        fc.integer({ min: 0, max: 24 * 60 - 1 }),
        (zone, day, minutes) => {
          const time = new Date(minutes * 60_000).toISOString().slice(11, 16);
          const shownAt = (at: number) => {
            const instant = new Date(at);
            return `${localDay(instant, zone)} ${localTime(instant, zone)}`;
          };
          const at = instantAt(day, time, zone).getTime();
          expect(shownAt(at) >= `${day} ${time}`).toBe(true);
          // In the hours before, in steps of any change of clocks there has been, they show an earlier time.
          for (let before = at - 1_800_000; before > at - 4 * 3_600_000; before -= 1_800_000) {
            expect(shownAt(before) < `${day} ${time}` || shownAt(at) > `${day} ${time}`).toBe(true);
          }
        },
      ),
    );
  });
});

describe('days and zones', () => {
  it('are told from what is none', () => {
    expect(['2026-02-28', '2028-02-29', '2026-12-31'].filter(isDay)).toHaveLength(3);
    expect(['2026-02-29', '2026-13-01', '2026-1-1', '', 'today'].filter(isDay)).toEqual([]);
    expect(['Asia/Shanghai', 'Europe/Berlin', 'UTC'].filter(isTimeZone)).toHaveLength(3);
    expect(['Asia/Anren', '+08:00', '', 'CST8'].filter(isTimeZone)).toEqual([]);
  });
});
