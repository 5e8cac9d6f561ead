import { geodesicInverse, type LonLat } from '../shared/geo.ts';
import { profile, type Terrain } from '../terrain/index.ts';
import type { Sighting } from './sighting.ts';

const RAD = Math.PI / 180;

export type MisfitOptions = {
  /** How far from `at` along the ray the fire may be, metres. */
  toleranceM: number;
  /** Mean height of smoke when it is first seen, metres. */
  smokeHeightM: number;
};

/**
 * χ² (1 degree of freedom) between the elevation a camera saw and the one at which the lowest visible smoke of a
 * fire at `at` would appear to it: the ground itself, or the ridge that hides it, which costs as much as the smoke
 * must be tall (−2 ln of the chance that it is). This is what tells a fire from the place where two sight lines
 * cross by chance. Null when it cannot be said: no elevation, no height, unknown ground.
 */
export const elevationMisfit = (
  terrain: Terrain,
  { station, elevation }: Pick<Sighting, 'station' | 'elevation'>,
  at: LonLat,
  { toleranceM, smokeHeightM }: MisfitOptions,
): number | null => {
  if (station === null || elevation === null || station.heightM === null) return null;
  const eye = { lon: station.lon, lat: station.lat, heightM: station.heightM };
  if (!(terrain.elevationM(eye.lon, eye.lat) <= eye.heightM)) return null;
  const { distanceM, azimuthDeg } = geodesicInverse([eye.lon, eye.lat], at);
  const { stepM, angleDeg } = profile(terrain, eye, azimuthDeg, {
    maxRangeM: distanceM + toleranceM,
  });
  let horizon = Number.NEGATIVE_INFINITY;
  let best = Number.POSITIVE_INFINITY;
  for (const [i, angle] of angleDeg.entries()) {
    if (Number.isNaN(angle)) continue;
    const rangeM = (i + 1) * stepM;
    const seenAt = Math.max(horizon, angle);
    horizon = seenAt;
    if (rangeM < distanceM - toleranceM) continue;
    const sigma = Math.hypot(elevation.sigmaDeg, terrain.heightSigmaM / rangeM / RAD);
    const off = (elevation.elevationDeg - seenAt) / sigma;
    const neededM = (seenAt - angle) * RAD * rangeM;
    best = Math.min(best, off * off + (2 * neededM) / smokeHeightM);
  }
  return Number.isFinite(best) ? best : null;
};
