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

/**
 * WGS-84 from GCJ-02, for coordinates that somebody reads off a Chinese map: the shift changes by centimetres over its own
 * length, so a few rounds of taking it off again give the place to a millimetre.
 */
export const fromGcj02 = ([lon, lat]: LonLat): LonLat => {
  let guess: LonLat = [lon, lat];
  for (let round = 0; round < 5; round += 1) {
    const [shiftedLon, shiftedLat] = toGcj02(guess);
    guess = [guess[0] + lon - shiftedLon, guess[1] + lat - shiftedLat];
  }
  return guess;
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
