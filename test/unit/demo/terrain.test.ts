import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canSee,
  createTerrain,
  elevationAngleDeg,
  type Terrain,
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

describe('line of sight', () => {
  it('is the same in both directions', () => {
    fc.assert(
      fc.property(
        place,
        fc.double({ min: 0, max: 360, noNaN: true }),
        fc.double({ min: 100, max: 12_000, noNaN: true }),
        (at, azimuthDeg, distanceM) => {
          const to = geodesicDirect(at, azimuthDeg, distanceM);
          const a = { at, heightM: terrain.heightM(at) + 30 };
          const b = { at: to, heightM: terrain.heightM(to) + 60 };
          expect(canSee(terrain, a, b)).toBe(canSee(terrain, b, a));
        },
      ),
    );
  });

  it('never gets worse by raising the target', () => {
    fc.assert(
      fc.property(
        place,
        fc.double({ min: 0, max: 360, noNaN: true }),
        fc.double({ min: 100, max: 10_000, noNaN: true }),
        fc.double({ min: 0, max: 300, noNaN: true }),
        (at, azimuthDeg, distanceM, raiseM) => {
          const to = geodesicDirect(at, azimuthDeg, distanceM);
          const eye = { at, heightM: terrain.heightM(at) + 30 };
          const groundM = terrain.heightM(to);
          fc.pre(canSee(terrain, eye, { at: to, heightM: groundM + 20 }));
          expect(canSee(terrain, eye, { at: to, heightM: groundM + 20 + raiseM })).toBe(true);
        },
      ),
    );
  });

  it('is cut by the Earth’s curve on a plain at the horizon, refraction included', () => {
    // Horizon of an eye h above the ground: √(2Rh/(1−k)); two eyes of 20 m meet at twice that, 34.2 km.
    const horizonM = 2 * Math.sqrt((2 * 6_371_009 * 20) / (1 - 0.13));
    const sees = (distanceM: number): boolean =>
      canSee(
        flat,
        { at: here, heightM: 120 },
        { at: geodesicDirect(here, 90, distanceM), heightM: 120 },
      );
    expect(sees(horizonM * 0.98)).toBe(true);
    expect(sees(horizonM * 1.02)).toBe(false);
  });

  it('is cut by a ridge between', () => {
    const ridgeAt = geodesicDirect(here, 0, 2_000);
    const ridge: Terrain = {
      heightM: (at) => (geodesicInverse(at, ridgeAt).distanceM < 200 ? 300 : 100),
    };
    const eye = { at: here, heightM: 130 };
    const behind = geodesicDirect(here, 0, 4_000);
    expect(canSee(ridge, eye, { at: behind, heightM: 200 })).toBe(false);
    // Over the far edge of the ridge: 130 + (300 − 130) · 4000/1800.
    expect(canSee(ridge, eye, { at: behind, heightM: 530 })).toBe(true);
  });

  it('puts a target of equal height below the horizontal by the curve', () => {
    expect(curvatureDropM(10_000)).toBeCloseTo(6.83, 1);
    const eye = { at: here, heightM: 100 };
    expect(elevationAngleDeg(eye, eye, 10_000)).toBeCloseTo(-0.039, 3);
  });
});
