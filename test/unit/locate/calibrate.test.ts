import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrate } from '../../../src/locate/calibrate.ts';
import { landmarkDirection, type SeenLandmark } from '../../../src/locate/landmark.ts';
import { type Mounting, pixelDirection } from '../../../src/locate/sight-line.ts';
import { geodesicDirect } from '../../../src/shared/geo.ts';
import { createRandom, type Random } from '../../../src/shared/random.ts';

const AS_REPORTED: Mounting = { azimuthOffsetDeg: 0, tiltOffsetDeg: 0, focalScale: 1 };
const TRUE: Mounting = { azimuthOffsetDeg: 3.2, tiltOffsetDeg: -1.4, focalScale: 1 };
const frame = { panDeg: 350, tiltDeg: -4, hfovDeg: 60, widthPx: 1920, heightPx: 1080 };
const CORNERS: [number, number][] = [
  [150, 300],
  [960, 640],
  [1800, 420],
  [500, 900],
  [1400, 700],
];

/** A landmark that a camera mounted as `mounting` shows at `px`. */
const seenAt = (
  px: [number, number],
  mounting: Mounting = TRUE,
  over: Partial<SeenLandmark> = {},
): SeenLandmark => {
  const shot = over.frame ?? frame;
  const direction = pixelDirection(shot, px, mounting);
  return { name: `at ${px.join()}`, frame: shot, px, distanceM: 4000, ...direction, ...over };
};
const calibrated = (landmarks: SeenLandmark[], registered = AS_REPORTED) => {
  const result = calibrate(landmarks, registered);
  if (result.kind === 'refused') throw new Error(JSON.stringify(result));
  return result;
};
const refused = (landmarks: SeenLandmark[], registered = AS_REPORTED) => {
  const result = calibrate(landmarks, registered);
  if (result.kind !== 'refused') throw new Error(JSON.stringify(result));
  return result;
};
const turned = (seen: SeenLandmark, azimuthDeg: number, elevationDeg = 0): SeenLandmark => ({
  ...seen,
  azimuthDeg: seen.azimuthDeg + azimuthDeg,
  elevationDeg: seen.elevationDeg === null ? null : seen.elevationDeg + elevationDeg,
});
/** Of one camera: where it is mounted, and how many landmarks at random places of random frames. */
const scene = (random: Random, count: number): { mounting: Mounting; seen: SeenLandmark[] } => {
  const mounting = {
    azimuthOffsetDeg: random.between(-25, 25),
    tiltOffsetDeg: random.between(-8, 8),
    focalScale: random.between(0.85, 1.15),
  };
  const hfovDeg = random.between(15, 70);
  const seen = Array.from({ length: count }, (_, i) => {
    const shot = {
      ...frame,
      hfovDeg,
      panDeg: random.between(-180, 180),
      tiltDeg: random.between(-20, 5),
    };
    // One landmark each in the left, middle and right third, so that the focal length is determined.
    const px: [number, number] = [
      ((i % 3) + random.between(0.1, 0.9)) * 640,
      random.between(50, 1030),
    ];
    return { ...seenAt(px, mounting, { frame: shot }), name: `landmark ${String(i)}` };
  });
  return { mounting, seen };
};

