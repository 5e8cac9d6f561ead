import { CsvError, type Info, parse } from 'csv-parse/sync';
import { type CsvText, decodeCsv } from './csv-text.ts';

export type ImportFault = { path: string; message: string };
export type TableRow = { line: number; name: string; phone: string; date: string; shift: string };
export type RosterTable = { ok: true; rows: TableRow[] } | { ok: false; faults: ImportFault[] };

const COLUMNS = {
  name: ['name', '姓名', '名字', '值班人', '值班人员', '值班员'],
  phone: [
    'phone',
    'mobile',
    'tel',
    'telephone',
    '电话',
    '手机',
    '手机号',
    '手机号码',
    '电话号码',
    '联系电话',
    '联系方式',
  ],
  date: ['date', 'day', '日期', '值班日期'],
  shift: ['shift', 'hours', '班次', '班别', '值班时间', '时段'],
} as const;
type Column = keyof typeof COLUMNS;
const CHINESE = { name: '姓名', phone: '电话', date: '日期', shift: '班次' } as const;

/** A title and a remark may stand above the header. */
const HEADER_WITHIN_ROWS = 10;
const DELIMITERS = [',', '\t', ';'];

type Parsed = { info: Info; record: string[] };

/** Finds the four columns below their header, whatever else the file holds; a phone column may be missing. */
export const readRosterTable = (bytes: Uint8Array): RosterTable => {
  const decoded = decodeCsv(bytes);
  if (!decoded.ok) return refuse('file', decoded.reason);
  const parsed = parseCsv(decoded);
  if (!parsed.ok) return parsed;
  const { records } = parsed;
  const headerAt = records.findIndex(
    ({ record }, index) => index < HEADER_WITHIN_ROWS && missingColumns(record).length === 0,
  );
  const header = records[headerAt];
  if (header === undefined) return refuse('lines[1]', headerFault(records[0]?.record ?? []));
  const place = placesOf(header.record);
  const rows = records.slice(headerAt + 1).map(({ record, info }): TableRow => {
    const cell = (column: Column): string => record[place[column]]?.trim() ?? '';
    const [name, phone, date, shift] = [cell('name'), cell('phone'), cell('date'), cell('shift')];
    return { line: info.lines, name, phone, date, shift };
  });
  return rows.length > 0
    ? { ok: true, rows }
    : refuse(`lines[${header.info.lines}]`, 'is the header, and no row follows it');
};

const refuse = (path: string, message: string): { ok: false; faults: ImportFault[] } => ({
  ok: false,
  faults: [{ path, message }],
});

const parseCsv = ({
  text,
}: Extract<CsvText, { ok: true }>):
  | { ok: true; records: Parsed[] }
  | { ok: false; faults: ImportFault[] } => {
  try {
    const records: unknown = parse(text, {
      delimiter: delimiterOf(text),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      max_record_size: 20_000,
    });
    return { ok: true, records: records as Parsed[] };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error['lines'] === 'number' ? error['lines'] : 1;
    return refuse(`lines[${line}]`, `cannot be read (${error.message}); check its quotation marks`);
  }
};

/** The one there is most of in the first lines. */
const delimiterOf = (text: string): string => {
  const head = text.split(/\r?\n|\r/, HEADER_WITHIN_ROWS).join('\n');
  const count = (delimiter: string): number => head.split(delimiter).length;
  return DELIMITERS.reduce((best, next) => (count(next) > count(best) ? next : best));
};

const plain = (text: string): string => text.normalize('NFKC').replaceAll(/\s/g, '').toLowerCase();

const placesOf = (header: readonly string[]): Record<Column, number> => {
  const titles = header.map(plain);
  const place = (column: Column): number =>
    titles.findIndex((title) => COLUMNS[column].some((known) => known === title));
  return {
    name: place('name'),
    phone: place('phone'),
    date: place('date'),
    shift: place('shift'),
  };
};

const missingColumns = (header: readonly string[]): Column[] => {
  const places = placesOf(header);
  return (['name', 'date', 'shift'] as const).filter((column) => places[column] < 0);
};

const headerFault = (first: readonly string[]): string => {
  const missing = missingColumns(first).map((column) => `${column} (${CHINESE[column]})`);
  const found = first.map((title) => title.trim()).join(', ');
  return `names no column ${missing.join(', ')}; the first line must be the header: name,phone,date,shift or 姓名,电话,日期,班次 (found: ${found.slice(0, 200)})`;
};
