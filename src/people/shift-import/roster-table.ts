import { type CsvFault, HEADER_WITHIN_ROWS, plainWord, readCsv } from '../../shared/csv.ts';

export type ImportFault = CsvFault;
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

/** Finds the four columns below their header, whatever else the file holds; a phone column may be missing. */
export const readRosterTable = (bytes: Uint8Array): RosterTable => {
  const parsed = readCsv(bytes);
  if (!parsed.ok) return parsed;
  const headerAt = parsed.rows.findIndex(
    ({ cells }, index) => index < HEADER_WITHIN_ROWS && missingColumns(cells).length === 0,
  );
  const header = parsed.rows[headerAt];
  if (header === undefined) return refuse('lines[1]', headerFault(parsed.rows[0]?.cells ?? []));
  const place = placesOf(header.cells);
  const rows = parsed.rows.slice(headerAt + 1).map(({ line, cells }): TableRow => {
    const cell = (column: Column): string => cells[place[column]]?.trim() ?? '';
    const [name, phone, date, shift] = [cell('name'), cell('phone'), cell('date'), cell('shift')];
    return { line, name, phone, date, shift };
  });
  return rows.length > 0
    ? { ok: true, rows }
    : refuse(`lines[${header.line}]`, 'is the header, and no row follows it');
};

const refuse = (path: string, message: string): { ok: false; faults: ImportFault[] } => ({
  ok: false,
  faults: [{ path, message }],
});

const placesOf = (header: readonly string[]): Record<Column, number> => {
  const titles = header.map(plainWord);
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
