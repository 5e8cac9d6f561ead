import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDay, readHours, readRows } from '../../../../src/people/shift-import/read-rows.ts';
import { parseCountyConfig } from '../../../../src/shared/county-config.ts';
import { addDays } from '../../../../src/shared/local-time.ts';
import { shipped } from '../../../support/fixtures.ts';

const { shiftHours } = shipped.duty;
const TODAY = '2026-10-25';
const context = { shiftHours, timeZone: 'Asia/Shanghai', now: new Date('2026-10-25T00:00:00Z') };

const read = (cells: Partial<{ name: string; phone: string; date: string; shift: string }>) =>
  readRows(
    [
      {
        line: 7,
        name: '李明',
        phone: '138 0000 0001',
        date: '2026-11-03',
        shift: '白班',
        ...cells,
      },
    ],
    context,
  );
const span = (shift: string, date = '2026-11-03') =>
  read({ shift, date }).rows.map(({ from, to }) => [from.toISOString(), to.toISOString()])[0];

describe('readRows', () => {
  it('makes of a line a person, a number and a span of time', () => {
    expect(read({})).toEqual({
      rows: [
        {
          line: 7,
          name: '李明',
          e164: '+8613800000001',
          from: new Date('2026-11-03T00:00:00Z'),
          to: new Date('2026-11-03T12:00:00Z'),
          month: '2026-11-01',
        },
      ],
      faults: [],
    });
    expect(read({ phone: '' }).rows[0]?.e164).toBeNull();
    expect(read({ phone: "'13800000001" }).rows[0]?.e164).toBe('+8613800000001');
  });

  it('lets a night and a whole day end on the next day, which still belong to the month they begin in', () => {
    expect(span('夜班')).toEqual(['2026-11-03T12:00:00.000Z', '2026-11-04T00:00:00.000Z']);
    expect(span('全天')).toEqual(['2026-11-03T00:00:00.000Z', '2026-11-04T00:00:00.000Z']);
    expect(span('16:30-24:00')).toEqual(['2026-11-03T08:30:00.000Z', '2026-11-03T16:00:00.000Z']);
    expect(read({ date: '2026-11-30', shift: '夜班' }).rows[0]?.month).toBe('2026-11-01');
  });

  it('names every wrong cell of a line, and how to write it', () => {
    const { rows, faults } = read({ name: ' ', phone: '1.38E+10', date: '3/11', shift: '早' });
    expect(rows).toEqual([]);
    expect(faults.map(({ path }) => path)).toEqual([
      'lines[7].name',
      'lines[7].phone',
      'lines[7].date',
      'lines[7].shift',
    ]);
    expect(faults[1]?.message).toContain('format the column as text');
    expect(faults[2]?.message).toContain('write 2026-11-03');
    expect(faults[3]?.message).toContain('白班, 夜班, 全天');
    expect(read({ phone: '12345' }).faults[0]?.path).toBe('lines[7].phone');
  });
});

describe('readDay', () => {
  const day = (text: string, today = TODAY) => {
    const result = readDay(text, today);
    return result.ok ? result.value : undefined;
  };

  it('reads the ways a day is written', () => {
    const written = [
      '2026-11-03',
      '2026/11/3',
      '2026.11.3',
      '2026年11月3日',
      '11月3日',
      '１１月３日',
    ];
    for (const text of written) expect([text, day(text)]).toEqual([text, '2026-11-03']);
    for (const text of ['11月3日（周二）', '11月3日 星期二', '2026/11/3 0:00']) {
      expect([text, day(text)]).toEqual([text, '2026-11-03']);
    }
  });

  it('takes the nearest day when the year is left out', () => {
    expect(day('1月5日', '2026-12-20')).toBe('2027-01-05');
    expect(day('12月30日', '2027-01-05')).toBe('2026-12-30');
    expect(day('2月29日', '2027-01-05')).toBe('2028-02-29');
  });

  it('refuses what is none', () => {
    for (const text of ['', '3/11', '11-03', '2月30日', '2026-13-01', 'Tuesday', '46000']) {
      expect([text, day(text)]).toEqual([text, undefined]);
    }
  });

  it('reads any day of any year, and without its year any within half a year', () => {
    const anyDay = fc.integer({ min: 0, max: 20_000 }).map((days) => addDays('2000-01-01', days));
    fc.assert(
      fc.property(anyDay, fc.integer({ min: -180, max: 180 }), (date, away) => {
        const [year, month, dayOfMonth] = date.split('-').map(Number);
        expect(day(`${year}/${month}/${dayOfMonth}`)).toBe(date);
        expect(day(`${month}月${dayOfMonth}日`, addDays(date, away))).toBe(date);
      }),
    );
  });
});

describe('the hours of shifts', () => {
  it('are checked when the service starts', () => {
    const config = { ...shipped, duty: { shiftHours: { 早班: '6-14', 晚班: '14:00-24:00' } } };
    expect(() => parseCountyConfig(config, 'county.json')).toThrow(/duty\/shiftHours\/早班.*晚班/);
  });
});

describe('readHours', () => {
  const hours = (text: string) => {
    const result = readHours(text, { 早班: '06:00-14:00', 'All day': '08:00-08:00' });
    return result.ok ? `${result.value.start} ${result.value.end}` : undefined;
  };

  it('reads the names of the county and hours however they are written', () => {
    expect(hours('早 班')).toBe('06:00 14:00');
    expect(hours('all day')).toBe('08:00 08:00');
    for (const text of ['8:00-20:00', '08:00—20:00', '８：００～２０：００', '8:00 至 20:00']) {
      expect([text, hours(text)]).toEqual([text, '08:00 20:00']);
    }
  });

  it('refuses what is none', () => {
    for (const text of ['', '白班', '8-20', '25:00-26:00', '08:60-09:00', '24:00-08:00x']) {
      expect([text, hours(text)]).toEqual([text, undefined]);
    }
  });
});
