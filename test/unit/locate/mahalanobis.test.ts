import { describe, expect, it } from 'vitest';
import { mahalanobis2 } from '../../../src/locate/index.ts';
import { type Ellipse, type Fix, geodesicDirect, type LonLat } from '../../../src/shared/geo.ts';

const home: LonLat = [113.27, 26.71];
const at = ([lon, lat]: LonLat, ellipse: Ellipse): Fix => ({
  lon,
  lat,
  method: 'bearing',
  ellipse,
});
const circle = (radiusM: number): Ellipse => ({
  semiMajorM: radiusM,
  semiMinorM: radiusM,
  orientationDeg: 0,
});

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

  it('forgives what the fire may have spread', () => {
    const there = at(geodesicDirect(home, 90, 900), circle(100));
    expect(mahalanobis2(at(home, circle(100)), there)).toBeGreaterThan(9.21);
    expect(mahalanobis2(at(home, circle(100)), there, 1000)).toBeLessThan(9.21);
  });
});
