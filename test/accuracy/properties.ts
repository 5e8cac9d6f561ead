import { fuse, type LocateConfig } from '../../src/locate/index.ts';
import type { PlanePoint } from '../../src/locate/plane.ts';
import { type PlaneMeasurement, solvePlane } from '../../src/locate/solve-plane.ts';
import { geodesicDirect, type LonLat } from '../../src/shared/geo.ts';
import type { Random } from '../../src/shared/random.ts';
import { bearingTo, fixOf, type Geometry, randomGeometry } from './crossings.ts';
import { isInside, missM } from './one-camera.ts';

/** Shares and misses of the fixes of `count` random geometries with normal errors. */
export const crossings = (
  count: number,
  { places, errors }: { places: Random; errors: Random },
  config: LocateConfig,
): { inside: boolean; missM: number; cameras: number }[] =>
  Array.from({ length: count }, () => {
    const geometry = randomGeometry(places);
    const fix = fixOf(geometry, errors, config);
    return {
      inside: isInside(fix, geometry.fire),
      missM: missM(fix, geometry.fire),
      cameras: geometry.cameras.length,
    };
  });

/**
 * The most by which an exact bearing more enlarged the ellipse, its length or its area: new ÷ old, at most 1 if none
 * ever does. Its width may grow: of two bearings that hardly cross it is that at a range that is a guess.
 */
export const largestGrowth = ({ fire, cameras }: Geometry, config: LocateConfig): number => {
  const bearings = cameras.map((camera, i) =>
    bearingTo(fire, camera, { id: String(i), errorDeg: 0, config }),
  );
  let largest = 0;
  for (let n = 1; n < bearings.length; n++) {
    const before = fuse(bearings.slice(0, n), config).ellipse;
    const after = fuse(bearings.slice(0, n + 1), config).ellipse;
    largest = Math.max(
      largest,
      after.semiMajorM / before.semiMajorM,
      (after.semiMajorM * after.semiMinorM) / (before.semiMajorM * before.semiMinorM),
    );
  }
  return largest;
};

/** How far two exact bearings, from 25 km east and 25 km west of a fire, miss it. */
export const convergenceMissM = (lat: number, config: LocateConfig): number => {
  const fire: LonLat = [100, lat];
  // North of the line through the fire, so that the bearings cross at 60°.
  const cameras = [60, 300].map((azimuth) => ({
    at: geodesicDirect(fire, azimuth, 25_000 / Math.sin(Math.PI / 3)),
    sigmaDeg: 0.1,
  }));
  const bearings = cameras.map((camera, i) =>
    bearingTo(fire, camera, { id: String(i), errorDeg: 0, config }),
  );
  return missM(fuse(bearings, config), fire);
};

/** Bearings, a range and a point about a fire at `truth`, with errors. */
export const randomMeasurements = (random: Random): PlaneMeasurement[] => {
  const truth: PlanePoint = { eastM: random.between(-5e3, 5e3), northM: random.between(-5e3, 5e3) };
  const stations = Array.from({ length: random.int(2, 5) }, (_, i) => {
    const turn = i + random.between(0.3, 0.8);
    const rangeM = random.between(1_000, 15_000);
    return {
      eastM: truth.eastM + rangeM * Math.sin(turn),
      northM: truth.northM + rangeM * Math.cos(turn),
    };
  });
  const bearings = stations.map(
    (from): PlaneMeasurement => ({
      kind: 'bearing',
      from,
      azimuthRad:
        Math.atan2(truth.eastM - from.eastM, truth.northM - from.northM) + 0.005 * random.normal(),
      sigmaRad: 0.005,
    }),
  );
  const [first] = stations;
  if (first === undefined) return bearings;
  const rangeM = Math.hypot(truth.eastM - first.eastM, truth.northM - first.northM);
  return [
    ...bearings,
    { kind: 'range', from: first, rangeM: rangeM + 150 * random.normal(), sigmaM: 150 },
    {
      kind: 'point',
      at: {
        eastM: truth.eastM + 100 * random.normal(),
        northM: truth.northM + 100 * random.normal(),
      },
      covariance: { ee: 10_000, en: 2_000, nn: 8_000 },
    },
  ];
};

type Motion = { turnRad: number; eastM: number; northM: number };

const movePoint = (p: PlanePoint, { turnRad, eastM, northM }: Motion): PlanePoint => ({
  eastM: p.eastM * Math.cos(turnRad) + p.northM * Math.sin(turnRad) + eastM,
  northM: p.northM * Math.cos(turnRad) - p.eastM * Math.sin(turnRad) + northM,
});

/** Turns clockwise about the origin, then shifts. */
const move = (m: PlaneMeasurement, motion: Motion): PlaneMeasurement => {
  if (m.kind === 'range') return { ...m, from: movePoint(m.from, motion) };
  if (m.kind === 'bearing') {
    return { ...m, from: movePoint(m.from, motion), azimuthRad: m.azimuthRad + motion.turnRad };
  }
  const { ee, en, nn } = m.covariance;
  const [sin, cos] = [Math.sin(motion.turnRad), Math.cos(motion.turnRad)];
  return {
    ...m,
    at: movePoint(m.at, motion),
    covariance: {
      ee: ee * cos * cos + 2 * en * sin * cos + nn * sin * sin,
      en: (nn - ee) * sin * cos + en * (cos * cos - sin * sin),
      nn: ee * sin * sin - 2 * en * sin * cos + nn * cos * cos,
    },
  };
};

/** How far moving the scene moves the solution otherwise than the scene, metres (σ of either axis alike). */
export const motionDriftM = (measurements: readonly PlaneMeasurement[], motion: Motion): number => {
  const here = solvePlane(measurements);
  const there = solvePlane(measurements.map((m) => move(m, motion)));
  if (here.kind !== 'solved' || there.kind !== 'solved') return Number.POSITIVE_INFINITY;
  const expected = movePoint(here.point, motion);
  const axes = ({ ee, en, nn }: typeof here.covariance): [number, number] => {
    const spread = Math.hypot((ee - nn) / 2, en);
    return [Math.sqrt((ee + nn) / 2 + spread), Math.sqrt((ee + nn) / 2 - spread)];
  };
  const [a, b] = [axes(here.covariance), axes(there.covariance)];
  return Math.max(
    Math.hypot(there.point.eastM - expected.eastM, there.point.northM - expected.northM),
    Math.abs(a[0] - b[0]),
    Math.abs(a[1] - b[1]),
  );
};

export const randomMotion = (random: Random): Motion => ({
  turnRad: random.between(-Math.PI, Math.PI),
  eastM: random.between(-5e4, 5e4),
  northM: random.between(-5e4, 5e4),
});
