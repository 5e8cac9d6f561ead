import { describe, expect, it } from 'vitest';
import { mslHeightM } from '../../../src/terrain/index.ts';

describe('heights above mean sea level', () => {
  // NGA's test values for the EGM96 15′ grid (OUTPUT.DAT).
  it.each([
    [38.628155, 269.779155, -31.628],
    [-14.621217, 305.021114, -2.969],
    [46.874319, 102.448729, -43.575],
    [-23.617446, 133.874712, 15.871],
    [38.625473, 359.9995, 50.066],
    [-0.466744, 0.0023, 17.329],
  ])('at %f, %f lie %f m below ellipsoidal ones', (lat, lon, undulationM) => {
    const wrapped = lon > 180 ? lon - 360 : lon;
    expect(Math.abs(500 - mslHeightM(wrapped, lat, 500) - undulationM)).toBeLessThan(0.1);
  });

  it('are some 13 m above the ellipsoidal number in Hunan', () => {
    expect(mslHeightM(113.27, 26.71, 300)).toBeCloseTo(313.2, 0);
  });
});
