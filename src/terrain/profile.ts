import { DROP_PER_M2 } from './curvature.ts';
import { groundPath } from './ground-path.ts';
import type { Eye, Terrain } from './terrain.ts';

const DEG = 180 / Math.PI;

/** The ground along one azimuth as an eye sees it. Sample i lies `(i + 1) · stepM` away. */
export type Profile = {
  stepM: number;
  /** Metres above mean sea level; NaN where unknown. */
  groundM: Float64Array;
  /** Elevation angle at which that ground appears, degrees, curvature and refraction in; NaN where unknown. */
  angleDeg: Float64Array;
};

/**
 * Ground heights and their apparent angles from `eye` along `azimuthDeg` (true north) out to `maxRangeM`.
 * `stepM` is one cell of the terrain unless told otherwise. Ground hidden behind a crest is in it too.
 */
export const profile = (
  terrain: Terrain,
  eye: Eye,
  azimuthDeg: number,
  { maxRangeM, stepM = terrain.cellM }: { maxRangeM: number; stepM?: number },
): Profile => {
  const { lon0, lon1, lon2, lat0, lat1, lat2 } = groundPath(
    [eye.lon, eye.lat],
    azimuthDeg,
    maxRangeM,
  );
  const eyeM = eye.heightM;
  // A hair of rounding must not cost the last sample.
  const samples = Math.floor(maxRangeM / stepM + 1e-9);
  const groundM = new Float64Array(samples);
  const angleDeg = new Float64Array(samples);
  for (let i = 0; i < samples; i++) {
    const d = (i + 1) * stepM;
    const ground = terrain.elevationM(lon0 + d * (lon1 + d * lon2), lat0 + d * (lat1 + d * lat2));
    groundM[i] = ground;
    // d > 0: the arctangent of the quotient is the angle.
    angleDeg[i] = Math.atan((ground - eyeM) / d - DROP_PER_M2 * d) * DEG;
  }
  return { stepM, groundM, angleDeg };
};
