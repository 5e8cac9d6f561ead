import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { geodesicDirect, geodesicInverse } from '../../../src/shared/geo.ts';
import {
  createTerrain,
  lineOfSight,
  type Terrain,
  type Viewshed,
  viewshed,
} from '../../../src/terrain/index.ts';
import { createLocalMetres } from '../../../src/terrain/local-metres.ts';
import { createRandom } from '../../support/random.ts';
import { eyeAt, HERE, plain, roundGround } from './made-ground.ts';

/** Hills 2–5 km across, sampled every 90 m, 30 km square around `HERE`. */
const hills = createTerrain([
  (() => {
    const step = 1 / 1_200;
    const side = 361;
    const [west, north] = [HERE[0] - 0.15, HERE[1] + 0.15];
    const samples = Float32Array.from({ length: side * side }, (_, i) => {
      const [x, y] = [i % side, Math.floor(i / side)];
      return 600 + 250 * Math.sin(x / 7) * Math.cos(y / 9) + 120 * Math.sin((x + 2 * y) / 11);
    });
    const grid = { west, north, lonStep: step, latStep: step, width: side, height: side };
    return { ...grid, name: 'hills', source: 'made', samples, heightSigmaM: 1 };
  })(),
]);

const middleOf = (seen: Viewshed, column: number, row: number) => ({
  lon: seen.west + ((column + 0.5) * (seen.east - seen.west)) / seen.width,
  lat: seen.north - ((row + 0.5) * (seen.north - seen.south)) / seen.height,
});

const bitAt = (seen: Viewshed, column: number, row: number): number => {
  const cell = row * seen.width + column;
  return ((seen.bits[cell >> 3] ?? 0) >> (7 - (cell & 7))) & 1;
};

const cellsOf = (seen: Viewshed): { column: number; row: number }[] =>
  Array.from({ length: seen.width * seen.height }, (_, i) => ({
    column: i % seen.width,
    row: Math.floor(i / seen.width),
  }));

/** Seen or not at a distance and azimuth. */
const isSeen = (seen: Viewshed, azimuthDeg: number, distanceM: number): boolean => {
  const [lon, lat] = geodesicDirect(HERE, azimuthDeg, distanceM);
  const column = Math.floor(((lon - seen.west) / (seen.east - seen.west)) * seen.width);
  const row = Math.floor(((seen.north - lat) / (seen.north - seen.south)) * seen.height);
  return bitAt(seen, column, row) === 1;
};

describe('metres around a place', () => {
  it('are within 0.5 m and 0.003° of the geodesic up to 50 km', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -60, max: 60, noNaN: true }),
        fc.double({ min: 0, max: 360, noNaN: true }),
        fc.double({ min: 100, max: 50_000, noNaN: true }),
        (originLat, azimuthDeg, distanceM) => {
          const [lon, lat] = geodesicDirect([100, originLat], azimuthDeg, distanceM);
          const metres = createLocalMetres({ lat: originLat }).atLat(lat);
          const east = (lon - 100) * metres.eastPerDeg;
          expect(Math.abs(Math.hypot(east, metres.northM) - distanceM)).toBeLessThan(0.5);
          const azimuthRad =
            Math.atan2(east, metres.northM) - (lon - 100) * metres.convergencePerDeg;
          const off = (azimuthRad * 180) / Math.PI - azimuthDeg;
          expect(Math.abs(off - 360 * Math.round(off / 360))).toBeLessThan(0.003);
        },
      ),
    );
  });
});

