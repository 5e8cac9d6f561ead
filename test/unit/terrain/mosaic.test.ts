import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTerrain, type Tile } from '../../../src/terrain/index.ts';

const VOID = -32_768;

/** Samples by a formula of longitude and latitude, every hundredth of a degree unless told otherwise. */
const tileOf = (
  heightAt: (lon: number, lat: number) => number,
  shape: Partial<Omit<Tile, 'samples'>> & { float?: boolean } = {},
): Tile => {
  const { float = false, ...rest } = shape;
  const outline = {
    name: 'tile',
    source: 'made',
    west: 113,
    north: 27,
    lonStep: 0.01,
    latStep: 0.01,
    width: 11,
    height: 11,
    heightSigmaM: 6,
    ...rest,
  };
  const heights = Array.from({ length: outline.width * outline.height }, (_, i) =>
    heightAt(
      outline.west + (i % outline.width) * outline.lonStep,
      outline.north - Math.floor(i / outline.width) * outline.latStep,
    ),
  );
  return { ...outline, samples: float ? Float32Array.from(heights) : Int16Array.from(heights) };
};

/** A slope whose heights at hundredths of a degree are whole metres: bilinear gives it exactly. */
const slope = (lon: number, lat: number): number =>
  Math.round(((lon - 113) * 1_000 + (lat - 26) * 500) * 1e6) / 1e6;

const place = fc.record({
  lon: fc.double({ min: 113, max: 113.1, noNaN: true }),
  lat: fc.double({ min: 26.9, max: 27, noNaN: true }),
});

describe('one tile', () => {
  const terrain = createTerrain([tileOf(slope)]);

  it('gives samples where they are, and between them in proportion', () => {
    expect(terrain.elevationM(113.03, 26.95)).toBeCloseTo(505, 6);
    fc.assert(
      fc.property(place, ({ lon, lat }) => {
        expect(terrain.elevationM(lon, lat)).toBeCloseTo(slope(lon, lat), 3);
      }),
    );
  });

  it('reaches to its outermost samples and no farther', () => {
    expect(terrain.elevationM(113.1, 26.9)).toBeCloseTo(550, 3);
    expect(terrain.elevationM(113, 27)).toBeCloseTo(500, 3);
    for (const [lon, lat] of [
      [112.999, 26.95],
      [113.101, 26.95],
      [113.05, 27.001],
      [113.05, 26.899],
    ] as const) {
      expect(terrain.elevationM(lon, lat)).toBeNaN();
      expect(terrain.covers(lon, lat)).toBe(false);
    }
  });

  it('is unknown for a coordinate that is none', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(terrain.elevationM(bad, 26.95)).toBeNaN();
      expect(terrain.elevationM(113.05, bad)).toBeNaN();
    }
  });

  it('states its cell (the narrower side), its highest sample and its error', () => {
    expect(terrain.cellM).toBeGreaterThan(111_320 * 0.01 * Math.cos((27 * Math.PI) / 180) - 1);
    expect(terrain.cellM).toBeLessThan(995);
    expect(terrain.maxHeightM).toBe(600);
    expect(terrain.heightSigmaM).toBe(6);
  });

  it('lies in shared memory', () => {
    expect(terrain.raster.samples.buffer).toBeInstanceOf(SharedArrayBuffer);
  });
});

