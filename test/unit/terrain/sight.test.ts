import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { geodesicDirect } from '../../../src/shared/geo.ts';
import { curvatureDropM, lineOfSight, profile, raycast } from '../../../src/terrain/index.ts';
import { eyeAt, face, HERE, plain, ridge, roundGround } from './made-ground.ts';

const pointAt = (azimuthDeg: number, distanceM: number) => {
  const [lon, lat] = geodesicDirect(HERE, azimuthDeg, distanceM);
  return { lon, lat };
};

describe('a profile', () => {
  it('gives ground and apparent angle at every step', () => {
    const { stepM, groundM, angleDeg } = profile(face, eyeAt(200), 40, {
      maxRangeM: 12_000,
      stepM: 100,
    });
    expect(stepM).toBe(100);
    expect(groundM.length).toBe(120);
    expect(groundM[79]).toBeCloseTo(400, 1);
    const expected = (Math.atan2(200 - curvatureDropM(8_000), 8_000) * 180) / Math.PI;
    expect(angleDeg[79]).toBeCloseTo(expected, 3);
  });

  it('steps by a cell unless told otherwise, and leaves unknown ground unknown', () => {
    const holed = roundGround((d) => (d > 500 ? Number.NaN : 7));
    const { stepM, groundM, angleDeg } = profile(holed, eyeAt(200), 0, { maxRangeM: 900 });
    expect([stepM, groundM.length]).toEqual([30, 30]);
    expect([groundM[0], groundM[29], angleDeg[29]]).toEqual([7, Number.NaN, Number.NaN]);
  });
});

describe('line of sight', () => {
  it('is cut by a wall, from where the wall stands', () => {
    const seen = lineOfSight(ridge, eyeAt(100), pointAt(70, 6_000), 20);
    if (seen.kind !== 'hidden') throw new Error(seen.kind);
    expect(Math.abs(seen.atM - 5_000)).toBeLessThan(31);
  });

  it('reaches over the wall to what stands high enough', () => {
    // 100 m eye, 150 m wall ending at 5040 m: at 6000 m the line over it is near 160 m.
    expect(lineOfSight(ridge, eyeAt(100), pointAt(70, 6_000), 158).kind).toBe('hidden');
    const seen = lineOfSight(ridge, eyeAt(100), pointAt(70, 6_000), 163);
    if (seen.kind !== 'visible') throw new Error(seen.kind);
    expect(seen.clearanceDeg).toBeGreaterThan(0);
    expect(seen.clearanceDeg).toBeLessThan(0.1);
    expect(seen.distanceM).toBeCloseTo(6_000, 3);
    expect(seen.azimuthDeg).toBeCloseTo(70, 6);
    const expected = (Math.atan2(63 - curvatureDropM(6_000), 6_000) * 180) / Math.PI;
    expect(seen.elevationDeg).toBeCloseTo(expected, 4);
  });

  it('ends at the horizon: √(2Rh/(1−k)), 38.3 km for an eye of 100 m', () => {
    expect(lineOfSight(plain, eyeAt(100), pointAt(0, 37_500), 0).kind).toBe('visible');
    expect(lineOfSight(plain, eyeAt(100), pointAt(0, 40_000), 0).kind).toBe('hidden');
  });

  it('does not guess over unknown ground, but known ground that hides is enough', () => {
    const holed = roundGround((d) => (d > 3_000 && d < 4_000 ? Number.NaN : 0), 150);
    expect(lineOfSight(holed, eyeAt(100), pointAt(0, 5_000), 20)).toMatchObject({
      kind: 'unknown',
      reason: 'void',
    });
    expect(lineOfSight(holed, eyeAt(100), pointAt(0, 3_500), 20).kind).toBe('unknown');
    expect(lineOfSight(holed, eyeAt(100), pointAt(0, 2_500), 20).kind).toBe('visible');
    const walled = roundGround(
      (d) => (d > 3_000 && d < 4_000 ? Number.NaN : d > 5_000 && d < 5_100 ? 150 : 0),
      150,
    );
    expect(lineOfSight(walled, eyeAt(100), pointAt(0, 6_000), 20).kind).toBe('hidden');
  });

  it('is nothing from below the ground, and something to one’s own place', () => {
    const high = roundGround(() => 350);
    expect(lineOfSight(high, eyeAt(340), pointAt(0, 3_000), 20)).toMatchObject({
      kind: 'hidden',
      atM: 0,
    });
    expect(lineOfSight(high, eyeAt(360), { lon: HERE[0], lat: HERE[1] }, 0)).toMatchObject({
      kind: 'visible',
      elevationDeg: -90,
    });
  });

  it('agrees with the ray towards the same point', () => {
    const hills = roundGround((d) => 150 + 150 * Math.sin(d / 700) * Math.cos(d / 310));
    const tally = { hidden: 0, visible: 0 };
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 360, noNaN: true }),
        fc.double({ min: 100, max: 12_000, noNaN: true }),
        (azimuthDeg, distanceM) => {
          const seen = lineOfSight(hills, eyeAt(330), pointAt(azimuthDeg, distanceM), 5);
          if (seen.kind === 'unknown') throw new Error(seen.reason);
          const { elevationDeg } = seen;
          const ray = raycast(hills, eyeAt(330), {
            azimuthDeg,
            elevationDeg,
            maxRangeM: distanceM,
          });
          expect(ray.kind).toBe(seen.kind === 'hidden' ? 'hit' : 'sky');
          tally[seen.kind] += 1;
        },
      ),
    );
    expect(Math.min(tally.hidden, tally.visible)).toBeGreaterThan(10);
  });
});
