import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { geodesicDirect, geodesicInverse } from '../../../src/shared/geo.ts';
import {
  curvatureDropM,
  groundPath,
  latAt,
  lonAt,
  type RayResult,
  raycast,
  type Terrain,
} from '../../../src/terrain/index.ts';
import { eyeAt, face, HERE, plain, ridge, roundGround } from './made-ground.ts';

const azimuth = fc.double({ min: 0, max: 360, noNaN: true });

const distanceOf = (result: RayResult): number | undefined =>
  result.kind === 'hit' ? result.distanceM : undefined;

describe('curvature', () => {
  it.each([
    [5_000, 1.707],
    [10_000, 6.828],
    [20_000, 27.311],
    [30_000, 61.45],
  ])('drops the ground %i m away by %f m', (distanceM, dropM) => {
    expect(curvatureDropM(distanceM)).toBeCloseTo(dropM, 3);
  });
});

describe('the path on the ground', () => {
  it('stays within a metre of the geodesic up to 50 km, below 60° of latitude', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -180, max: 180, noNaN: true }),
        fc.double({ min: -60, max: 60, noNaN: true }),
        azimuth,
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (lon, lat, azimuthDeg, share) => {
          const path = groundPath([lon, lat], azimuthDeg, 50_000);
          const s = share * 50_000;
          const exact = geodesicDirect([lon, lat], azimuthDeg, s);
          const offM = geodesicInverse(exact, [lonAt(path, s), latAt(path, s)]).distanceM;
          expect(offM).toBeLessThan(1);
        },
      ),
    );
  });

  it('is where a straight line in longitude and latitude is not', () => {
    const path = groundPath(HERE, 45, 30_000);
    const straight = [
      (HERE[0] + lonAt(path, 30_000)) / 2,
      (HERE[1] + latAt(path, 30_000)) / 2,
    ] as const;
    const exact = geodesicDirect(HERE, 45, 15_000);
    expect(geodesicInverse(exact, straight).distanceM).toBeGreaterThan(5);
    expect(
      geodesicInverse(exact, [lonAt(path, 15_000), latAt(path, 15_000)]).distanceM,
    ).toBeLessThan(0.001);
  });
});

