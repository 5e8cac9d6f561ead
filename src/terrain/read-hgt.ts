import { basename } from 'node:path';
import { checkHeights, refused, type Tile } from './tile.ts';

const NAME = /^([NS])(\d{2})([EW])(\d{3})/i;
/** Samples along one side of a degree, both edges counted: 3 and 1 arc-second. */
const SIDES = [1_201, 3_601];
const SIGMA_M = 6;

/**
 * An SRTM tile of one degree: big-endian int16, rows from north, samples on the degree's edges; the name
 * gives the south-western corner. Throws AppError('unprocessable') for a wrong name, size or height.
 */
export const readHgt = (file: string, bytes: Uint8Array): Tile => {
  const corner = cornerOf(file);
  const side = SIDES.find((count) => count * count * 2 === bytes.byteLength);
  if (side === undefined) throw refused(wrongSize(bytes.byteLength));
  const samples = new Int16Array(side * side);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < samples.length; i++) samples[i] = view.getInt16(i * 2, false);
  checkHeights(samples);
  const step = 1 / (side - 1);
  return {
    name: '',
    source: `SRTM .hgt, ${3_600 * step}″`,
    west: corner.west,
    north: corner.south + 1,
    lonStep: step,
    latStep: step,
    width: side,
    height: side,
    samples,
    heightSigmaM: SIGMA_M,
  };
};

const cornerOf = (file: string): { west: number; south: number } => {
  const match = NAME.exec(basename(file));
  if (match === null) {
    throw refused(
      'the name of an SRTM tile gives its south-western corner, as N26E113.hgt does; rename the file to what it covers',
    );
  }
  const [, ns, lat, ew, lon] = match;
  const south = Number(lat) * (ns?.toUpperCase() === 'S' ? -1 : 1);
  const west = Number(lon) * (ew?.toUpperCase() === 'W' ? -1 : 1);
  if (south < -90 || south > 89 || west < -180 || west > 179) {
    throw refused(`its name says ${south}° north and ${west}° east, which is not on Earth`);
  }
  return { west, south };
};

const wrongSize = (bytes: number): string => {
  const expected = SIDES.map((count) => `${count * count * 2} (${count}×${count})`).join(' or ');
  const how = bytes === 0 ? 'it is empty' : 'it is cut short, still compressed, or no SRTM tile';
  return `it has ${bytes} bytes, and an SRTM tile has ${expected}: ${how}; unpack or download it again`;
};
