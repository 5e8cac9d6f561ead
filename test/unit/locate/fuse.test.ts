import { describe, expect, it } from 'vitest';
import { type Contribution, fuse, locate } from '../../../src/locate/index.ts';
import { geodesicDirect, geodesicInverse, type LonLat } from '../../../src/shared/geo.ts';
import { createRandom } from '../../../src/shared/random.ts';
import { bearingTo, randomGeometry } from '../../accuracy/crossings.ts';
import { missM } from '../../accuracy/one-camera.ts';
import { convergenceMissM, crossings, largestGrowth } from '../../accuracy/properties.ts';
import { camera, config, nothing } from './settings.ts';

const FIRE: LonLat = [113.3, 26.6];

type Setup = { azimuth: number; distanceM: number; errorDeg?: number; sigmaDeg?: number };
/** A camera that lies at `azimuth` of the fire. */
const seenFrom = (
  id: string,
  { azimuth, distanceM, errorDeg = 0, sigmaDeg = 0.5 }: Setup,
): Contribution =>
  bearingTo(
    FIRE,
    { at: geodesicDirect(FIRE, azimuth, distanceM), sigmaDeg },
    { id, errorDeg, config },
  );

const reported = (id: string, at: LonLat, radiusM: number): Contribution => {
  const seen = { ...nothing, position: at, positionRadiusM: radiusM };
  const located = locate(seen, { ...camera, kind: 'caller' }, { config, terrain: undefined });
  if (located.kind === 'unlocated') throw new Error(located.reason);
  return { id, ...located };
};

describe('two bearings', () => {
  it('that cross at 90°, 7071 m away, with σ 0.5°: 95 % within 151.0 m', () => {
    const fix = fuse(
      [
        seenFrom('a', { azimuth: 225, distanceM: Math.hypot(5000, 5000) }),
        seenFrom('b', { azimuth: 135, distanceM: Math.hypot(5000, 5000) }),
      ],
      config,
    );
    expect(missM(fix, FIRE)).toBeLessThan(0.1);
    expect(fix.method).toBe('intersection');
    expect(fix.flags).toBeUndefined();
    expect(fix.ellipse.semiMajorM).toBeCloseTo(151.0, 1);
    expect(fix.ellipse.semiMinorM).toBeCloseTo(151.0, 1);
    expect(fix.detectionIds).toEqual(['a', 'b']);
  });

  it('that cross at 10° are flagged and no intersection', () => {
    const distanceM = 10_000 / Math.cos((5 * Math.PI) / 180);
    const fix = fuse(
      [seenFrom('a', { azimuth: 175, distanceM }), seenFrom('b', { azimuth: 185, distanceM })],
      config,
    );
    expect(fix.method).toBe('bearing');
    expect(fix.flags).toContain('narrow_crossing');
    // σ 711 along, 62 m across; what is known of the range before makes it no longer.
    expect(fix.ellipse.semiMajorM).toBeGreaterThan(0.9 * 2.4477 * 711);
    expect(fix.ellipse.semiMajorM).toBeLessThan(1.01 * 2.4477 * 711);
    expect(fix.ellipse.semiMinorM / 2.4477).toBeCloseTo(62, -1);
  });

  it('from one mast are no intersection, however they point', () => {
    const mast = geodesicDirect(FIRE, 200, 5_000);
    const near = geodesicDirect(mast, 90, 99);
    const fix = fuse(
      [mast, near].map((at, i) =>
        bearingTo(FIRE, { at, sigmaDeg: 0.1 }, { id: String(i), errorDeg: 0, config }),
      ),
      config,
    );
    expect(fix.method).toBe('bearing');
    expect(fix.flags).toContain('one_mast');
    expect(fix.ellipse.semiMajorM).toBeGreaterThan(1_500);
  });

  it('that meet behind a camera leave one of them out', () => {
    // Both look away from where their lines cross.
    const [a, b] = [geodesicDirect(FIRE, 200, 5_000), geodesicDirect(FIRE, 290, 5_000)];
    const away = geodesicDirect(a, 200, 5_000);
    const fix = fuse(
      [
        bearingTo(away, { at: a, sigmaDeg: 0.2 }, { id: 'away', errorDeg: 0, config }),
        bearingTo(FIRE, { at: b, sigmaDeg: 0.1 }, { id: 'towards', errorDeg: 0, config }),
      ],
      config,
    );
    expect(fix.detectionIds).toEqual(['towards']);
    expect(fix.method).toBe('bearing');
    expect(fix.flags).toContain('outlier_left_out');
  });

  it('that meet beyond 30 km are not believed', () => {
    const fix = fuse(
      [
        seenFrom('a', { azimuth: 200, distanceM: 33_000 }),
        seenFrom('b', { azimuth: 230, distanceM: 33_000 }),
      ],
      config,
    );
    expect(fix.detectionIds).toHaveLength(1);
    expect(fix.flags).toContain('outlier_left_out');
  });

  it('from 25 km east and west meet in a point, at 42° and at 60° of latitude', () => {
    expect(convergenceMissM(42, config)).toBeLessThan(1);
    expect(convergenceMissM(60, config)).toBeLessThan(1);
  });
});

