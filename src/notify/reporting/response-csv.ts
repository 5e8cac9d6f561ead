import { MEASURED, type ResponseRow } from './response-store.ts';

const HEADER = [
  'regionId',
  'region',
  'incidents',
  'dismissed',
  ...MEASURED.flatMap((act) => [`${act}Count`, `${act}MedianS`, `${act}P90S`]),
];

/** As spreadsheets read it: UTF-8 with a mark, lines of RFC 4180, seconds to a tenth; the last line is all regions together. */
export const responseCsv = (rows: readonly ResponseRow[]): string => {
  const lines = rows.map((row) => [
    row.regionId ?? '',
    row.regionName ?? 'ALL',
    row.incidents,
    row.dismissed,
    ...MEASURED.flatMap((act) => {
      const { count, medianS, p90S } = row[act];
      return [count, tenths(medianS), tenths(p90S)];
    }),
  ]);
  return `\uFEFF${[HEADER, ...lines].map((cells) => cells.map(cell).join(',')).join('\r\n')}\r\n`;
};

const tenths = (seconds: number | null): string => (seconds === null ? '' : seconds.toFixed(1));

/** A name that begins like a formula is text all the same. */
const cell = (value: string | number): string => {
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