describe('a viewshed', () => {
  it('of a plain is a disc as wide as the range', () => {
    const seen = viewshed(plain, eyeAt(100), { rangeM: 3_000, targetHeightM: 0 });
    expect(seen.seenCells).toBe(seen.knownCells);
    const cellM2 = 30 * 30;
    expect(seen.seenCells / ((Math.PI * 3_000 ** 2) / cellM2)).toBeCloseTo(1, 1);
    const spread = geodesicInverse([seen.west, HERE[1]], [seen.east, HERE[1]]).distanceM;
    expect(Math.abs(spread - 6_000)).toBeLessThan(200);
    expect(isSeen(seen, 45, 2_950)).toBe(true);
    expect(isSeen(seen, 45, 3_060)).toBe(false);
  });

  it('ends at the horizon', () => {
    // √(2Rh/(1−k)) is 7.65 km for an eye of 4 m.
    const seen = viewshed(plain, eyeAt(4), { rangeM: 9_000, targetHeightM: 0 });
    for (const azimuthDeg of [0, 100, 200, 300]) {
      expect(isSeen(seen, azimuthDeg, 7_400)).toBe(true);
      expect(isSeen(seen, azimuthDeg, 7_900)).toBe(false);
    }
  });

  it('has a shadow behind a wall, from which what is high enough looks out', () => {
    const walled = roundGround((d) => (d >= 1_000 && d <= 1_060 ? 50 : 0), 50);
    const ground = viewshed(walled, eyeAt(30), { rangeM: 3_000, targetHeightM: 0 });
    const tall = viewshed(walled, eyeAt(30), { rangeM: 3_000, targetHeightM: 80 });
    for (const azimuthDeg of [20, 130, 250]) {
      expect(isSeen(ground, azimuthDeg, 900)).toBe(true);
      expect(isSeen(ground, azimuthDeg, 2_000)).toBe(false);
      // Over the near edge of the wall the line is at 30 + 20 · 2 = 70 m after 2 km, 90 m after 3 km.
      expect(isSeen(tall, azimuthDeg, 2_000)).toBe(true);
      expect(isSeen(tall, azimuthDeg, 2_900)).toBe(false);
    }
  });

  it('agrees with the line of sight to each cell', () => {
    const random = createRandom(7);
    let same = 0;
    let judged = 0;
    let visible = 0;
    for (let i = 0; i < 4; i++) {
      const [lon, lat] = geodesicDirect(HERE, random() * 360, random() * 4_000);
      const eye = { lon, lat, heightM: hills.elevationM(lon, lat) + 200 };
      const options = { rangeM: 7_000, targetHeightM: 2 };
      const seen = viewshed(hills, eye, options);
      for (const { column, row } of cellsOf(seen)) {
        const exact = lineOfSight(hills, eye, middleOf(seen, column, row), 2);
        if (exact.kind === 'unknown' || exact.distanceM > 6_999) continue;
        judged += 1;
        if (exact.kind === 'visible') visible += 1;
        if (bitAt(seen, column, row) === (exact.kind === 'visible' ? 1 : 0)) same += 1;
      }
    }
    expect(visible / judged).toBeGreaterThan(0.15);
    expect(same / judged).toBeGreaterThan(0.985);
  });

  it('puts its cells on the samples of the raster', () => {
    const seen = viewshed(hills, eyeAt(900), { rangeM: 2_000, targetHeightM: 0 });
    const { lon, lat } = middleOf(seen, 3, 4);
    const column = (lon - hills.raster.west) / hills.raster.lonStep;
    const row = (hills.raster.north - lat) / hills.raster.latStep;
    expect(column).toBeCloseTo(Math.round(column), 4);
    expect(row).toBeCloseTo(Math.round(row), 4);
  });

  it('claims nothing about unknown ground, nor behind it what it might hide', () => {
    const holed: Terrain = roundGround((d) => (d > 1_000 && d < 1_200 ? Number.NaN : 0), 300);
    const seen = viewshed(holed, eyeAt(100), { rangeM: 3_000, targetHeightM: 0 });
    expect(isSeen(seen, 77, 900)).toBe(true);
    expect(isSeen(seen, 77, 1_100)).toBe(false);
    expect(isSeen(seen, 77, 2_000)).toBe(false);
    expect(seen.knownCells).toBeLessThan((Math.PI * 3_000 ** 2) / 900);
  });

  it('of an eye below the ground is empty', () => {
    const seen = viewshed(
      roundGround(() => 350),
      eyeAt(300),
      { rangeM: 1_000, targetHeightM: 0 },
    );
    // The cell it stands in has nothing before it that could hide it.
    expect(seen.seenCells).toBeLessThan(10);
  });
});
