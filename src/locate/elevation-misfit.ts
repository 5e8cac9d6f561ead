import { type Eye, profile, type Terrain } from '../terrain/index.ts';
import type { Sighting } from './sighting.ts';

const RAD = Math.PI / 180;

export type MisfitOptions = {
  /** How far from there along the ray the fire may be, metres. */
  toleranceM: number;
  /** Mean height of smoke when it is first seen, metres. */
  smokeHeightM: number;
};

/** The ground along one azimuth and what hides it. Sample i lies `(i + 1) · stepM` away; NaN where unknown. */
export type Skyline = {
  stepM: number;
  heightSigmaM: number;
  /** At which the ground appears, degrees. */
  angleDeg: Float64Array;
  /** At which the lowest smoke over it does: the highest ground up to there. */
  seenAtDeg: Float64Array;
};

/** From `eye` to `maxRangeM`, or null where the eye stands below the ground or over unknown one. */
export const skylineAlong = (
  terrain: Terrain,
  eye: Eye,
  azimuthDeg: number,
  maxRangeM: number,
): Skyline | null => {
  if (!(terrain.elevationM(eye.lon, eye.lat) <= eye.heightM)) return null;
  const { stepM, angleDeg } = profile(terrain, eye, azimuthDeg, { maxRangeM });
  const seenAtDeg = new Float64Array(angleDeg.length);
  let horizon = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < angleDeg.length; i++) {
    const angle = angleDeg[i] ?? Number.NaN;
    if (angle > horizon) horizon = angle;
    seenAtDeg[i] = horizon;
  }
  return { stepM, heightSigmaM: terrain.heightSigmaM, angleDeg, seenAtDeg };
};

/**
 * χ² (1 degree of freedom) between the elevation a camera saw and the one at which the lowest visible smoke of a
 * fire `distanceM` away on this skyline would appear to it: the ground itself, or the ridge that hides it, which costs
 * as much as the smoke must be tall (−2 ln of the chance that it is). This is what tells a fire from the place where
 * two sight lines cross by chance. Null where all ground within the tolerance is unknown or past the skyline's end.
 */
export const misfitOn = (
  { stepM, heightSigmaM, angleDeg, seenAtDeg }: Skyline,
  elevation: NonNullable<Sighting['elevation']>,
  distanceM: number,
  { toleranceM, smokeHeightM }: MisfitOptions,
): number | null => {
  let best = Number.POSITIVE_INFINITY;
  const first = Math.max(0, Math.ceil((distanceM - toleranceM) / stepM - 1e-9) - 1);
  const beyond = Math.min(angleDeg.length, Math.floor((distanceM + toleranceM) / stepM + 1e-9));
  for (let i = first; i < beyond; i++) {
    const angle = angleDeg[i] ?? Number.NaN;
    if (Number.isNaN(angle)) continue;
    const rangeM = (i + 1) * stepM;
    const seenAt = seenAtDeg[i] ?? angle;
    const sigma = Math.hypot(elevation.sigmaDeg, heightSigmaM / rangeM / RAD);
    const off = (elevation.elevationDeg - seenAt) / sigma;
    const neededM = (seenAt - angle) * RAD * rangeM;
    best = Math.min(best, off * off + (2 * neededM) / smokeHeightM);
  }
  return Number.isFinite(best) ? best : null;
};
