import { plainWord } from '../../shared/csv.ts';
import { addDays, daysBetween, instantAt, isDay, localDay } from '../../shared/local-time.ts';
import { normalizePhone } from '../phone.ts';
import type { ImportFault, TableRow } from './roster-table.ts';

/** One line of a roster, understood. */
export type RosterRow = {
  line: number;
  name: string;
  /** Null when the line gives none. */
  e164: string | null;
  /** Inclusive. */
  from: Date;
  /** Exclusive. */
  to: Date;
  /** `yyyy-mm-01`, by the day the shift begins. */
  month: string;
};

export type ReadContext = {
  /** `HH:MM-HH:MM` by the name of the shift. */
  shiftHours: Readonly<Record<string, string>>;
  timeZone: string;
  now: Date;
};

/** Every line understood, and everything that is wrong with the others. */
export const readRows = (
  table: readonly TableRow[],
  context: ReadContext,
): { rows: RosterRow[]; faults: ImportFault[] } => {
  const rows: RosterRow[] = [];
  const faults: ImportFault[] = [];
  for (const { line, ...cells } of table) {
    const name = readName(cells.name);
    const phone = readPhone(cells.phone);
    const day = readDay(cells.date, localDay(context.now, context.timeZone));
    const hours = readHours(cells.shift, context.shiftHours);
    for (const [column, result] of Object.entries({ name, phone, date: day, shift: hours })) {
      if (result.ok) continue;
      faults.push({ path: `lines[${line}].${column}`, message: result.reason });
    }
    if (name.ok && phone.ok && day.ok && hours.ok) {
      const span = spanOf(day.value, hours.value, context.timeZone);
      rows.push({ line, name: name.value, e164: phone.value, ...span, month: monthOf(day.value) });
    }
  }
  return { rows, faults };
};

type Result<T> = { ok: true; value: T } | { ok: false; reason: string };

const readName = (text: string): Result<string> => {
  const name = text.trim().replaceAll(/\s+/g, ' ');
  if (name === '') return { ok: false, reason: 'is empty; write who is on duty' };
  if (name.length > 100) return { ok: false, reason: 'is longer than 100 characters' };
  return { ok: true, value: name };
};

const readPhone = (text: string): Result<string | null> => {
  if (text === '') return { ok: true, value: null };
  if (/^\d(\.\d+)?E\+?\d+$/i.test(text)) {
    return {
      ok: false,
      reason: `"${text}" was shortened by the spreadsheet; format the column as text and write the number out`,
    };
  }
  // Excel keeps digits as text behind an apostrophe.
  const phone = normalizePhone(text.replace(/^'/, ''));
  return phone.ok ? { ok: true, value: phone.e164 } : phone;
};

/** 2026-11-03, 2026/11/3, 2026年11月3日, 11月3日, with a weekday or a midnight behind it. */
const DAY =
  /^(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?(?:\s*\(?(?:星期|周)[一二三四五六日天]\)?|\s+0?0:00(?::00)?)?$/;

/** A day without its year is the one nearest to today: a roster is written a month ahead, or looked up after. */
export const readDay = (text: string, today: string): Result<string> => {
  const [, year, month = '', day = ''] = DAY.exec(text.normalize('NFKC').trim()) ?? [];
  const yearless = year === undefined;
  const thisYear = Number(today.slice(0, 4));
  const years = yearless ? [thisYear - 1, thisYear, thisYear + 1] : [Number(year)];
  const far = (candidate: string): number => Math.abs(daysBetween(today, candidate));
  const [nearest] = years
    .map((y) => `${y}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`)
    .filter(isDay)
    .sort((a, b) => far(a) - far(b));
  // 3/11 may be either month.
  if (nearest === undefined || (yearless && !text.includes('月'))) {
    return { ok: false, reason: `"${text}" is not a day; write 2026-11-03, 2026/11/3 or 11月3日` };
  }
  return { ok: true, value: nearest };
};

type Hours = { start: string; end: string };

export const readHours = (
  text: string,
  shiftHours: Readonly<Record<string, string>>,
): Result<Hours> => {
  const named = Object.entries(shiftHours).find(
    ([name]) => plainWord(name) === plainWord(text),
  )?.[1];
  const [, startHour = '', startMinute, endHour = '', endMinute] =
    /^(\d{1,2}):(\d{2})[-–—~至到](\d{1,2}):(\d{2})$/.exec(plainWord(named ?? text)) ?? [];
  const start = `${startHour.padStart(2, '0')}:${startMinute}`;
  const end = `${endHour.padStart(2, '0')}:${endMinute}`.replace('24:00', '00:00');
  const isTime = (time: string): boolean => /^([01]\d|2[0-3]):[0-5]\d$/.test(time);
  if (isTime(start) && isTime(end)) return { ok: true, value: { start, end } };
  const names = Object.keys(shiftHours).join(', ');
  return {
    ok: false,
    reason: `"${text}" is not a shift; write ${names === '' ? '' : `${names} or `}HH:MM-HH:MM`,
  };
};

/** An end at or before the start is the next day's: 20:00-08:00, and 08:00-08:00 is a whole day. */
const spanOf = (
  day: string,
  { start, end }: Hours,
  timeZone: string,
): { from: Date; to: Date } => ({
  from: instantAt(day, start, timeZone),
  to: instantAt(end <= start ? addDays(day, 1) : day, end, timeZone),
});

const monthOf = (day: string): string => `${day.slice(0, 7)}-01`;
