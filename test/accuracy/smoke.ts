import { geodesicDirect, geodesicInverse, type LonLat } from '../../src/shared/geo.ts';
import type { Eye, Terrain } from '../../src/terrain/index.ts';

const DEG = 180 / Math.PI;
const NODE_M = 1_000;

/** Curvature less refraction, written out here once more: the simulation shares no formula with what it judges. */
const apparentSlope = (heightM: number, eyeM: number, d: number): number =>
  (heightM - eyeM) / d - ((1 - 0.13) * d) / (2 * 6_371_009);

/** What a camera without any error sees of a column of smoke. */
export type View = {
  distanceM: number;
  azimuthDeg: number;
  /** Of the lowest smoke that no ground hides. */
  elevationDeg: number;
  baseHidden: boolean;
};

/**
 * The lowest visible part of a column that stands straight up from the ground at `fire` to `smokeM` above it;
 * undefined when ground hides all of it or its ground is unknown. Ground is looked at every third of a cell.
 */
export const viewOf = (
  terrain: Terrain,
  eye: Eye,
  fire: LonLat,
  smokeM: number,
): View | undefined => {
  const from: LonLat = [eye.lon, eye.lat];
  const { distanceM, azimuthDeg } = geodesicInverse(from, fire);
  const groundM = terrain.elevationM(fire[0], fire[1]);
  if (Number.isNaN(groundM) || distanceM < 1) return undefined;
  const stepM = terrain.cellM / 3;
  let horizon = Number.NEGATIVE_INFINITY;
  let [near, nearM] = [from, 0];
  for (let nodeM = 0; nodeM < distanceM; nodeM += NODE_M) {
    const farM = Math.min(distanceM, nodeM + NODE_M);
    const far = geodesicDirect(from, azimuthDeg, farM);
    for (let d = Math.max(stepM, Math.ceil(nearM / stepM) * stepM); d < farM; d += stepM) {
      // The fire's own slope does not hide it.
      if (d > distanceM - stepM / 2) break;
      const share = (d - nearM) / (farM - nearM);
      const height = terrain.elevationM(
        near[0] + share * (far[0] - near[0]),
        near[1] + share * (far[1] - near[1]),
      );
      if (Number.isNaN(height)) return undefined;
      horizon = Math.max(horizon, apparentSlope(height, eye.heightM, d));
    }
    [near, nearM] = [far, farM];
  }
  const base = apparentSlope(groundM, eye.heightM, distanceM);
  const top = apparentSlope(groundM + smokeM, eye.heightM, distanceM);
  if (top <= horizon) return undefined;
  const baseHidden = base < horizon;
  const elevationDeg = Math.atan(baseHidden ? horizon : base) * DEG;
  return { distanceM, azimuthDeg, elevationDeg, baseHidden };
};