describe('a ray', () => {
  it.each<{ name: string; ground: Terrain; heightM: number; elevationDeg: number; atM: number }>([
    { name: 'a plain, 1° down', ground: plain, heightM: 100, elevationDeg: -1, atM: 5_863.5 },
    { name: 'a face, 0.5° down', ground: face, heightM: 200, elevationDeg: -0.5, atM: 6_722.1 },
    { name: 'a face, level', ground: face, heightM: 200, elevationDeg: 0, atM: 7_016.8 },
    { name: 'a face, 1° up', ground: face, heightM: 200, elevationDeg: 1, atM: 7_691.5 },
    { name: 'a wall, 0.5° down', ground: ridge, heightM: 100, elevationDeg: -0.5, atM: 5_000 },
  ])('meets $name', ({ ground, heightM, elevationDeg, atM }) => {
    for (const azimuthDeg of [0, 77, 200]) {
      const result = raycast(ground, eyeAt(heightM), {
        azimuthDeg,
        elevationDeg,
        maxRangeM: 15_000,
      });
      expect(Math.abs((distanceOf(result) ?? 0) - atM)).toBeLessThan(0.06);
    }
  });

  it('passes over the face, 2.5° up', () => {
    const look = { azimuthDeg: 0, elevationDeg: 2.5, maxRangeM: 15_000 };
    expect(raycast(face, eyeAt(200), look).kind).toBe('sky');
  });

  it('misses a plain under a shallow angle, and says by how little and where', () => {
    const result = raycast(plain, eyeAt(100), {
      azimuthDeg: 10,
      elevationDeg: -0.25,
      maxRangeM: 50_000,
    });
    if (result.kind !== 'sky') throw new Error(result.kind);
    expect(result.clearanceDeg).toBeCloseTo(0.0494, 4);
    expect(Math.abs(result.clearanceAtM - 38_270)).toBeLessThan(100);
  });

  it('says where it hit and how fast it sinks into the ground there', () => {
    const result = raycast(plain, eyeAt(100), {
      azimuthDeg: 123,
      elevationDeg: -1,
      maxRangeM: 15_000,
    });
    if (result.kind !== 'hit') throw new Error(result.kind);
    const { distanceM, azimuthDeg } = geodesicInverse(HERE, [result.lon, result.lat]);
    expect(distanceM).toBeCloseTo(result.distanceM, 1);
    expect(azimuthDeg).toBeCloseTo(123, 4);
    expect(result.groundM).toBe(0);
    const expected = Math.tan(Math.PI / 180) - (2 * curvatureDropM(distanceM)) / distanceM;
    expect(result.descentPerM).toBeCloseTo(expected, 6);
    expect(result.clearanceDeg).toBeNull();
    expect(result.clearanceAtM).toBeNull();
  });

  it('sinks faster into a face that rises towards it', () => {
    const result = raycast(face, eyeAt(200), { azimuthDeg: 0, elevationDeg: 0, maxRangeM: 15_000 });
    if (result.kind !== 'hit') throw new Error(result.kind);
    expect(result.descentPerM).toBeCloseTo(0.2 - (2 * curvatureDropM(7_016.8)) / 7_016.8, 4);
  });

  it('says how narrowly it passed a crest before the hit', () => {
    const hills = roundGround((d) => (d >= 3_000 && d <= 3_300 ? 60 : d > 8_000 ? 300 : 0));
    const result = raycast(hills, eyeAt(100), {
      azimuthDeg: 50,
      elevationDeg: -0.5,
      maxRangeM: 15_000,
    });
    if (result.kind !== 'hit') throw new Error(result.kind);
    expect(result.distanceM).toBeCloseTo(8_000, 0);
    // The far edge of the 60 m hill stands highest in the eye: −40 m less the curve in 3300 m.
    expect(Math.abs((result.clearanceAtM ?? 0) - 3_300)).toBeLessThan(31);
    const crestDeg = (Math.atan(-(40 + curvatureDropM(3_300)) / 3_300) * 180) / Math.PI;
    expect(result.clearanceDeg).toBeCloseTo(-0.5 - crestDeg, 1);
  });

  it('takes roughness of the slope it meets for no crest', () => {
    const rough = roundGround((d) => Math.max(0, (d - 6_000) * 0.2) + (d % 60 < 30 ? 4 : 0), 4_000);
    const result = raycast(rough, eyeAt(200), {
      azimuthDeg: 0,
      elevationDeg: 0,
      maxRangeM: 15_000,
    });
    if (result.kind !== 'hit') throw new Error(result.kind);
    expect(result.clearanceDeg).toBeNull();
  });

  it('stops where it comes over unknown ground it might meet', () => {
    const holed = roundGround((d) => (d > 3_000 && d < 4_000 ? Number.NaN : 0), 50);
    const look = { azimuthDeg: 0, maxRangeM: 15_000 };
    const low = raycast(holed, eyeAt(100), { ...look, elevationDeg: -1 });
    if (low.kind !== 'unknown') throw new Error(low.kind);
    expect(low.reason).toBe('void');
    expect(Math.abs(low.fromM - 3_000)).toBeLessThan(31);
    // Over 3–4 km this one is still above 50 m, the highest ground there can be: it meets the plain behind.
    const high = raycast(holed, eyeAt(100), { ...look, elevationDeg: -0.7 });
    expect(high).toMatchObject({ kind: 'hit' });
    // And this one hits before it comes there.
    expect(raycast(holed, eyeAt(100), { ...look, elevationDeg: -3 })).toMatchObject({
      kind: 'hit',
    });
  });

  it('tells the edge of the data from a void', () => {
    const island = { ...roundGround((d) => (d < 4_000 ? 0 : Number.NaN)), covers: () => false };
    expect(
      raycast(island, eyeAt(100), { azimuthDeg: 0, elevationDeg: 0, maxRangeM: 15_000 }),
    ).toMatchObject({ kind: 'unknown', reason: 'outside' });
  });

  it('starts on unknown ground only when it is above all of it', () => {
    const holed = roundGround((d) => (d < 500 ? Number.NaN : 0), 50);
    const look = { azimuthDeg: 0, elevationDeg: -1, maxRangeM: 15_000 };
    expect(raycast(holed, eyeAt(40), look)).toMatchObject({ kind: 'unknown', fromM: 0 });
    expect(raycast(holed, eyeAt(100), look)).toMatchObject({ kind: 'hit' });
  });

  it('says so when the eye is below the ground', () => {
    const high = roundGround(() => 350);
    expect(
      raycast(high, eyeAt(340), { azimuthDeg: 0, elevationDeg: 0, maxRangeM: 15_000 }),
    ).toEqual({ kind: 'below_ground', groundM: 350 });
  });

  it('looks straight down', () => {
    const result = raycast(plain, eyeAt(100), {
      azimuthDeg: 0,
      elevationDeg: -90,
      maxRangeM: 15_000,
    });
    expect(distanceOf(result)).toBeLessThan(0.01);
  });

  it('never reaches farther when it looks lower', () => {
    const hills = roundGround((d) => 150 + 150 * Math.sin(d / 700) * Math.cos(d / 310));
    fc.assert(
      fc.property(
        azimuth,
        fc.double({ min: -5, max: 1, noNaN: true }),
        fc.double({ min: 0.01, max: 2, noNaN: true }),
        (azimuthDeg, elevationDeg, lowerDeg) => {
          const look = { azimuthDeg, maxRangeM: 12_000 };
          const upper = raycast(hills, eyeAt(330), { ...look, elevationDeg });
          fc.pre(upper.kind === 'hit');
          const lower = raycast(hills, eyeAt(330), {
            ...look,
            elevationDeg: elevationDeg - lowerDeg,
          });
          expect(distanceOf(lower)).toBeLessThanOrEqual((distanceOf(upper) ?? 0) + 0.01);
        },
      ),
    );
  });
});