describe('sources that disagree', () => {
  const good = [20, 110, 250].map((azimuth, i) =>
    seenFrom(`good-${i}`, {
      azimuth,
      distanceM: 6_000,
      errorDeg: [0.1, -0.2, 0.15][i] ?? 0,
      sigmaDeg: 0.3,
    }),
  );

  it('one of four that is 6° off is left out, wherever it comes in', () => {
    const liar = seenFrom('liar', { azimuth: 160, distanceM: 7_000, errorDeg: 6, sigmaDeg: 0.3 });
    for (let i = 0; i <= good.length; i++) {
      const fix = fuse([...good.slice(0, i), liar, ...good.slice(i)], config);
      expect(fix.detectionIds).toEqual(['good-0', 'good-1', 'good-2']);
      expect(fix.flags).toContain('outlier_left_out');
      expect(missM(fix, FIRE)).toBeLessThan(100);
    }
  });

  it('two points, nobody knows which is right: between them, widened to reach both', () => {
    const [a, b] = [FIRE, geodesicDirect(FIRE, 90, 5_000)];
    const fix = fuse([reported('a', a, 300), reported('b', b, 300)], config);
    expect(fix.flags).toContain('inconsistent');
    expect(missM(fix, a)).toBeCloseTo(2_500, -1);
    expect(fix.ellipse.semiMajorM).toBeGreaterThan(2_500);
    expect(fix.method).toBe('fused');
  });
});

describe('one detection', () => {
  it('is its own fix, and none is refused', () => {
    const only = seenFrom('a', { azimuth: 10, distanceM: 4_000 });
    expect(fuse([only], config)).toEqual({ ...only.fix, detectionIds: ['a'] });
    expect(() => fuse([], config)).toThrow(RangeError);
  });

  it('without a direction hardly moves what others know', () => {
    const nowhere = locate(
      nothing,
      { ...camera, station: { lon: 113.25, lat: 26.6, heightM: null } },
      { config, terrain: undefined },
    );
    if (nowhere.kind === 'unlocated') throw new Error(nowhere.reason);
    const pair = [
      seenFrom('a', { azimuth: 200, distanceM: 5_000 }),
      seenFrom('b', { azimuth: 290, distanceM: 5_000 }),
    ];
    const fix = fuse([...pair, { id: 'vicinity', ...nowhere }], config);
    expect(missM(fix, FIRE)).toBeLessThan(2);
    expect(fix.ellipse.semiMajorM).toBeLessThanOrEqual(fuse(pair, config).ellipse.semiMajorM);
  });
});

describe('any geometry', () => {
  it('has the truth in its 95 % ellipse in 93 to 97 of 100', () => {
    const fixes = crossings(
      2_000,
      { places: createRandom(1, 'geometries'), errors: createRandom(1, 'bearing errors') },
      config,
    );
    const share = fixes.filter(({ inside }) => inside).length / fixes.length;
    expect(share).toBeGreaterThan(0.93);
    expect(share).toBeLessThan(0.97);
  });

  it('is never worse for one consistent bearing more', () => {
    const random = createRandom(2, 'growth');
    for (let i = 0; i < 200; i++) {
      expect(largestGrowth(randomGeometry(random), config)).toBeLessThanOrEqual(1 + 1e-6);
    }
  });

  it('does not depend on the order of its detections', () => {
    const random = createRandom(4, 'order');
    for (let i = 0; i < 50; i++) {
      const { fire, cameras } = randomGeometry(random);
      const all = cameras.map((one, j) =>
        bearingTo(fire, one, { id: String(j), errorDeg: one.sigmaDeg * random.normal(), config }),
      );
      const [a, b] = [fuse(all, config), fuse(all.toReversed(), config)];
      expect(geodesicInverse([a.lon, a.lat], [b.lon, b.lat]).distanceM).toBeLessThan(1);
    }
  });
});
