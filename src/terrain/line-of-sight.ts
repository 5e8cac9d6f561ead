import { geodesicInverse } from '../shared/geo.ts';
import { DROP_PER_M2 } from './curvature.ts';
import { groundPath, latAt, lonAt } from './ground-path.ts';
import { type Eye, type Terrain, type Unknown, whyUnknown } from './terrain.ts';

const DEG = 180 / Math.PI;

/** How a point lies to an eye: geodesic distance, azimuth from true north, apparent elevation angle. */
export type Direction = { distanceM: number; azimuthDeg: number; elevationDeg: number };

export type LineOfSight =
  /** Nothing is in the way; `clearanceDeg` ≥ 0 is the smallest angle between the line and the ground it passes. */
  | ({ kind: 'visible'; clearanceDeg: number } & Direction)
  /** Ground stands in the way, first at `atM` from the eye. */
  | ({ kind: 'hidden'; atM: number } & Direction)
  /** No known ground is in the way, but some that might be is unknown; or the target's own is, then without direction. */
  | ({ kind: 'unknown'; reason: Unknown } & Partial<Direction>);

/**
 * Can `from` see a point `targetHeightM` (≥ 0) above the ground at `to`? Curvature and refraction
 * (k = 0.13) in. The ground is sampled at every cell up to the target; an eye below its own ground sees nothing.
 */
export const lineOfSight = (
  terrain: Terrain,
  from: Eye,
  to: { lon: number; lat: number },
  targetHeightM: number,
): LineOfSight => {
  const targetGroundM = terrain.elevationM(to.lon, to.lat);
  if (Number.isNaN(targetGroundM)) {
    return { kind: 'unknown', reason: whyUnknown(terrain, to.lon, to.lat) };
  }
  const { distanceM, azimuthDeg } = geodesicInverse([from.lon, from.lat], [to.lon, to.lat]);
  const riseM = targetGroundM + targetHeightM - from.heightM;
  const slope = distanceM > 0 ? riseM / distanceM - DROP_PER_M2 * distanceM : riseM * Infinity;
  const elevationDeg = Math.atan(slope || 0) * DEG;
  const direction = { distanceM, azimuthDeg, elevationDeg };
  if (terrain.elevationM(from.lon, from.lat) > from.heightM) {
    return { kind: 'hidden', atM: 0, ...direction };
  }
  const ground = highestBetween(terrain, from, { distanceM, azimuthDeg, slope });
  if (ground.hiddenAtM !== undefined) {
    return { kind: 'hidden', atM: ground.hiddenAtM, ...direction };
  }
  if (ground.unknown !== undefined)
    return { kind: 'unknown', reason: ground.unknown, ...direction };
  const clearanceDeg = elevationDeg - Math.atan(ground.highest) * DEG;
  return { kind: 'visible', clearanceDeg, ...direction };
};

/** The steepest ground between the ends, as a slope from the eye; stops at the first that hides the target. */
const highestBetween = (
  terrain: Terrain,
  from: Eye,
  { distanceM, azimuthDeg, slope }: { distanceM: number; azimuthDeg: number; slope: number },
): { highest: number; hiddenAtM?: number; unknown?: Unknown } => {
  const steps = Math.ceil(distanceM / terrain.cellM);
  let highest = Number.NEGATIVE_INFINITY;
  if (steps < 2) return { highest };
  const path = groundPath([from.lon, from.lat], azimuthDeg, distanceM);
  const stepM = distanceM / steps;
  let unknown: Unknown | undefined;
  for (let i = 1; i < steps; i++) {
    const d = i * stepM;
    const groundM = terrain.elevationM(lonAt(path, d), latAt(path, d));
    if (Number.isNaN(groundM)) {
      if (from.heightM + d * (slope + DROP_PER_M2 * d) <= terrain.maxHeightM) {
        unknown ??= whyUnknown(terrain, lonAt(path, d), latAt(path, d));
      }
      continue;
    }
    const groundSlope = (groundM - from.heightM) / d - DROP_PER_M2 * d;
    if (groundSlope > slope) return { highest, hiddenAtM: d };
    if (groundSlope > highest) highest = groundSlope;
  }
  return unknown === undefined ? { highest } : { highest, unknown };
};