describe('voids', () => {
  const holed = (lon: number, lat: number): number =>
    Math.abs(lon - 113.05) < 0.001 && Math.abs(lat - 26.95) < 0.001 ? Number.NaN : 400;

  it.each([
    ['int16', false],
    ['float32', true],
  ])('of %s are unknown, and so is every cell they touch', (_, float) => {
    const asInt = (lon: number, lat: number): number => {
      const heightM = holed(lon, lat);
      return !float && Number.isNaN(heightM) ? VOID : heightM;
    };
    const terrain = createTerrain([tileOf(asInt, { float })]);
    expect(terrain.elevationM(113.05, 26.95)).toBeNaN();
    expect(terrain.elevationM(113.045, 26.955)).toBeNaN();
    expect(terrain.elevationM(113.0599, 26.95)).toBeNaN();
    expect(terrain.covers(113.05, 26.95)).toBe(true);
    // On a known sample, and on the line between two, the void beside does not count.
    expect(terrain.elevationM(113.04, 26.95)).toBeCloseTo(400, 6);
    expect(terrain.elevationM(113.04, 26.955)).toBeCloseTo(400, 6);
    expect(terrain.elevationM(113.0399, 26.95)).toBeCloseTo(400, 6);
    expect(terrain.maxHeightM).toBe(400);
  });
});

describe('several tiles', () => {
  it('side by side, edges shared, are one ground without a seam', () => {
    const terrain = createTerrain([tileOf(slope), tileOf(slope, { west: 113.1 })]);
    expect(terrain.raster.width).toBe(21);
    fc.assert(
      fc.property(
        fc.double({ min: 113, max: 113.2, noNaN: true }),
        fc.double({ min: 26.9, max: 27, noNaN: true }),
        (lon, lat) => {
          expect(terrain.elevationM(lon, lat)).toBeCloseTo(slope(lon, lat), 3);
        },
      ),
    );
  });

  it('leave what none covers unknown', () => {
    const terrain = createTerrain([tileOf(slope), tileOf(slope, { west: 113.2, north: 26.9 })]);
    expect(terrain.elevationM(113.25, 26.95)).toBeNaN();
    expect(terrain.elevationM(113.25, 26.85)).toBeCloseTo(slope(113.25, 26.85), 3);
  });

  it('fill each other’s voids, whichever comes first', () => {
    const known = tileOf(() => 300);
    const holed = tileOf((lon) => (lon > 113.045 ? VOID : 300));
    for (const tiles of [
      [known, holed],
      [holed, known],
    ]) {
      expect(createTerrain(tiles).elevationM(113.07, 26.95)).toBe(300);
    }
  });

  it('take the finer where they overlap, and resample the coarser', () => {
    const coarse = tileOf(slope, { lonStep: 0.02, latStep: 0.02, heightSigmaM: 20, float: true });
    const fine = tileOf(() => 900, { west: 113.1, width: 6, height: 6, float: true });
    for (const tiles of [
      [coarse, fine],
      [fine, coarse],
    ]) {
      const terrain = createTerrain(tiles);
      expect(terrain.raster.lonStep).toBe(0.01);
      expect(terrain.elevationM(113.12, 26.98)).toBe(900);
      expect(terrain.elevationM(113.037, 26.873)).toBeCloseTo(slope(113.037, 26.873), 2);
      expect(terrain.heightSigmaM).toBe(20);
    }
  });

  it('of whole pixels side by side leave no seam when they are resampled', () => {
    const coarse = { lonStep: 0.04, latStep: 0.04, width: 5, height: 5 };
    const terrain = createTerrain([
      tileOf(() => 200, { ...coarse, west: 113.02 }),
      tileOf(() => 200, { ...coarse, west: 113.22 }),
      tileOf(() => 200, { west: 113.005, north: 26.995, width: 2, height: 2 }),
    ]);
    for (let lon = 113.03; lon < 113.37; lon += 0.0013) {
      expect(terrain.elevationM(lon, 26.93)).toBe(200);
    }
  });

  it('too far apart to fit in memory are refused, with what to do', () => {
    const sample = { lonStep: 0.0002, latStep: 0.0002 };
    const tiles = [
      tileOf(slope, { ...sample, name: 'here' }),
      tileOf(slope, { ...sample, name: 'there', west: 1, north: 43 }),
    ];
    expect(() => createTerrain(tiles)).toThrow(/remove.*here.*there/);
  });

  it('none is an error', () => {
    expect(() => createTerrain([])).toThrow(/no terrain tile/);
  });
});