describe('calibrate', () => {
  it('finds offsets, and the field of view, from what it is shown', () => {
    const off = { azimuthOffsetDeg: -12.5, tiltOffsetDeg: 2.25, focalScale: 1.08 };
    const { mounting, solved, rmsDeg, azimuthSigmaDeg, elevationSigmaDeg, notes } = calibrated(
      CORNERS.map((px) => seenAt(px, off)),
    );
    expect(mounting.azimuthOffsetDeg).toBeCloseTo(-12.5, 4);
    expect(mounting.tiltOffsetDeg).toBeCloseTo(2.25, 4);
    expect(mounting.focalScale).toBeCloseTo(1.08, 5);
    expect(solved).toEqual({ tilt: true, focal: true });
    expect(rmsDeg).toBeLessThan(1e-6);
    // Perfect agreement of five clicks is luck: σ has a floor.
    expect([azimuthSigmaDeg, elevationSigmaDeg]).toEqual([0.1, 0.1]);
    expect(notes.join()).toContain('a reported 60.00° is 56.26°');
  });

  it('replaces what was registered, whatever that was, and knows no seam at north', () => {
    const seen = CORNERS.map((px) => seenAt(px, TRUE));
    const registered = { azimuthOffsetDeg: 361, tiltOffsetDeg: -3, focalScale: 0.9 };
    const { mounting } = calibrated(seen, registered);
    expect(mounting.azimuthOffsetDeg).toBeCloseTo(3.2, 6);
    expect(mounting.tiltOffsetDeg).toBeCloseTo(-1.4, 6);
    expect(mounting.focalScale).toBeCloseTo(1, 6);
  });

  it('takes one landmark for the offsets alone, two with residuals, and gives no σ for either', () => {
    const registered = { ...AS_REPORTED, focalScale: 1.03 };
    const seen = CORNERS.map((px) => seenAt(px, { ...TRUE, focalScale: 1.03 }));
    const one = calibrated(seen.slice(0, 1), registered);
    expect(one.mounting.azimuthOffsetDeg).toBeCloseTo(3.2, 6);
    expect(one.mounting.tiltOffsetDeg).toBeCloseTo(-1.4, 6);
    expect(one.mounting.focalScale).toBe(1.03);
    const [first, second] = seen;
    if (first === undefined || second === undefined) throw new Error('two landmarks');
    const two = calibrated([turned(first, 0.2), second], registered);
    expect(two.mounting.azimuthOffsetDeg).toBeCloseTo(3.3, 2);
    expect(two.residuals.map(({ azimuthDeg }) => Math.abs(azimuthDeg))).toEqual([
      expect.closeTo(0.1, 2),
      expect.closeTo(0.1, 2),
    ]);
    for (const { azimuthSigmaDeg, elevationSigmaDeg, solved } of [one, two]) {
      expect([azimuthSigmaDeg, elevationSigmaDeg, solved.focal]).toEqual([null, null, false]);
    }
  });

  it('leaves the field of view alone where landmarks say too little of it', () => {
    const middle: [number, number][] = [
      [860, 500],
      [960, 580],
      [1060, 540],
    ];
    const { solved, mounting, notes } = calibrated(middle.map((px) => seenAt(px)));
    expect(solved.focal).toBe(false);
    expect(mounting.focalScale).toBe(1);
    expect(notes.join()).toContain('not solved for');
  });

  it('is about the azimuth only where no height is known, and says so', () => {
    const seen = CORNERS.map((px) =>
      seenAt(px, { ...TRUE, tiltOffsetDeg: -2 }, { elevationDeg: null }),
    );
    const registered = { ...AS_REPORTED, tiltOffsetDeg: -2 };
    const { mounting, solved, elevationSigmaDeg, azimuthSigmaDeg, notes } = calibrated(
      seen,
      registered,
    );
    expect(solved.tilt).toBe(false);
    expect(mounting.tiltOffsetDeg).toBe(-2);
    expect(mounting.azimuthOffsetDeg).toBeCloseTo(3.2, 6);
    expect([azimuthSigmaDeg, elevationSigmaDeg]).toEqual([0.1, null]);
    expect(notes.join()).toContain('azimuth only');
  });

  it('recovers any camera to 0.01° from exact landmarks', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 3, max: 12 }), (seed, count) => {
        const { mounting, seen } = scene(createRandom(seed, 'calibrate'), count);
        const found = calibrated(seen).mounting;
        expect(Math.abs(found.azimuthOffsetDeg - mounting.azimuthOffsetDeg)).toBeLessThan(0.01);
        expect(Math.abs(found.tiltOffsetDeg - mounting.tiltOffsetDeg)).toBeLessThan(0.01);
        expect(Math.abs(found.focalScale / mounting.focalScale - 1)).toBeLessThan(1e-4);
      }),
      { numRuns: 200 },
    );
  });

  it('with errors of 0.05° stays within 0.2°, and the errors of its offsets are as large as they should be', () => {
    const errors: number[] = [];
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = createRandom(seed, 'calibrate');
        const { mounting, seen } = scene(random, 9);
        const noisy = seen.map((s) => turned(s, 0.05 * random.normal(), 0.05 * random.normal()));
        const found = calibrated(noisy);
        const error = found.mounting.azimuthOffsetDeg - mounting.azimuthOffsetDeg;
        errors.push(error);
        expect(Math.abs(error)).toBeLessThan(0.2);
        expect(Math.abs(found.mounting.tiltOffsetDeg - mounting.tiltOffsetDeg)).toBeLessThan(0.2);
        expect(found.azimuthSigmaDeg).toBeLessThan(0.15);
      }),
      { numRuns: 200, seed: 3 },
    );
    const rms = Math.sqrt(errors.reduce((sum, e) => sum + e * e, 0) / errors.length);
    // 0.05°/√9 and a little for the unknown focal length.
    expect(rms).toBeGreaterThan(0.012);
    expect(rms).toBeLessThan(0.025);
  });

  it('states σ as large as the errors of the landmarks are', () => {
    const random = createRandom(5, 'calibrate');
    const variances: { azimuth: number; elevation: number }[] = [];
    for (let i = 0; i < 300; i += 1) {
      const { seen } = scene(random, 5);
      const noisy = seen.map((s) =>
        turned(
          s,
          (0.2 * random.normal()) / Math.cos(((s.elevationDeg ?? 0) * Math.PI) / 180),
          0.15 * random.normal(),
        ),
      );
      const result = calibrate(noisy, AS_REPORTED);
      if (result.kind === 'refused') continue;
      variances.push({
        azimuth: (result.azimuthSigmaDeg ?? 0) ** 2,
        elevation: (result.elevationSigmaDeg ?? 0) ** 2,
      });
    }
    const meanOf = (axis: 'azimuth' | 'elevation') =>
      Math.sqrt(variances.reduce((sum, v) => sum + v[axis], 0) / variances.length);
    // Those that were refused for large residuals are missing, so a little under.
    expect(meanOf('azimuth')).toBeGreaterThan(0.17);
    expect(meanOf('azimuth')).toBeLessThan(0.22);
    expect(meanOf('elevation')).toBeGreaterThan(0.12);
    expect(meanOf('elevation')).toBeLessThan(0.17);
  });
});

