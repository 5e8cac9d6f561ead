import type { Hotspot, ReadHotspots, RowFault } from './hotspot.ts';
import { HIMAWARI } from './satellite.ts';
import { numberIn, type TableRow, utcTime } from './table.ts';

/**
 * JAXA's wildfire product of Himawari, L2WLF version 010, every 10 minutes: two header lines that begin with `#`, then ID,
 * year, month, day, time (hhmm, UTC), latitude, longitude, area (km²), volcanoes near, level, reliability (1 low, 3 normal,
 * 5 high), FRP (MW), quality of the FRP, id of the cluster.
 * https://www.eorc.jaxa.jp/ptree/documents/README_Himawari_L2WLF.txt
 */
export const readHimawari = (rows: readonly TableRow[]): ReadHotspots => {
  const hotspots: Hotspot[] = [];
  const faults: RowFault[] = [];
  const body = rows.filter(({ text }) => !text.startsWith('#'));
  for (const row of body) {
    const read = hotspotOf(row);
    if (typeof read === 'string') faults.push({ line: row.line, message: read });
    else hotspots.push(read);
  }
  return { hotspots, faults, rows: body.length };
};

/** Up to the FRP; what follows is not needed. */
const COLUMNS = 12;

const hotspotOf = ({ cells, line, text }: TableRow): Hotspot | string => {
  if (cells.length < COLUMNS) return `has ${cells.length} columns, not at least ${COLUMNS}`;
  const [, year = '', month = '', day = '', time = '', latText, lonText, area, , , level, frp] =
    cells;
  const lat = numberIn(latText, -90, 90);
  const lon = numberIn(lonText, -180, 180);
  if (lat === null) return `latitude "${String(latText)}" is not within -90 and 90`;
  if (lon === null) return `longitude "${String(lonText)}" is not within -180 and 180`;
  if (lat === 0 && lon === 0) return 'latitude and longitude are 0: the place is not known';
  const [y, m, d] = [numberIn(year, 2000, 2099), numberIn(month, 1, 12), numberIn(day, 1, 31)];
  const at = y === null || m === null || d === null ? null : utcTime([y, m, d], time);
  if (at === null) return `"${[year, month, day, time].join(',')}" is no time (2026,11,28,0640)`;
  return {
    satellite: HIMAWARI,
    observedAt: at,
    position: [lon, lat],
    // Of a square of that area, which is 4.9 km² at the equator and less elsewhere.
    diagonalM: 1_000 * Math.sqrt(2 * (numberIn(area, 0, 10) ?? 0)),
    confidence: RELIABILITY[String(numberIn(level, 0, 9))] ?? RELIABILITY[3],
    frpMw: numberIn(frp, 0, 1e6),
    line,
    row: text,
  };
};

/** Low, normal, high: less than MODIS's, for a pixel of 2 km seen at a slant takes warm ground for fire more easily. */
const RELIABILITY: Readonly<Record<string, number>> & { 3: number } = { 1: 0.2, 3: 0.5, 5: 0.8 };
