import type { Hotspot, ReadHotspots, RowFault } from './hotspot.ts';
import { firmsSatellite } from './satellite.ts';
import { numberIn, type TableRow, utcTime } from './table.ts';

type Columns = { sensor: 'viirs' | 'modis'; at: (name: string) => number };

/**
 * The columns of a FIRMS table (NASA; VIIRS 375 m and MODIS 1 km differ) by their header, in any order and with any
 * others beside them: the API, the daily files and the archive each have some. Null when it is none.
 */
export const firmsColumns = (header: readonly string[]): Columns | null => {
  const names = header.map((name) => name.toLowerCase());
  const at = (name: string): number => names.indexOf(name);
  if (['latitude', 'longitude', 'acq_date', 'acq_time'].some((name) => at(name) < 0)) return null;
  if (at('bright_ti4') >= 0) return { sensor: 'viirs', at };
  return at('brightness') >= 0 ? { sensor: 'modis', at } : null;
};

/** Rows below the header. A row that cannot be read is a fault of its own. */
export const readFirms = (rows: readonly TableRow[], columns: Columns): ReadHotspots => {
  const hotspots: Hotspot[] = [];
  const faults: RowFault[] = [];
  for (const row of rows) {
    const read = hotspotOf(row, columns);
    if (typeof read === 'string') faults.push({ line: row.line, message: read });
    else hotspots.push(read);
  }
  return { hotspots, faults, rows: rows.length };
};

const hotspotOf = (row: TableRow, { sensor, at }: Columns): Hotspot | string => {
  const cell = (name: string): string => row.cells[at(name)] ?? '';
  const lat = numberIn(cell('latitude'), -90, 90);
  const lon = numberIn(cell('longitude'), -180, 180);
  if (lat === null) return `latitude "${cell('latitude')}" is not within -90 and 90`;
  if (lon === null) return `longitude "${cell('longitude')}" is not within -180 and 180`;
  if (lat === 0 && lon === 0) return 'latitude and longitude are 0: the place is not known';
  const date = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/.exec(cell('acq_date'));
  const observedAt =
    date === null
      ? null
      : utcTime([Number(date[1]), Number(date[2]), Number(date[3])], cell('acq_time'));
  if (observedAt === null) {
    return `acq_date "${cell('acq_date')}" and acq_time "${cell('acq_time')}" are no time (2026-11-28 and 0641, UTC)`;
  }
  return {
    satellite: firmsSatellite(sensor, cell('satellite')),
    observedAt,
    position: [lon, lat],
    // Kilometres; 0 where it was not measured.
    diagonalM: 1_000 * Math.hypot(sideKm(sensor, cell('scan')), sideKm(sensor, cell('track'))),
    confidence: isVegetation(cell('type')) ? confidenceOf(sensor, cell('confidence')) : 0,
    frpMw: numberIn(cell('frp'), 0, 1e6),
    line: row.line,
    row: row.text,
  };
};

const sideKm = (sensor: 'viirs' | 'modis', text: string): number =>
  numberIn(text, 0, WIDEST_KM[sensor]) ?? 0;

/** At the edge of the swath MODIS's pixels are 4.8 km long, VIIRS's 0.8. */
const WIDEST_KM = { viirs: 2, modis: 5 } as const;

/** The archive knows which are volcanoes (1), other heat that stays (2) and offshore flares (3). */
const isVegetation = (type: string): boolean => type === '' || numberIn(type, 1, 99) === null;

/**
 * MODIS: the product's own percentage, in which 0–29 is its class "low". VIIRS has classes only, put where those of MODIS
 * lie. A word of tomorrow counts as nominal.
 */
const confidenceOf = (sensor: 'viirs' | 'modis', text: string): number => {
  const percent = numberIn(text, 0, 100);
  if (sensor === 'modis' && percent !== null) return percent / 100;
  return VIIRS_CLASSES[text.slice(0, 1).toLowerCase()] ?? NOMINAL;
};

const NOMINAL = 0.6;
/** Low: sun glint by day, or less than 15 K warmer than around; high: the pixel is saturated. */
const VIIRS_CLASSES: Readonly<Record<string, number>> = { l: 0.2, n: NOMINAL, h: 0.9 };
