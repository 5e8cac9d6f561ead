import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createTerrain,
  elevationAngleDeg,
  hiddenM,
  type Terrain,
  type Viewpoint,
} from '../../../src/demo/terrain.ts';
import { geodesicDirect, geodesicInverse, type LonLat } from '../../../src/shared/geo.ts';
import { curvatureDropM } from '../../../src/terrain/index.ts';

const place = fc.tuple(
  fc.double({ min: 113, max: 113.7, noNaN: true }),
  fc.double({ min: 26.2, max: 26.9, noNaN: true }),
);
const terrain = createTerrain(1);
const flat: Terrain = { heightM: () => 100 };
const here: LonLat = [113.3, 26.6];

describe('the invented terrain', () => {
  it('stays between 80 and 1300 m', () => {
    fc.assert(
      fc.property(place, fc.integer({ min: 0, max: 0xffffffff }), (at, seed) => {
        const heightM = createTerrain(seed).heightM(at);
        expect(heightM).toBeGreaterThanOrEqual(80);
        expect(heightM).toBeLessThanOrEqual(1_300);
      }),
    );
  });

  it('is smooth: no step steeper than a cliff path over 10 m', () => {
    fc.assert(
      fc.property(place, fc.double({ min: 0, max: 360, noNaN: true }), (at, azimuthDeg) => {
        const next = geodesicDirect(at, azimuthDeg, 10);
        expect(Math.abs(terrain.heightM(next) - terrain.heightM(at))).toBeLessThan(15);
      }),
    );
  });

  it('has a basin in the north-west and mountains in the south-east', () => {
    const mean = (lon: number, lat: number): number => {
      let sum = 0;
      for (let i = 0; i < 100; i++) {
        sum += terrain.heightM([lon + (i % 10) * 0.008, lat + Math.floor(i / 10) * 0.008]);
      }
      return sum / 100;
    };
    expect(mean(113.48, 26.35) - mean(113.15, 26.72)).toBeGreaterThan(200);
  });
});

/** Is the straight line between two points free of ground? Walked along the chord, every 10 m: another way to ask. */
const isClear = (ground: Terrain, from: Viewpoint, to: Viewpoint): boolean => {
  const { distanceM, azimuthDeg } = geodesicInverse(from.at, to.at);
  for (let d = 10; d < distanceM - 20; d += 10) {
    const slope = (to.heightM - from.heightM - curvatureDropM(distanceM)) / distanceM;
    const rayM = from.heightM + slope * d + curvatureDropM(d);
    if (ground.heightM(geodesicDirect(from.at, azimuthDeg, d)) > rayM) return false;
  }
  return true;
};

describe('line of sight', () => {
  it('begins where the smoke clears the last ridge, not below and not above', () => {
    fc.assert(
      fc.property(
        place,
        fc.double({ min: 0, max: 360, noNaN: true }),
        fc.double({ min: 300, max: 10_000, noNaN: true }),
        (from, azimuthDeg, distanceM) => {
          const at = geodesicDirect(from, azimuthDeg, distanceM);
          const eye = { at: from, heightM: terrain.heightM(from) + 30 };
          const hidden = hiddenM(terrain, eye, at);
          const lowestM = terrain.heightM(at) + hidden;
          // Both ways look between crests at other places: a tenth of a degree, far less than the cameras' σ.
          const marginM = 1 + distanceM * Math.tan(Math.PI / 1_800);
          expect(isClear(terrain, eye, { at, heightM: lowestM + marginM })).toBe(true);
          fc.pre(hidden > marginM);
          expect(isClear(terrain, eye, { at, heightM: lowestM - marginM })).toBe(false);
        },
      ),
    );
  });

  it('is cut by the Earth’s curve on a plain at the horizon, refraction included', () => {
    // Horizon of an eye h above the ground: √(2Rh/(1−k)); two eyes of 20 m meet at twice that, 34.2 km.
    const horizonM = 2 * Math.sqrt((2 * 6_371_009 * 20) / (1 - 0.13));
    const hidden = (distanceM: number): number =>
      hiddenM(flat, { at: here, heightM: 120 }, geodesicDirect(here, 90, distanceM));
    expect(hidden(horizonM * 0.98)).toBeLessThan(20);
    expect(hidden(horizonM * 1.02)).toBeGreaterThan(20);
    expect(hidden(horizonM * 0.3)).toBe(0);
  });

  it('is cut by a ridge between', () => {
    const ridgeAt = geodesicDirect(here, 0, 2_000);
    const ridge: Terrain = {
      heightM: (at) => (geodesicInverse(at, ridgeAt).distanceM < 200 ? 300 : 100),
    };
    const eye = { at: here, heightM: 130 };
    const behind = geodesicDirect(here, 0, 4_000);
    // Past the near edge of the ridge, give or take a step: 130 + (300 − 130) · 4000/1800 − 100.
    const hidden = hiddenM(ridge, eye, behind);
    expect(hidden).toBeGreaterThan(390);
    expect(hidden).toBeLessThan(409);
  });

  it('puts a target of equal height below the horizontal by the curve', () => {
    expect(curvatureDropM(10_000)).toBeCloseTo(6.83, 1);
    const eye = { at: here, heightM: 100 };
    expect(elevationAngleDeg(eye, eye, 10_000)).toBeCloseTo(-0.039, 3);
  });
});
