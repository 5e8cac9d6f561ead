import { AppError } from '../shared/app-error.ts';

/** A void among int16 samples; among float32 ones it is NaN. */
export const VOID = -32_768;

/**
 * Rows from north to south of samples from west to east, WGS-84 (or CGCS2000, the same within
 * centimetres), metres above mean sea level. `west` and `north` are the middle of the first sample.
 */
export type Raster<Samples extends Int16Array | Float32Array = Int16Array | Float32Array> = {
  west: number;
  north: number;
  /** Degrees between samples, both positive. */
  lonStep: number;
  latStep: number;
  width: number;
  height: number;
  samples: Samples;
};

/** What was imported from one file. */
export type Tile = Raster & {
  name: string;
  /** What the file was, for the list: "SRTM .hgt, 3″". */
  source: string;
  /** One σ of a height, metres. */
  heightSigmaM: number;
};

/**
 * SRTM's absolute error: 90 % within 6.2 m in Eurasia (Rodríguez 2006), more under forest and on steep
 * slopes. Taken as σ for any source that does not say better.
 */
const SRTM_SIGMA_M = 6;
const FINE_CELL_M = 90;
/** Metres in a degree of latitude, near enough for a cell size. */
export const M_PER_DEG = 111_320;

/** σ of heights from a file that does not state it: coarser samples miss the hills between them, in proportion. */
export const assumedSigmaM = (latStepDeg: number): number =>
  SRTM_SIGMA_M * Math.max(1, (latStepDeg * M_PER_DEG) / FINE_CELL_M);

/** Depressions and Everest, with room. What lies outside is feet, another band, or an undeclared void. */
const LOWEST_M = -500;
const HIGHEST_M = 9_000;

export type HeightRange = { lowestM: number; highestM: number; known: number };

/** The lowest and highest known sample. */
export const heightRange = (samples: Int16Array | Float32Array): HeightRange => {
  let lowestM = Number.POSITIVE_INFINITY;
  let highestM = Number.NEGATIVE_INFINITY;
  let known = 0;
  for (const sample of samples) {
    if (sample === VOID || Number.isNaN(sample)) continue;
    known += 1;
    if (sample < lowestM) lowestM = sample;
    if (sample > highestM) highestM = sample;
  }
  return { lowestM, highestM, known };
};

/** Throws AppError('unprocessable') when the samples cannot be heights in metres, or none is known. */
export const checkHeights = (samples: Int16Array | Float32Array): HeightRange => {
  const range = heightRange(samples);
  if (range.known === 0) throw refused('every sample is a void: there is no height in it');
  for (const heightM of [range.lowestM, range.highestM]) {
    if (heightM >= LOWEST_M && heightM <= HIGHEST_M) continue;
    throw refused(
      `it holds a height of ${heightM} m, and heights lie between ${LOWEST_M} and ${HIGHEST_M} m: are they feet, is it another band, or is that its no-data value (then: gdal_edit.py -a_nodata ${heightM} FILE)?`,
    );
  }
  return range;
};

/** The file cannot be taken, and how to mend it; whoever reads the file puts its name in front. */
export const refused = (message: string): AppError => new AppError('unprocessable', message);

/** Samples one file may have: 200 million, 14 SRTM tiles of one arc-second. More is a mistake or wants cutting. */
export const MAX_SAMPLES = 200_000_000;
