export type TableRow = { line: number; text: string; cells: readonly string[] };

/** A file is never so wide. */
const MAX_CELLS = 64;

/** Lines with something in them, as cells; comma, semicolon or tab, whichever the line has. Never throws. */
export const tableRows = (text: string): TableRow[] =>
  text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .flatMap((raw, i) => {
      const line = raw.trim();
      return /[^,;\t]/.test(line) ? [{ line: i + 1, text: line, cells: cellsOf(line) }] : [];
    });

const cellsOf = (text: string): string[] => {
  const separator = [',', ';', '\t'].find((mark) => text.includes(mark)) ?? ',';
  const cells = text.split(separator, MAX_CELLS).map((cell) => cell.trim());
  // A day of all Asia has a million cells, and hardly a table has quotes.
  return text.includes('"') ? cells.map((cell) => cell.replace(/^"(.*)"$/, '$1').trim()) : cells;
};

/** A finite number within a range; null for anything else. */
export const numberIn = (text: string | undefined, min: number, max: number): number | null => {
  if (text === undefined || !/^[+-]?\d+(\.\d*)?(e[+-]?\d+)?$|^[+-]?\.\d+$/i.test(text)) return null;
  const value = Number(text);
  return value >= min && value <= max ? value : null;
};

/**
 * UTC from a date and a time of day that may have lost its leading zeros (`41` is 00:41). Null for what is no time
 * since 2000, the year the first of these satellites began.
 */
export const utcTime = (
  [year, month, day]: readonly [year: number, month: number, day: number],
  timeOfDay: string,
): Date | null => {
  const digits = /^(\d{1,2}):(\d{2})(?::\d{2})?$/.exec(
    /^\d{1,4}$/.test(timeOfDay) ? timeOfDay.padStart(4, '0').replace(/..$/, ':$&') : timeOfDay,
  );
  if (digits === null) return null;
  const [hour, minute] = [Number(digits[1]), Number(digits[2])];
  const at = new Date(Date.UTC(year, month - 1, day, hour, minute));
  // The 31st of a month that has none becomes another day.
  const isReal = at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
  return isReal && hour < 24 && minute < 60 && year >= 2000 && year < 2100 ? at : null;
};
