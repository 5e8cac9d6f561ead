import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mslHeightM } from '../../../src/terrain/index.ts';
import { readGeoTiff } from '../../../src/terrain/read-geotiff.ts';
import { type TinyGeoTiff, tinyGeoTiff, WGS84_KEYS } from '../../support/tiny-geotiff.ts';

describe('a GeoTIFF', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'fengsui-geotiff-'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  const readBytes = async (bytes: Uint8Array) => {
    const file = join(dir, 'in.tif');
    await writeFile(file, bytes);
    return readGeoTiff(file);
  };
  const read = (tiff: Partial<TinyGeoTiff> = {}) =>
    readBytes(
      tinyGeoTiff({
        width: 3,
        height: 2,
        samples: Int16Array.of(10, 20, 30, 40, -32_768, 60),
        ...tiff,
      }),
    );

  test('of areas has its first sample half a pixel in', async () => {
    const tile = await read();
    expect(tile).toMatchObject({ width: 3, height: 2, lonStep: 0.01, latStep: 0.01 });
    expect(tile.west).toBeCloseTo(113.005, 9);
    expect(tile.north).toBeCloseTo(26.995, 9);
    expect([...tile.samples]).toEqual([10, 20, 30, 40, -32_768, 60]);
    expect(tile.samples).toBeInstanceOf(Int16Array);
  });

  test('of points has it where the tie point is', async () => {
    const tile = await read({ keys: { ...WGS84_KEYS, 1025: 2 } });
    expect([tile.west, tile.north]).toEqual([113, 27]);
  });

  test('of coarse samples is trusted less', async () => {
    const fine = await read({ scale: [1 / 3600, 1 / 3600] });
    const coarse = await read({ scale: [1 / 240, 1 / 240] });
    expect(fine.heightSigmaM).toBe(6);
    expect(coarse.heightSigmaM).toBeGreaterThan(25);
  });

  test('takes its no-data value for unknown: int16, float32 and NaN', async () => {
    const int = await read({ samples: Int16Array.of(10, -9_999, 30, 40, 50, 60), noData: '-9999' });
    expect([...int.samples]).toEqual([10, -32_768, 30, 40, 50, 60]);
    const float = await read({
      samples: Float32Array.of(1.5, -3.4028234663852886e38, Number.NaN, 4, -32_768, 6),
      noData: '-3.4028234663852886e+38',
    });
    expect([...float.samples]).toEqual([1.5, Number.NaN, Number.NaN, 4, Number.NaN, 6]);
  });

  test('of scaled numbers is unscaled; a scale of nothing is refused', async () => {
    const item = (name: string, value: string): string =>
      `<GDALMetadata><Item name="${name}" sample="0" role="${name.toLowerCase()}">${value}</Item></GDALMetadata>`;
    const tile = await read({ gdalMetadata: item('SCALE', '0.5') });
    expect([...tile.samples]).toEqual([5, 10, 15, 20, Number.NaN, 30]);
    await expect(read({ gdalMetadata: item('SCALE', '0') })).rejects.toThrow(/scale.*-unscale/);
  });

  test('in Terrarium’s encoding is decoded; 0,0,0 is unknown', async () => {
    const pixel = (heightM: number): number[] => {
      const value = heightM + 32_768;
      return [Math.floor(value / 256), Math.floor(value % 256), (value % 1) * 256];
    };
    const pixels = [pixel(100), pixel(0), pixel(-3), pixel(1_234.5), [0, 0, 0], pixel(8_848)];
    const samples = Uint8Array.from(pixels.flat());
    const tile = await read({ samples, bands: 3 });
    expect([...tile.samples]).toEqual([100, 0, -3, 1_234.5, Number.NaN, 8_848]);
  });

  test('with ellipsoidal heights is brought down to mean sea level', async () => {
    const tile = await read({ keys: { ...WGS84_KEYS, 4096: 5_030 } });
    expect(tile.source).toContain('EGM96');
    expect(tile.samples[0]).toBeCloseTo(mslHeightM(113.005, 26.995, 10), 3);
    expect(tile.samples[5]).toBeCloseTo(mslHeightM(113.025, 26.985, 60), 3);
    expect(tile.samples[4]).toBeNaN();
  });

  test.each<[string, RegExp, Partial<TinyGeoTiff>]>([
    ['without a georeference', /no georeference/, { keys: null }],
    ['in an unknown datum', /datum is neither/, { keys: { 1024: 2, 2048: 4_610 } }],
    ['in metres', /no longitudes and latitudes/, { tie: [500_000, 2_950_000], scale: [30, 30] }],
    ['off the pole', /no longitudes and latitudes/, { tie: [113, 90.02], scale: [0.01, 0.01] }],
    ['upside down', /north to south/, { scale: [0.01, -0.01] }],
    ['in feet', /9500 m.*feet/, { samples: Int16Array.of(9_500, 1, 1, 1, 1, 1) }],
    [
      'with an undeclared void',
      /-9999 m.*gdal_edit.py -a_nodata -9999/,
      { samples: Float32Array.of(-9_999, 1, 1, 1, 1, 1) },
    ],
    ['of voids alone', /every sample is a void/, { samples: new Int16Array(6).fill(-32_768) }],
    ['that is a picture', /picture/, { samples: new Uint8Array(6) }],
    [
      'of several bands',
      /2 bands.*gdal_translate -b 1/,
      { width: 3, height: 1 + 1, bands: 2, samples: new Int16Array(12) },
    ],
    ['of one row', /too few/, { width: 6, height: 1 }],
  ])('%s is refused', async (_, message, tiff) => {
    await expect(read(tiff)).rejects.toThrow(message);
  });

  test('cut short is refused, never read as sea level', async () => {
    const whole = tinyGeoTiff({ width: 3, height: 2, samples: Int16Array.of(1, 2, 3, 4, 5, 6) });
    // The directory stands behind the samples here; one that promises more than the file has is the same.
    const view = new DataView(whole.buffer);
    const directory = view.getUint32(4, true);
    const counts = directory + 2 + 8 * 12 + 8;
    expect(view.getUint32(counts, true)).toBe(12);
    view.setUint32(counts, 100_000, true);
    await expect(readBytes(whole)).rejects.toThrow(/cut short: \d+ bytes of at least 100008/);
    await expect(readBytes(whole.subarray(0, 40))).rejects.toThrow(/cannot be read as a GeoTIFF/);
    await expect(readBytes(Buffer.from('not a TIFF at all'))).rejects.toThrow(
      /cannot be read as a GeoTIFF/,
    );
  });
});
