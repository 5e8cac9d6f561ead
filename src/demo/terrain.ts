import { geodesicInverse, type LonLat } from '../shared/geo.ts';
import { curvatureDropM } from '../terrain/index.ts';

/** A point in space: WGS-84 and metres above mean sea level. */
export type Viewpoint = { at: LonLat; heightM: number };

export type Terrain = {
  /** Ground height, metres above mean sea level, 80 ≤ h ≤ 1300; defined everywhere, smooth. */
  heightM(at: LonLat): number;
};

const LOWEST_M = 80;
const HIGHEST_M = 1_300;
/** Middle of the county; offsets from it are turned into kilometres with the lengths of a degree at 26.57°N. */
const CENTRE: LonLat = [113.35, 26.57];
const KM_PER_DEG_LON = 99.6;
const KM_PER_DEG_LAT = 110.8;

/** Hills from 12 km across down to 1.5 km: wavelength and share of the height. */
const OCTAVES = [
  { wavelengthKm: 12, weight: 0.42 },
  { wavelengthKm: 6, weight: 0.3 },
  { wavelengthKm: 3, weight: 0.18 },
  { wavelengthKm: 1.5, weight: 0.1 },
];

/** Value at a lattice corner, [0, 1). */
const cornerValue = (x: number, y: number, seed: number): number => {
  let hash = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(seed, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
};

/** Perlin's quintic: slope and curvature vanish at the lattice, so no creases show. */
const ease = (t: number): number => t * t * t * (t * (t * 6 - 15) + 10);

const valueNoise = (x: number, y: number, seed: number): number => {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const tx = ease(x - x0);
  const ty = ease(y - y0);
  const south = cornerValue(x0, y0, seed) * (1 - tx) + cornerValue(x0 + 1, y0, seed) * tx;
  const north = cornerValue(x0, y0 + 1, seed) * (1 - tx) + cornerValue(x0 + 1, y0 + 1, seed) * tx;
  return south * (1 - ty) + north * ty;
};

/** Folds noise so that its middle becomes a rounded crest: hills with ridges rather than domes. */
const ridged = (noise: number): number => {
  const fold = 2 * noise - 1;
  return 1 - fold * fold;
};

/**
 * Invented hills with the county's lie of the land: a river basin in the north-west, mountains in the
 * south-east. `seed`: whole number from 0 to 2³²−1.
 */
export const createTerrain = (seed: number): Terrain => ({
  heightM([lon, lat]) {
    const eastKm = (lon - CENTRE[0]) * KM_PER_DEG_LON;
    const northKm = (lat - CENTRE[1]) * KM_PER_DEG_LAT;
    let relief = 0;
    for (const [i, { wavelengthKm, weight }] of OCTAVES.entries()) {
      const noise = valueNoise(eastKm / wavelengthKm, northKm / wavelengthKm, seed + i * 7919);
      relief += weight * ridged(noise);
    }
    // 0 in the basin, 1 in the mountains; the logistic keeps it inside for any coordinate.
    const upland = 1 / (1 + Math.exp(-(eastKm - northKm - 4) / 11));
    const share = relief * relief * (0.16 + 0.84 * upland);
    return LOWEST_M + (HIGHEST_M - LOWEST_M) * share;
  },
});

/** Half the shortest hill is 750 m across: 60 m steps cannot jump over a crest that matters … */
const LONGEST_STEP_M = 60;
/** … but near the mast a metre more is a large angle, so there the steps are a twentieth of the way. */
const STEP_SHARE = 1 / 20;
const SHORTEST_STEP_M = 10;

/** Angle above the horizontal at `from`, degrees, at which `to` appears `distanceM` away. */
export const elevationAngleDeg = (from: Viewpoint, to: Viewpoint, distanceM: number): number =>
  (Math.atan2(to.heightM - from.heightM - curvatureDropM(distanceM), distanceM) * 180) / Math.PI;

const stepM = (d: number): number =>
  Math.min(LONGEST_STEP_M, Math.max(SHORTEST_STEP_M, d * STEP_SHARE));

/**
 * How much of a column of smoke that stands straight up from the ground at `at` is hidden from `eye`, metres above
 * that ground: 0 when its base is seen. One pass: each place between raises what must be cleared to see past it.
 */
export const hiddenM = (terrain: Terrain, eye: Viewpoint, at: LonLat): number => {
  const { distanceM } = geodesicInverse(eye.at, at);
  let lowestSlope = Number.NEGATIVE_INFINITY;
  for (let d = SHORTEST_STEP_M; d < distanceM; d += stepM(d)) {
    const share = d / distanceM;
    // The Earth's curve stands up between the ends of a chord: half-way by a quarter of the whole drop.
    const bulgeM = curvatureDropM(distanceM) * share * (1 - share);
    const groundM = terrain.heightM([
      eye.at[0] + (at[0] - eye.at[0]) * share,
      eye.at[1] + (at[1] - eye.at[1]) * share,
    ]);
    lowestSlope = Math.max(lowestSlope, (groundM + bulgeM - eye.heightM) / share);
  }
  return Math.max(0, eye.heightM + lowestSlope - terrain.heightM(at));
};
