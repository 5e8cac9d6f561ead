import { CsvError, type Info, parse } from 'csv-parse/sync';
import { decodeCsv } from './csv-text.ts';

/** A line of a table; `line` as an editor counts it, from 1. */
export type CsvRow = { line: number; cells: string[] };
export type CsvFault = { path: string; message: string };
export type CsvRows = { ok: true; rows: CsvRow[] } | { ok: false; faults: CsvFault[] };

/** A title and a remark may stand above the header. */
export const HEADER_WITHIN_ROWS = 10;
const DELIMITERS = [',', '\t', ';'];

/** The rows of a file as offices save it: any of `decodeCsv`'s encodings; comma, tab or semicolon; empty lines left out. */
export const readCsv = (bytes: Uint8Array): CsvRows => {
  const decoded = decodeCsv(bytes);
  if (!decoded.ok) return { ok: false, faults: [{ path: 'file', message: decoded.reason }] };
  const { text } = decoded;
  try {
    const records = parse(text, {
      delimiter: delimiterOf(text),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      max_record_size: 20_000,
    }) as unknown as { info: Info; record: string[] }[];
    return {
      ok: true,
      rows: records.map(({ info, record }) => ({ line: info.lines, cells: record })),
    };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error['lines'] === 'number' ? error['lines'] : 1;
    const message = `cannot be read (${error.message}); check its quotation marks`;
    return { ok: false, faults: [{ path: `lines[${String(line)}]`, message }] };
  }
};

/** The one there is most of in the first lines. */
const delimiterOf = (text: string): string => {
  const head = text.split(/\r?\n|\r/, HEADER_WITHIN_ROWS).join('\n');
  const count = (delimiter: string): number => head.split(delimiter).length;
  return DELIMITERS.reduce((best, next) => (count(next) > count(best) ? next : best));
};

/** A title or a word of a list without what hands differ in: width, spaces, capitals. */
export const plainWord = (text: string): string =>
  text.normalize('NFKC').replaceAll(/\s/g, '').toLowerCase();

/** As spreadsheets read it: UTF-8 with a mark, lines of RFC 4180. */
export const csvOf = (
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string =>
  `\uFEFF${[header, ...rows].map((cells) => cells.map(cell).join(',')).join('\r\n')}\r\n`;

/** A name that begins like a formula is text all the same. */
const cell = (value: string | number): string => {
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
