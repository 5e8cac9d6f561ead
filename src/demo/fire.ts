import { geodesicInverse, type LonLat } from '../shared/geo.ts';
import { createRandom, type Random } from '../shared/random.ts';
import { type Camera, cameraEye } from './cameras.ts';
import type { County } from './county.ts';
import { type Township, townshipAt } from './regions.ts';
import { elevationAngleDeg, hiddenM, type Terrain } from './terrain.ts';

/** A camera that will see the fire once its smoke is tall enough. */
export type Watcher = {
  camera: Camera;
  distanceM: number;
  /** True azimuth from the camera to the fire, degrees. */
  azimuthDeg: number;
  /** How tall the smoke must be before the camera can make it out, metres above the fire. */
  visibleFromM: number;
  /** How much of the column a ridge hides from the camera, metres above the fire; 0 = it sees the base. */
  hiddenM: number;
  /** Angle above the horizontal of the lowest smoke the camera sees, degrees. */
  elevationDeg: number;
};

export type Fire = {
  at: LonLat;
  /** Metres above mean sea level. */
  groundHeightM: number;
  township: Township;
  watchers: Watcher[];
};

/** Beyond this, haze and pixel size leave nothing to recognise. */
const MAX_RANGE_M = 10_000;
/** Smoke must span this angle to be recognised: about 5 pixels of a 1920-pixel frame 60° wide. */
const MIN_SMOKE_ANGLE_RAD = 0.003;
/** Behind more ridge than this nothing comes up in the time of a demo. */
const MOST_HIDDEN_M = 200;
const TALLEST_SMOKE_M = 240;
const RISE_M_PER_S = 5;

/** Smoke column above the fire, metres, `ageS` seconds after it was lit. */
export const smokeHeightM = (ageS: number): number =>
  Math.max(0, Math.min(TALLEST_SMOKE_M, ageS * RISE_M_PER_S));

const watcherOf = (terrain: Terrain, camera: Camera, at: LonLat): Watcher | undefined => {
  const { distanceM, azimuthDeg } = geodesicInverse(camera.at, at);
  if (distanceM > MAX_RANGE_M) return undefined;
  const eye = cameraEye(camera);
  const hidden = hiddenM(terrain, eye, at);
  if (hidden > MOST_HIDDEN_M) return undefined;
  const lowest = { at, heightM: terrain.heightM(at) + hidden };
  return {
    camera,
    distanceM,
    azimuthDeg,
    visibleFromM: hidden + distanceM * MIN_SMOKE_ANGLE_RAD,
    hiddenM: hidden,
    elevationDeg: elevationAngleDeg(eye, lowest, distanceM),
  };
};

/** The cameras that can come to see a fire at `at`, those that see it first coming first. */
export const watchersOf = (terrain: Terrain, cameras: readonly Camera[], at: LonLat): Watcher[] =>
  cameras
    .flatMap((camera) => watcherOf(terrain, camera, at) ?? [])
    .sort((a, b) => a.visibleFromM - b.visibleFromM);

/** The fire must be told soon, and from directions that cross, or the demo shows nothing. */
const isWellWatched = (watchers: readonly Watcher[]): boolean => {
  const soon = watchers.filter(({ visibleFromM }) => visibleFromM <= 60);
  const [first] = soon;
  if (soon.length < 3 || first === undefined) return false;
  return soon.some(({ azimuthDeg }) => {
    const apart = Math.abs(azimuthDeg - first.azimuthDeg) % 180;
    return apart > 30 && apart < 150;
  });
};

const randomPlace = (random: Random): LonLat => [
  random.between(113.1, 113.6),
  random.between(26.3, 26.84),
];

/** More cameras than this and the place is a viewing platform, not the usual hillside. */
const MOST_WATCHERS = 14;
/** Three minutes' flight: nobody watches a demo for ten. */
const DOCK_WITHIN_M = 3_000;
const MAX_TRIES = 5_000;

/**
 * Where the fire of one run breaks out. Each run of the same county has its own, so that a second run
 * is not taken for the first one's fire going on. `run` counts from 0.
 */
export const createFire = (
  {
    terrain,
    cameras,
    docks,
    townships,
  }: Pick<County, 'terrain' | 'cameras' | 'docks' | 'townships'>,
  seed: number,
  run: number,
): Fire => {
  const random = createRandom(seed, `fire ${run}`);
  for (let i = 0; i < MAX_TRIES; i++) {
    const at = randomPlace(random);
    const township = townshipAt(at, townships);
    if (township === undefined) continue;
    if (!docks.some((dock) => geodesicInverse(dock.at, at).distanceM < DOCK_WITHIN_M)) continue;
    const watchers = watchersOf(terrain, cameras, at);
    const tooNear = watchers.some(({ distanceM }) => distanceM < 800);
    if (tooNear || watchers.length > MOST_WATCHERS || !isWellWatched(watchers)) continue;
    return { at, groundHeightM: terrain.heightM(at), township, watchers };
  }
  throw new Error(`no place in the county is seen by three cameras (seed ${seed})`);
};
