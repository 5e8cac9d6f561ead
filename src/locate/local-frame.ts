import type { LonLat } from '../shared/geo.ts';

const A = 6_378_137;
const F = 1 / 298.257_223_563;
const E2 = F * (2 - F);
const RAD = Math.PI / 180;

export type Local = { eastM: number; northM: number };

export type LocalFrame = {
  origin: LonLat;
  /** Metres east and north of the origin. */
  toLocal(point: LonLat): Local;
  fromLocal(local: Local): LonLat;
};

/**
 * A plane tangent to WGS-84 at `origin`, scaled by the radii of curvature there (meridian M, prime vertical N).
 * Distances are right to about 1e-3 within 15 km at mid latitudes: an order below the errors of any sight line.
 */
export const localFrame = (origin: LonLat): LocalFrame => {
  const [lon0, lat0] = origin;
  const sin = Math.sin(lat0 * RAD);
  const w = Math.sqrt(1 - E2 * sin * sin);
  const perDegNorth = ((A * (1 - E2)) / (w * w * w)) * RAD;
  const perDegEast = (A / w) * Math.cos(lat0 * RAD) * RAD;
  return {
    origin,
    toLocal: ([lon, lat]) => ({
      eastM: wrap180(lon - lon0) * perDegEast,
      northM: (lat - lat0) * perDegNorth,
    }),
    fromLocal: ({ eastM, northM }) => [
      wrap180(lon0 + eastM / perDegEast),
      lat0 + northM / perDegNorth,
    ],
  };
};

const wrap180 = (deg: number): number => (deg > 180 ? deg - 360 : deg < -180 ? deg + 360 : deg);