describe('calibrate refuses', () => {
  it.each([3, 4, 5])('one wrong landmark of %d, and names it', (count) => {
    for (let wrong = 0; wrong < count; wrong += 1) {
      const seen = CORNERS.slice(0, count).map((px, i) =>
        i === wrong ? { ...turned(seenAt(px), 2.5), name: 'wrong' } : seenAt(px),
      );
      const { mistakes, reason } = refused(seen);
      expect(reason).toMatch(/do not agree|does not fit/);
      expect(mistakes).toEqual([{ name: 'wrong', message: expect.stringMatching(/likely wrong/) }]);
    }
  });

  it('a wrong one that many right ones would outvote', () => {
    const seen = Array.from({ length: 20 }, (_, i) =>
      seenAt([100 + i * 90, 200 + ((i * 331) % 700)]),
    );
    const wrong = seen.map((s, i) => (i === 7 ? turned(s, 0, 0.8) : s));
    expect(refused(wrong).mistakes.map(({ name }) => name)).toEqual([wrong[7]?.name]);
  });

  it('two that disagree, without claiming to know which is wrong', () => {
    const [a, b] = CORNERS.map((px) => seenAt(px));
    if (a === undefined || b === undefined) throw new Error('two landmarks');
    const { reason, mistakes } = refused([a, turned(b, 1.5)]);
    expect(reason).toContain('cannot be told');
    expect(mistakes).toEqual([]);
  });

  it.each<[string, Partial<SeenLandmark>, RegExp]>([
    ['behind the camera', { azimuthDeg: 172 }, /^lies behind the camera, 17\d°.*azimuthOffsetDeg/],
    ['outside the frame', { px: [1921, 500] }, /outside the frame of 1920×1080/],
    ['nearer than 200 m', { distanceM: 150 }, /^is 150 m away/],
  ])('a landmark %s', (_name, over, message) => {
    const [first, ...others] = CORNERS.map((px) => seenAt(px));
    if (first === undefined) throw new Error('a landmark');
    expect(refused([{ ...first, name: 'X', ...over }, ...others]).mistakes).toEqual([
      { name: 'X', message: expect.stringMatching(message) },
    ]);
  });

  it('landmarks that are all in one spot', () => {
    const seen = [0, 10, 20].map((dx) => seenAt([400 + dx, 500]));
    expect(refused(seen).mistakes.map(({ message }) => message)[2]).toContain('one spot');
    // In a narrow view the same angle is a spread.
    const narrow = { ...frame, hfovDeg: 3 };
    const spread = [100, 900, 1800].map((u) => seenAt([u, 500], TRUE, { frame: narrow }));
    expect(calibrated(spread).azimuthSigmaDeg).toBe(0.1);
  });

  it('to turn a camera further than a mount is ever off, unless that is registered first', () => {
    const off = { ...TRUE, azimuthOffsetDeg: 48 };
    const seen = CORNERS.map((px) => seenAt(px, off));
    expect(refused(seen).reason).toContain('register azimuthOffsetDeg 48 first');
    expect(
      calibrated(seen, { ...AS_REPORTED, azimuthOffsetDeg: 48 }).mounting.azimuthOffsetDeg,
    ).toBeCloseTo(48, 6);
    const high = CORNERS.map((px) => seenAt(px, { ...TRUE, tiltOffsetDeg: 35 }));
    expect(refused(high).reason).toContain('register tiltOffsetDeg 35 first');
    const long = CORNERS.map((px) => seenAt(px, { ...TRUE, focalScale: 2.5 }));
    expect(refused(long).reason).toContain('2.50 times');
  });

  it('nothing at all', () => {
    expect(refused([]).reason).toContain('no landmark');
  });
});

describe('landmarkDirection', () => {
  const eye = { at: [113.27, 26.71] as const, heightM: 247 };

  it('sees a point of its own height below the horizontal: the Earth curves away', () => {
    const at = geodesicDirect(eye.at, 40, 20_000);
    const seen = landmarkDirection(eye, { at, heightM: 247 });
    expect(seen.azimuthDeg).toBeCloseTo(40, 6);
    expect(seen.distanceM).toBeCloseTo(20_000, 3);
    expect(seen.elevationDeg).toBeCloseTo(-(Math.atan2(27.311, 20_000) * 180) / Math.PI, 5);
  });

  it('knows no elevation without both heights', () => {
    const at = geodesicDirect(eye.at, 40, 20_000);
    expect(landmarkDirection(eye, { at, heightM: null }).elevationDeg).toBeNull();
    expect(
      landmarkDirection({ ...eye, heightM: null }, { at, heightM: 1 }).elevationDeg,
    ).toBeNull();
  });
});
