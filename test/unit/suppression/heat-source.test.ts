import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { geodesicDirect } from '../../../src/shared/geo.ts';
import { inHeatSource } from '../../../src/suppression/heat-source.ts';
import { FIELD, fixAt, kiln } from './made-up.ts';

describe('inHeatSource', () => {
  it('holds what lies within its radius, in every direction and at every latitude', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -180, max: 180, noNaN: true }),
        fc.double({ min: -85, max: 85, noNaN: true }),
        fc.double({ min: 0, max: 360, noNaN: true }),
        fc.double({ min: 1, max: 5000, noNaN: true }),
        (lon, lat, azimuthDeg, radiusM) => {
          const source = kiln({ lon, lat, radiusM });
          const point = (m: number) => fixAt(geodesicDirect([lon, lat], azimuthDeg, m), 0);
          expect(inHeatSource(source, point(radiusM * 0.999))).toBe(true);
          expect(inHeatSource(source, point(radiusM * 1.001))).toBe(false);
        },
      ),
    );
  });

  it('takes no ellipse for evidence that is larger than 500 m and twice the radius', () => {
    const holds = (radiusM: number, ellipseM: number) =>
      inHeatSource(kiln({ radiusM }), fixAt(FIELD, ellipseM));
    expect([holds(50, 500), holds(50, 501)]).toEqual([true, false]);
    expect([holds(300, 600), holds(300, 601)]).toEqual([true, false]);
    expect(holds(300, 7000)).toBe(false);
  });
});
