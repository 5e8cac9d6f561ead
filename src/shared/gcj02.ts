import type { LonLat } from './geo.ts';

/** Krasovsky 1940, which the obfuscation is defined on. */
const SEMI_MAJOR_M = 6_378_245;
const ECCENTRICITY2 = 0.006_693_421_622_965_943;
const { PI } = Math;

/**
 * WGS-84 to GCJ-02, the datum Chinese map services draw in, by the formula in common use (no official one is
 * public); within a few metres of what the services do. For links and map tiles only: never keep or compute with
 * the result. 100 to 700 m from WGS-84 inside China; outside the services do not shift either, by this box.
 */
export const toGcj02 = ([lon, lat]: LonLat): LonLat => {
  if (lon < 72.004 || lon > 137.8347 || lat < 0.8293 || lat > 55.8271) return [lon, lat];
  const [x, y] = [lon - 105, lat - 35];
  const latRad = (lat * PI) / 180;
  const magic = 1 - ECCENTRICITY2 * Math.sin(latRad) ** 2;
  const root = Math.sqrt(magic);
  const metresPerRadLat = (SEMI_MAJOR_M * (1 - ECCENTRICITY2)) / (magic * root);
  const metresPerRadLon = (SEMI_MAJOR_M / root) * Math.cos(latRad);
  return [
    lon + ((eastM(x, y) / metresPerRadLon) * 180) / PI,
    lat + ((northM(x, y) / metresPerRadLat) * 180) / PI,
  ];
};

/** Each round leaves less than a hundredth of the error of the one before: a millimetre after three. */
const INVERSE_ROUNDS = 4;

/** The WGS-84 position that `toGcj02` shows at this one: how a position read off a Chinese map is brought in. */
export const fromGcj02 = (shown: LonLat): LonLat => {
  let [lon, lat] = shown;
  for (let round = 0; round < INVERSE_ROUNDS; round += 1) {
    const [lonNow, latNow] = toGcj02([lon, lat]);
    lon += shown[0] - lonNow;
    lat += shown[1] - latNow;
  }
  return [lon, lat];
};

const wave = (weight: number, value: number): number => (weight * 2 * Math.sin(value * PI)) / 3;

const eastM = (x: number, y: number): number =>
  300 +
  x +
  2 * y +
  0.1 * x * x +
  0.1 * x * y +
  0.1 * Math.sqrt(Math.abs(x)) +
  wave(20, 6 * x) +
  wave(20, 2 * x) +
  wave(20, x) +
  wave(40, x / 3) +
  wave(150, x / 12) +
  wave(300, x / 30);

const northM = (x: number, y: number): number =>
  -100 +
  2 * x +
  3 * y +
  0.2 * y * y +
  0.1 * x * y +
  0.2 * Math.sqrt(Math.abs(x)) +
  wave(20, 6 * x) +
  wave(20, 2 * x) +
  wave(20, y) +
  wave(40, y / 3) +
  wave(160, y / 12) +
  wave(320, y / 30);
