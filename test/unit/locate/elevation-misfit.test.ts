import { describe, expect, it } from 'vitest';
import { misfitOn, skylineAlong } from '../../../src/locate/elevation-misfit.ts';
import { HERE, plain, roundGround } from '../terrain/made-ground.ts';

const eye = { lon: HERE[0], lat: HERE[1], heightM: 100 };
const options = { toleranceM: 30, smokeHeightM: 80 };
const RAD = Math.PI / 180;
/** At which a plain 100 m below appears, curvature and refraction in. */
const plainAt = (distanceM: number): number =>
  Math.atan(-100 / distanceM - (0.87 * distanceM) / (2 * 6_371_009)) / RAD;
const misfit = (
  ground: typeof plain,
  { elevationDeg, distanceM }: { elevationDeg: number; distanceM: number },
) => {
  const skyline = skylineAlong(ground, eye, 40, 10_000);
  return skyline === null
    ? null
    : misfitOn(skyline, { elevationDeg, sigmaDeg: 0.5 }, distanceM, options);
};

describe('misfitOn', () => {
  it('is nothing where the ground appears as seen, and the square of what it is off in σ', () => {
    expect(misfit(plain, { elevationDeg: plainAt(3_000), distanceM: 3_000 })).toBeLessThan(0.01);
    const off = misfit(plain, { elevationDeg: plainAt(3_000) + 1, distanceM: 3_000 });
    // 1° at σ 0.5° is 4, less what 30 m of tolerance and 6 m of height error explain.
    expect(off).toBeGreaterThan(3);
    expect(off).toBeLessThan(4);
  });

  it('sees smoke over the ridge that hides its base, at a price that grows with the height it needs', () => {
    const ridge = roundGround((d) => (d >= 2_900 && d <= 3_100 ? 90 : 0), 90);
    const overRidge = Math.atan(-10 / 2_910 - (0.87 * 2_910) / (2 * 6_371_009)) / RAD;
    const near = misfit(ridge, { elevationDeg: overRidge, distanceM: 4_000 }) ?? Number.NaN;
    const far = misfit(ridge, { elevationDeg: overRidge, distanceM: 8_000 }) ?? Number.NaN;
    // 4 km: the line of sight passes 86 m above the plain: 2·86/80.
    expect(near).toBeGreaterThan(1.9);
    expect(near).toBeLessThan(2.4);
    expect(far).toBeLessThan(near);
    const ground = misfit(ridge, { elevationDeg: plainAt(4_000), distanceM: 4_000 });
    expect(ground).toBeGreaterThan(near);
  });

  it('says nothing from below the ground, over unknown ground, or past the skyline', () => {
    const hill = roundGround(() => 150);
    expect(misfit(hill, { elevationDeg: 0, distanceM: 3_000 })).toBeNull();
    const unknown = roundGround((d) => (d > 2_000 ? Number.NaN : 0), 0);
    expect(misfit(unknown, { elevationDeg: -2, distanceM: 3_000 })).toBeNull();
    expect(misfit(plain, { elevationDeg: -1, distanceM: 12_000 })).toBeNull();
  });
});
