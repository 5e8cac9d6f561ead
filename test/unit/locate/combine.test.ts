import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuse, mahalanobis2 } from '../../../src/locate/index.ts';
import { type Fix, geodesicDirect, geodesicInverse, type LonLat } from '../../../src/shared/geo.ts';

const at = ([lon, lat]: LonLat, ellipse: Fix['ellipse']): Fix => ({
  lon,
  lat,
  method: 'bearing',
  ellipse,
});
const circle = (r: number) => ({ semiMajorM: r, semiMinorM: r, orientationDeg: 0 });
const home: LonLat = [113.27, 26.71];

const fixArbitrary = fc
  .record({
    azimuth: fc.double({ min: 0, max: 360, noNaN: true }),
    distance: fc.double({ min: 0, max: 10_000, noNaN: true }),
    minor: fc.double({ min: 10, max: 500, noNaN: true }),
    stretch: fc.double({ min: 1, max: 30, noNaN: true }),
    orientationDeg: fc.double({ min: 0, max: 179.99, noNaN: true }),
  })
  .map(({ azimuth, distance, minor, stretch, orientationDeg }) =>
    at(geodesicDirect(home, azimuth, distance), {
      semiMajorM: minor * stretch,
      semiMinorM: minor,
      orientationDeg,
    }),
  );

describe('mahalanobis2', () => {
  it('is the squared distance in sigmas of both fixes together', () => {
    // Two circles of 1 σ = 100 m each: joint σ 141.4 m; 300 m apart: (300/141.4)² = 4.5.
    const sigma100 = circle(100 * Math.sqrt(5.991));
    const there = geodesicDirect(home, 90, 300);
    expect(mahalanobis2(at(home, sigma100), at(there, sigma100))).toBeCloseTo(4.5, 2);
  });

  it('forgives distance along a bearing and not across it', () => {
    const thin = { semiMajorM: 7350, semiMinorM: 320, orientationDeg: 30 };
    const along = at(geodesicDirect(home, 30, 4000), circle(100));
    const across = at(geodesicDirect(home, 120, 4000), circle(100));
    expect(mahalanobis2(at(home, thin), along)).toBeLessThan(9.21);
    expect(mahalanobis2(at(home, thin), across)).toBeGreaterThan(9.21);
  });

  it('is symmetric to a part in a hundred', () => {
    fc.assert(
      fc.property(fixArbitrary, fixArbitrary, (a, b) => {
        const [ab, ba] = [mahalanobis2(a, b), mahalanobis2(b, a)];
        expect(Math.abs(ab - ba)).toBeLessThanOrEqual(0.01 * Math.max(ab, ba) + 1e-6);
      }),
    );
  });
});

describe('fuse', () => {
  it('puts two crossing bearings at their crossing', () => {
    const fire = geodesicDirect(home, 70, 4000);
    const towers = [geodesicDirect(fire, 200, 5000), geodesicDirect(fire, 290, 6000)];
    const fixes = towers.map((tower) => {
      const { azimuthDeg } = geodesicInverse(tower, fire);
      return at(geodesicDirect(tower, azimuthDeg, 7650), {
        semiMajorM: 7350,
        semiMinorM: 320,
        orientationDeg: azimuthDeg % 180,
      });
    });
    const fused = fuse(fixes);
    expect(geodesicInverse([fused.lon, fused.lat], fire).distanceM).toBeLessThan(30);
    expect(fused.method).toBe('fused');
    expect(fused.ellipse.semiMajorM).toBeLessThan(330);
  });

  it('returns a single fix as it is and refuses none', () => {
    const only = at(home, circle(10));
    expect(fuse([only])).toBe(only);
    expect(() => fuse([])).toThrow(RangeError);
  });

  it('never grows the ellipse when a fix is added', () => {
    fc.assert(
      fc.property(fixArbitrary, fixArbitrary, fixArbitrary, (a, b, c) => {
        const two = fuse([a, b]).ellipse;
        const three = fuse([a, b, c]).ellipse;
        expect(three.semiMajorM).toBeLessThanOrEqual(two.semiMajorM * 1.000001);
        expect(three.semiMinorM).toBeLessThanOrEqual(two.semiMinorM * 1.000001);
      }),
    );
  });

  it('keeps orientation within [0, 180) and the major axis the longer one', () => {
    fc.assert(
      fc.property(fixArbitrary, fixArbitrary, (a, b) => {
        const { semiMajorM, semiMinorM, orientationDeg } = fuse([a, b]).ellipse;
        expect(semiMajorM).toBeGreaterThanOrEqual(semiMinorM);
        expect(orientationDeg).toBeGreaterThanOrEqual(0);
        expect(orientationDeg).toBeLessThan(180);
      }),
    );
  });
});
