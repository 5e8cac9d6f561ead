import type { LonLat } from '../../shared/geo.ts';

/** WGS-84. */
export const EQUATOR_RADIUS_M = 6_378_137;
const FLATTENING = 1 / 298.257223563;
export const E2 = FLATTENING * (2 - FLATTENING);
const RAD = Math.PI / 180;

/** Earth-centred, earth-fixed Cartesian coordinates on the ellipsoid, metres. */
export type Ecef = readonly [x: number, y: number, z: number];

export const toEcef = ([lon, lat]: LonLat): Ecef => {
  const sinLat = Math.sin(lat * RAD);
  const cosLat = Math.cos(lat * RAD);
  const n = EQUATOR_RADIUS_M / Math.sqrt(1 - E2 * sinLat * sinLat);
  return [
    n * cosLat * Math.cos(lon * RAD),
    n * cosLat * Math.sin(lon * RAD),
    n * (1 - E2) * sinLat,
  ];
};

/**
 * The fraction t in [0, 1] of the edge a→b (straight in lon/lat) whose point has the least chord to q, by
 * Gauss–Newton from `t`. The chord grows with the geodesic, so this is also the nearest point on the ground.
 */
export const refineNearest = (q: Ecef, a: LonLat, b: LonLat, t: number): number => {
  const dLon = (b[0] - a[0]) * RAD;
  const dLat = (b[1] - a[1]) * RAD;
  let best = t;
  for (let round = 0; round < 2; round++) {
    const lonLat: LonLat = [a[0] + best * (b[0] - a[0]), a[1] + best * (b[1] - a[1])];
    const p = toEcef(lonLat);
    const tangent = tangentAt(lonLat, dLon, dLat);
    const along =
      (q[0] - p[0]) * tangent[0] + (q[1] - p[1]) * tangent[1] + (q[2] - p[2]) * tangent[2];
    const square = tangent[0] ** 2 + tangent[1] ** 2 + tangent[2] ** 2;
    if (square === 0) return best;
    best = Math.min(1, Math.max(0, best + along / square));
  }
  return best;
};

/** Derivative of the position by t, metres, where longitude and latitude change by dLon and dLat (radians) per t. */
const tangentAt = ([lon, lat]: LonLat, dLon: number, dLat: number): Ecef => {
  const [sinLat, cosLat] = [Math.sin(lat * RAD), Math.cos(lat * RAD)];
  const [sinLon, cosLon] = [Math.sin(lon * RAD), Math.cos(lon * RAD)];
  const w = 1 - E2 * sinLat * sinLat;
  const east = (EQUATOR_RADIUS_M / Math.sqrt(w)) * cosLat * dLon;
  const north = ((EQUATOR_RADIUS_M * (1 - E2)) / (w * Math.sqrt(w))) * dLat;
  return [
    -sinLon * east - sinLat * cosLon * north,
    cosLon * east - sinLat * sinLon * north,
    cosLat * north,
  ];
};
