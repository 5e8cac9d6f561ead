import { geodesicDirect, type LonLat } from '../shared/geo.ts';

/**
 * A stretch of WGS-84 geodesic as two quadratics in the distance s from its start, metres:
 * lon = lon0 + s·(lon1 + s·lon2), lat alike; degrees. Longitudes run on past ±180 rather than wrap.
 */
export type GroundPath = {
  lon0: number;
  lon1: number;
  lon2: number;
  lat0: number;
  lat1: number;
  lat2: number;
};

const unwrap = (deltaDeg: number): number =>
  deltaDeg > 180 ? deltaDeg - 360 : deltaDeg < -180 ? deltaDeg + 360 : deltaDeg;

/**
 * The geodesic from `origin` along `azimuthDeg` (true north) for `lengthM`, fixed at its start, middle
 * and end (Karney 2013) and quadratic between: within 1 m up to 50 km below 60° of latitude, where a
 * straight line in longitude and latitude is 16 m off after 15 km already. Not for the poles.
 */
export const groundPath = (origin: LonLat, azimuthDeg: number, lengthM: number): GroundPath => {
  const [lon0, lat0] = origin;
  const half = geodesicDirect(origin, azimuthDeg, lengthM / 2);
  const end = geodesicDirect(origin, azimuthDeg, lengthM);
  const [halfLon, endLon] = [unwrap(half[0] - lon0), unwrap(end[0] - lon0)];
  const [halfLat, endLat] = [half[1] - lat0, end[1] - lat0];
  const square = lengthM * lengthM;
  return {
    lon0,
    lon1: (4 * halfLon - endLon) / lengthM,
    lon2: (2 * endLon - 4 * halfLon) / square,
    lat0,
    lat1: (4 * halfLat - endLat) / lengthM,
    lat2: (2 * endLat - 4 * halfLat) / square,
  };
};

/** Longitude `distanceM` along the path, degrees. */
export const lonAt = (path: GroundPath, distanceM: number): number =>
  path.lon0 + distanceM * (path.lon1 + distanceM * path.lon2);

/** Latitude `distanceM` along the path, degrees. */
export const latAt = (path: GroundPath, distanceM: number): number =>
  path.lat0 + distanceM * (path.lat1 + distanceM * path.lat2);
