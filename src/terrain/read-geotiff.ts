import { stat } from 'node:fs/promises';
import type { GeoTIFFImage } from 'geotiff';
import { AppError, errorMessage } from '../shared/app-error.ts';
import { NO_REFERENCE, readReference } from './geo-keys.ts';
import { mslHeightM } from './geoid.ts';
import { type Affine, placeSamples } from './place-samples.ts';
import {
  assumedSigmaM,
  checkHeights,
  MAX_SAMPLES,
  type Raster,
  refused,
  type Tile,
  VOID,
} from './tile.ts';

const UNSIGNED = 1;

/**
 * Elevation from a GeoTIFF in WGS-84 or CGCS2000: one band of heights in metres, or three bands of 8 bits
 * in Terrarium's encoding. Ellipsoidal heights become mean-sea-level ones (EGM96). Throws
 * AppError('unprocessable') with how to mend it.
 */
export const readGeoTiff = async (file: string): Promise<Tile> => {
  // Loaded here so that a running service, which reads its own tiles only, does not pay for it.
  const { fromFile } = await import('geotiff');
  const { size } = await stat(file);
  try {
    const tiff = await fromFile(file);
    try {
      return await readImage(await tiff.getImage(), size);
    } finally {
      await tiff.close();
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(
      'unprocessable',
      `it cannot be read as a GeoTIFF (${errorMessage(error)}); is it cut short, or another format? "gdalinfo FILE" tells`,
      { cause: error },
    );
  }
};

const readImage = async (image: GeoTIFFImage, fileBytes: number): Promise<Tile> => {
  const reference = readReference(image.getGeoKeys());
  const [width, height] = [image.getWidth(), image.getHeight()];
  if (width < 2 || height < 2) throw refused(`it has ${width}×${height} samples: too few`);
  if (width * height > MAX_SAMPLES) {
    throw refused(
      `it has ${width}×${height} samples, too many to keep in memory; cut it to the county: gdal_translate -projwin WEST NORTH EAST SOUTH in.tif out.tif`,
    );
  }
  const place = placeSamples(await affineOf(image), { width, height, reference });
  await checkComplete(image, fileBytes);
  const heights = await readHeights(image);
  const raster: Raster = { ...place, width, height, samples: heights.samples };
  if (reference.heights === 'ellipsoidal') raster.samples = toMeanSeaLevel(raster);
  checkHeights(raster.samples);
  return {
    ...raster,
    name: '',
    source: `${heights.source}${reference.heights === 'ellipsoidal' ? ', ellipsoidal heights converted by EGM96' : ''}`,
    heightSigmaM: assumedSigmaM(place.latStep),
  };
};

/** The outer corner (or the middle, see `Reference`) of the first pixel, and the step to the next. */
const affineOf = async (image: GeoTIFFImage): Promise<Affine> => {
  const directory = image.getFileDirectory();
  const numbers = async (tag: 'ModelPixelScale' | 'ModelTransformation'): Promise<number[]> =>
    directory.hasTag(tag) ? Array.from((await directory.loadValue(tag)) ?? [], Number) : [];
  const [scaleX, scaleY] = await numbers('ModelPixelScale');
  const [tie] = await image.getTiePoints();
  if (tie !== undefined && scaleX !== undefined && scaleY !== undefined) {
    const [i, j] = [Number(tie.i), Number(tie.j)];
    return {
      west: Number(tie.x) - i * scaleX,
      north: Number(tie.y) + j * scaleY,
      lonStep: scaleX,
      latStep: scaleY,
    };
  }
  const [a, b, , west, d, e, , north] = await numbers('ModelTransformation');
  if (a === undefined || e === undefined || west === undefined || north === undefined) {
    throw refused(NO_REFERENCE);
  }
  if (b !== 0 || d !== 0) {
    throw refused('its grid is rotated; gdalwarp -t_srs EPSG:4326 -r bilinear in.tif out.tif');
  }
  return { west, north, lonStep: a, latStep: -e };
};

/** What the file leaves out would be read as zeros: sea level that is not there. */
const checkComplete = async (image: GeoTIFFImage, fileBytes: number): Promise<void> => {
  const directory = image.getFileDirectory();
  const kind = image.isTiled ? 'Tile' : 'Strip';
  const offsets = Array.from((await directory.loadValue(`${kind}Offsets`)) ?? [], Number);
  const counts = Array.from((await directory.loadValue(`${kind}ByteCounts`)) ?? [], Number);
  const ends = offsets.map((offset, i) => offset + (counts[i] ?? 0));
  const needed = ends.reduce((most, end) => Math.max(most, end), 0);
  if (needed > fileBytes) {
    throw refused(
      `it is cut short: ${fileBytes} bytes of at least ${needed}; copy or download it again`,
    );
  }
  if (counts.includes(0) && !image.getGDALNoData()) {
    throw refused(
      'parts of it are left out and it states no no-data value; gdal_translate -a_nodata -32768 in.tif out.tif',
    );
  }
};

type Heights = { samples: Int16Array | Float32Array; source: string };

const readHeights = async (image: GeoTIFFImage): Promise<Heights> => {
  const bands = image.getSamplesPerPixel();
  const bits = image.getBitsPerSample();
  const picture = bits === 8 && image.getSampleFormat() === UNSIGNED;
  if (picture && (bands === 3 || bands === 4)) return readTerrarium(image);
  if (picture) {
    throw refused(
      'its numbers have 8 bits: it is a picture of the terrain, not its heights; import the elevation data it was drawn from',
    );
  }
  if (bands !== 1) {
    throw refused(
      `it has ${bands} bands; pick the one with the heights: gdal_translate -b 1 in.tif out.tif`,
    );
  }
  const [raw] = await image.readRasters({ interleave: false });
  if (raw === undefined) throw refused('it has no band');
  const noData = image.getGDALNoData();
  const scale = await scaleOf(image);
  const source = `GeoTIFF, ${raw.constructor.name.replace('Array', '').toLowerCase()}`;
  if (raw instanceof Int16Array && scale === undefined) {
    return { samples: noData === null || noData === VOID ? raw : voidsOf(raw, noData), source };
  }
  return { samples: toFloat(raw, noData, scale ?? { factor: 1, offset: 0 }), source };
};

type Scale = { factor: number; offset: number };

const scaleOf = async (image: GeoTIFFImage): Promise<Scale | undefined> => {
  const stated = await image.getGDALMetadata(0);
  if (stated?.['SCALE'] === undefined && stated?.['OFFSET'] === undefined) return undefined;
  const [factor, offset] = [Number(stated['SCALE'] ?? 1), Number(stated['OFFSET'] ?? 0)];
  if (!(factor > 0) || !Number.isFinite(factor) || !Number.isFinite(offset)) {
    throw refused(
      `it states a scale of ${String(stated['SCALE'])} and an offset of ${String(stated['OFFSET'])}; gdal_translate -unscale in.tif out.tif`,
    );
  }
  return { factor, offset };
};

const voidsOf = (raw: Int16Array, noData: number): Int16Array =>
  raw.map((sample) => (sample === noData ? VOID : sample));

const toFloat = (
  raw: ArrayLike<number>,
  noData: number | null,
  { factor, offset }: Scale,
): Float32Array => {
  // The value is stated in decimals; the samples hold its nearest float.
  const rounded = noData === null ? Number.NaN : Math.fround(noData);
  const samples = new Float32Array(raw.length);
  for (let i = 0; i < samples.length; i++) {
    const sample = raw[i] ?? Number.NaN;
    const unknown = sample === noData || sample === rounded || sample === VOID;
    samples[i] = unknown ? Number.NaN : sample * factor + offset;
  }
  return samples;
};

/** Terrarium: R·256 + G + B/256 − 32768 metres; 0,0,0 (−32768 m) is unknown. */
const readTerrarium = async (image: GeoTIFFImage): Promise<Heights> => {
  const [red, green, blue] = await image.readRasters({ interleave: false });
  if (red === undefined || green === undefined || blue === undefined) {
    throw refused('a band is missing');
  }
  const samples = new Float32Array(red.length);
  for (let i = 0; i < samples.length; i++) {
    const heightM = Number(red[i]) * 256 + Number(green[i]) + Number(blue[i]) / 256 - 32_768;
    samples[i] = heightM === VOID ? Number.NaN : heightM;
  }
  return { samples, source: 'GeoTIFF, Terrarium' };
};

const toMeanSeaLevel = ({ west, north, lonStep, latStep, width, samples }: Raster): Float32Array =>
  Float32Array.from(samples, (sample, i) => {
    if (sample === VOID || Number.isNaN(sample)) return Number.NaN;
    const row = Math.floor(i / width);
    return mslHeightM(west + (i - row * width) * lonStep, north - row * latStep, sample);
  });
