import type { CsvFault } from '../../shared/csv.ts';
import { plainWord } from '../../shared/csv.ts';
import { fromGcj02 } from '../../shared/gcj02.ts';
import { type Datum, datumOf, NUMBERS, WORDS } from './device-columns.ts';
import type { DeviceLine } from './device-table.ts';

/** A body as `POST devices` takes it, not yet checked. Positions are WGS-84. */
export type LineBody = Record<string, unknown>;

/** What a line says as values instead of text; what is no value is a fault. Pure. */
export const readDeviceLine = (
  { line, cells }: DeviceLine,
  fileDatum: Datum,
): { body: LineBody; faults: CsvFault[] } => {
  const said: [string, unknown][] = [];
  const faults: CsvFault[] = [];
  const fault = (column: string, message: string): void =>
    void faults.push({ path: `lines[${String(line)}].${column}`, message });
  for (const [column, text] of cells) {
    if (column === 'datum') continue;
    const value = NUMBERS.has(column) ? numberIn(text) : valueOf(column, text);
    if (value === undefined) fault(column, `"${text}" is no number; write e.g. 113.2688`);
    else said.push([column, value]);
  }
  // As entries, so that a column called __proto__ is a column.
  const body: LineBody = Object.fromEntries(said);
  const named = cells.get('datum');
  const datum = named === undefined ? fileDatum : datumOf(named);
  if (datum === undefined) {
    fault('datum', `"${String(named)}" is not known; write WGS-84, CGCS2000 or GCJ-02`);
  }
  const { lon, lat } = body;
  if (datum === 'gcj02' && typeof lon === 'number' && typeof lat === 'number') {
    [body.lon, body.lat] = fromGcj02([lon, lat]);
  }
  return { body, faults };
};

/** Full-width digits and a unit behind the number are how forms are filled in. */
const numberIn = (text: string): number | undefined => {
  const [, digits] = /^([+-]?\d+(?:\.\d+)?)(?:m|米|°|度)?$/.exec(plainWord(text)) ?? [];
  return digits === undefined ? undefined : Number(digits);
};

const valueOf = (column: string, text: string): unknown => {
  const words = WORDS[column];
  if (words !== undefined) return words[plainWord(text)] ?? plainWord(text);
  // A lens table or a pose (`[[1, 60], [30, 2.3]]`); anything else in a column of the county's own is text.
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};
