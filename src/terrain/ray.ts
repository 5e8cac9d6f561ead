import { DROP_PER_M2 } from './curvature.ts';
import { type GroundPath, groundPath, latAt, lonAt } from './ground-path.ts';
import { type Eye, type Terrain, type Unknown, whyUnknown } from './terrain.ts';

const DEG = 180 / Math.PI;
/** Halves a step 20 times: a hit is known to a ten-thousandth of a metre. */
const BISECTIONS = 20;
/** A crest counts when it hides more ground than this many cells: less is roughness of the slope ahead. */
const CREST_SHADOW_CELLS = 3;

/** Where a ray came closest to the ground it passed, seen from the eye. */
export type Clearance = {
  /** Angle between the ray and the ground below it, degrees; null: it passed no crest. */
  clearanceDeg: number | null;
  /** Distance from the eye of that place, metres. */
  clearanceAtM: number | null;
};

export type RayHit = {
  kind: 'hit';
  /** Along the geodesic on the ground, metres. */
  distanceM: number;
  lon: number;
  lat: number;
  groundM: number;
  /**
   * How much ray height over ground shrinks per metre of distance at the hit: positive when the ray
   * descends into the ground, small when it grazes. A height or angle error divided by it is the range error.
   */
  descentPerM: number;
  /** Crests passed before the hit; the steady shrinking just before the hit is none. */
} & Clearance;

export type RayResult =
  | RayHit
  /** No ground within `maxRangeM`; the smallest clearance is that of the whole path. */
  | { kind: 'sky'; clearanceDeg: number; clearanceAtM: number }
  /** Before it hit anything, the ray ran over ground of which nothing is known. */
  | { kind: 'unknown'; fromM: number; reason: Unknown }
  /** The eye is under the ground at its own place: its height is wrong. */
  | { kind: 'below_ground'; groundM: number };

/** Azimuth from true north; elevation up positive, −90 to 90; degrees. `maxRangeM` > 0, on the ground, metres. */
export type RayDirection = { azimuthDeg: number; elevationDeg: number; maxRangeM: number };

type Ray = { terrain: Terrain; path: GroundPath; eyeM: number; slope: number };

const groundAt = ({ terrain, path }: Ray, distanceM: number): number =>
  terrain.elevationM(lonAt(path, distanceM), latAt(path, distanceM));

const rayHeightM = ({ eyeM, slope }: Ray, distanceM: number): number =>
  eyeM + distanceM * (slope + DROP_PER_M2 * distanceM);

/** Height of the ray over the ground, metres; NaN over unknown ground. */
const overGroundM = (ray: Ray, distanceM: number): number =>
  rayHeightM(ray, distanceM) - groundAt(ray, distanceM);

/**
 * Follows a sight line from `eye` over the curved Earth with refraction k = 0.13 until it meets the ground:
 * steps of one cell at most, then bisection.
 */
export const raycast = (
  terrain: Terrain,
  eye: Eye,
  { azimuthDeg, elevationDeg, maxRangeM }: RayDirection,
): RayResult => {
  const here = startingGround(terrain, eye);
  if (here !== undefined) return here;
  const path = groundPath([eye.lon, eye.lat], azimuthDeg, maxRangeM);
  const slope = Math.tan(elevationDeg / DEG);
  const ray: Ray = { terrain, path, eyeM: eye.heightM, slope };
  const steps = Math.ceil(maxRangeM / terrain.cellM);
  const stepM = maxRangeM / steps;
  const shadowM = CREST_SHADOW_CELLS * terrain.cellM;
  // Slopes from the eye to the ground stand for angles: they grow together and need no arctangent.
  let highest = Number.NEGATIVE_INFINITY;
  let highestAtM = 0;
  let crest = Number.NEGATIVE_INFINITY;
  let crestAtM = 0;
  for (let i = 1; i <= steps; i++) {
    const d = i * stepM;
    const ground = groundAt(ray, d);
    if (Number.isNaN(ground)) {
      if (rayHeightM(ray, d) > terrain.maxHeightM) continue;
      return {
        kind: 'unknown',
        fromM: d,
        reason: whyUnknown(terrain, lonAt(path, d), latAt(path, d)),
      };
    }
    const groundSlope = (ground - eye.heightM) / d - DROP_PER_M2 * d;
    if (groundSlope <= highest) continue;
    if (highestAtM > 0 && d - highestAtM > shadowM) {
      crest = highest;
      crestAtM = highestAtM;
    }
    if (groundSlope >= slope) {
      const hit = hitBetween(ray, d - stepM, d);
      return { ...hit, ...clearance(elevationDeg, crest, crestAtM) };
    }
    highest = groundSlope;
    highestAtM = d;
  }
  // Only unknown ground, all of it below the ray: nothing is nearer than straight down.
  if (highestAtM === 0) return { kind: 'sky', clearanceDeg: elevationDeg + 90, clearanceAtM: 0 };
  return {
    kind: 'sky',
    clearanceDeg: elevationDeg - Math.atan(highest) * DEG,
    clearanceAtM: highestAtM,
  };
};

const startingGround = (terrain: Terrain, eye: Eye): RayResult | undefined => {
  const groundM = terrain.elevationM(eye.lon, eye.lat);
  if (groundM > eye.heightM) return { kind: 'below_ground', groundM };
  if (Number.isNaN(groundM) && eye.heightM <= terrain.maxHeightM) {
    return { kind: 'unknown', fromM: 0, reason: whyUnknown(terrain, eye.lon, eye.lat) };
  }
  return undefined;
};

const clearance = (elevationDeg: number, crestSlope: number, crestAtM: number): Clearance =>
  crestAtM === 0
    ? { clearanceDeg: null, clearanceAtM: null }
    : { clearanceDeg: elevationDeg - Math.atan(crestSlope) * DEG, clearanceAtM: crestAtM };

/** The ray is above the ground (or over unknown ground) at `nearM` and in it at `farM`. */
const hitBetween = (ray: Ray, nearM: number, farM: number): Omit<RayHit, keyof Clearance> => {
  let near = nearM;
  let far = farM;
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (near + far) / 2;
    if (overGroundM(ray, middle) <= 0) far = middle;
    else near = middle;
  }
  const { path } = ray;
  return {
    kind: 'hit',
    distanceM: far,
    lon: lonAt(path, far),
    lat: latAt(path, far),
    groundM: groundAt(ray, far),
    descentPerM: descentPerM(ray, far, farM - nearM),
  };
};

/** Over half a cell both ways, as the hit moves when the ray does; towards the eye alone at an edge of the data. */
const descentPerM = (ray: Ray, atM: number, cellM: number): number => {
  const half = Math.min(cellM / 2, atM);
  const before = overGroundM(ray, atM - half);
  const after = overGroundM(ray, atM + half);
  if (Number.isNaN(after)) return (before - overGroundM(ray, atM)) / half;
  if (Number.isNaN(before)) return (overGroundM(ray, atM) - after) / half;
  return (before - after) / (2 * half);
};
