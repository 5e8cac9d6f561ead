import { type CsvFault, HEADER_WITHIN_ROWS, readCsv } from '../../shared/csv.ts';
import { columnOf, titleOf } from './device-columns.ts';

/** What a line says, by column; what is under a title we do not know, by that title. Empty cells are left out. */
export type DeviceLine = { line: number; cells: ReadonlyMap<string, string> };
export type DeviceTable = { ok: true; lines: DeviceLine[] } | { ok: false; faults: CsvFault[] };

/** Finds the columns below their header. Only `id` must be there: of a device that is known nothing else need be said. */
export const readDeviceTable = (bytes: Uint8Array): DeviceTable => {
  const parsed = readCsv(bytes);
  if (!parsed.ok) return parsed;
  const { rows } = parsed;
  const headerAt = rows
    .slice(0, HEADER_WITHIN_ROWS)
    .findIndex(({ cells }) => cells.some((title) => columnOf(title) === 'id'));
  const header = rows[headerAt];
  if (header === undefined) {
    const found = (rows[0]?.cells ?? []).join(', ').slice(0, 200);
    return refuse(
      1,
      `names no column ${titleOf('id')}; the first line must be the header, e.g. id,kind,name,lon,lat or 编号,类型,名称,经度,纬度 (found: ${found})`,
    );
  }
  const names = header.cells.map((title) => columnOf(title) ?? title.trim());
  const twice = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
  if (twice !== undefined) return refuse(header.line, `has two columns ${twice}; leave one out`);
  const lines = rows.slice(headerAt + 1).map(({ line, cells }): DeviceLine => {
    const said = names.flatMap((name, index): [string, string][] => {
      const text = cells[index]?.trim() ?? '';
      return name === '' || text === '' ? [] : [[name, text]];
    });
    return { line, cells: new Map(said) };
  });
  return lines.length > 0
    ? { ok: true, lines }
    : refuse(header.line, 'is the header, and no row follows it');
};

const refuse = (line: number, message: string): DeviceTable => ({
  ok: false,
  faults: [{ path: `lines[${String(line)}]`, message }],
});
