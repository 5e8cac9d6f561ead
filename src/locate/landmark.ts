import { geodesicInverse, type LonLat } from '../shared/geo.ts';
import { curvatureDropM } from '../terrain/index.ts';
import type { Frame } from './sight-line.ts';

const RAD = Math.PI / 180;

/** Where a known point is seen from somewhere: true azimuth [0, 360), apparent elevation, metres over the ellipsoid. */
export type LandmarkDirection = {
  azimuthDeg: number;
  /** Null where a height is unknown. */
  elevationDeg: number | null;
  distanceM: number;
};

/** A known point and the pixel at which a camera showed it. */
export type SeenLandmark = LandmarkDirection & {
  name: string;
  /** Pan, tilt and field of view as the camera reports them, without its offsets. */
  frame: Frame;
  /** From the top left. */
  px: readonly [u: number, v: number];
};

/**
 * The direction of `point` as seen from `eye`, with the Earth's curve and refraction k = 0.13. Positions WGS-84,
 * heights in metres above mean sea level; with one of them null there is no elevation.
 */
export const landmarkDirection = (
  eye: { at: LonLat; heightM: number | null },
  point: { at: LonLat; heightM: number | null },
): LandmarkDirection => {
  const { azimuthDeg, distanceM } = geodesicInverse(eye.at, point.at);
  const elevationDeg =
    eye.heightM === null || point.heightM === null
      ? null
      : Math.atan2(point.heightM - eye.heightM - curvatureDropM(distanceM), distanceM) / RAD;
  return { azimuthDeg, elevationDeg, distanceM };
};
