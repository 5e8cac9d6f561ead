import type { Ellipse, FixFlag, LonLat } from '../shared/geo.ts';
import { createRandom } from '../shared/random.ts';
import { type Eye, type RayHit, raycast, type Terrain } from '../terrain/index.ts';
import { CHI2_95 } from './covariance.ts';
import { ellipseOfDraws, rayEllipse } from './draws-ellipse.ts';
import { groundPosterior, type PosteriorOptions, type SightLine } from './ground-posterior.ts';

const RAD = Math.PI / 180;
/** Below this descent per metre a ray grazes, and the linear error formula says anything. */
const LEAST_DESCENT = 0.02;
/** A range less sure than this share of itself is not linear any more. */
const LARGEST_SHARE = 0.25;
/** A crest passed closer than this many σ may be what the ray really hit. */
const CREST_SIGMA = 2;
/** More probability than this behind a ridge, and the place is not what the ray hits. */
const HIDDEN_SHARE = 0.05;
/** The ray 2 σ higher and lower must hit where the linear formula says, to within this factor. */
const LINEAR_FACTOR = 1.5;
/** The draws are the same for the same sight line: a fix made again is the same fix. */
const SEED = 1;

/** What one sight line and the terrain give. Metres over ground from the eye; ellipse 95 %. */
export type TerrainFix =
  /** The ray meets the ground in one place. */
  | { kind: 'ground'; at: LonLat; ellipse: Ellipse; rangeM: number; rangeSigmaM: number }
  /** The azimuth holds, the range does not; still the ellipse covers the fire with 95 %. */
  | {
      kind: 'bearing_only';
      flag: FixFlag;
      at: LonLat;
      ellipse: Ellipse;
      /** With 97.5 % the fire is farther than this. */
      rangeMinM: number;
      rangeM: number;
      rangeSigmaM: number;
    }
  /** The terrain cannot help: why. */
  | { kind: 'none'; flag: FixFlag };

/**
 * One sight line cut with the terrain.
 *
 * σ_range = √((d·sec²el·σ_el)² + σ_z²)/|g′(d)|, σ_cross = d·σ_az where that is linear. Where the ray grazes
 * (|g′| < 0.02), σ_range > 0.25 d, or the rays 2 σ higher and lower hit elsewhere, 200 draws from the posterior
 * over the terrain make the ellipse. A base that may hide behind a ridge, or a crest passed with less than 2 σ_el,
 * leaves a bearing with a lower bound of range. An eye below the ground, or unknown ground on the way: none.
 */
export const fixOnTerrain = (
  terrain: Terrain,
  eye: Eye,
  sight: SightLine,
  options: PosteriorOptions,
): TerrainFix => {
  const cast = (sigmas: number) =>
    raycast(terrain, eye, {
      azimuthDeg: sight.azimuthDeg,
      elevationDeg: Math.min(
        89,
        Math.max(-89, sight.elevationDeg + sigmas * sight.elevationSigmaDeg),
      ),
      maxRangeM: options.maxRangeM,
    });
  const ray = cast(0);
  if (ray.kind === 'below_ground') return { kind: 'none', flag: 'below_ground' };
  if (ray.kind === 'unknown') return { kind: 'none', flag: 'unknown_ground' };
  const hit = ray.kind === 'hit' && ray.distanceM >= options.minRangeM ? ray : undefined;
  const lowClearance =
    ray.clearanceDeg !== null && ray.clearanceDeg < CREST_SIGMA * sight.elevationSigmaDeg;
  if (hit !== undefined && !lowClearance) {
    const sigmaM = rangeSigma(hit, terrain, sight);
    const [higher, lower] = [cast(CREST_SIGMA), cast(-CREST_SIGMA)];
    if (isLinear(hit, sigmaM) && agrees(hit, sigmaM, higher) && agrees(hit, sigmaM, lower)) {
      return linear(hit, sigmaM, sight);
    }
  }
  const random = createRandom(SEED, 'ground posterior');
  const posterior = groundPosterior(terrain, eye, sight, { options, random });
  if (posterior.kind === 'no_ground') return { kind: 'none', flag: 'above_ground' };
  const { at, ellipse, meanRangeM, rangeSigmaM } = ellipseOfDraws(
    [eye.lon, eye.lat],
    posterior.draws,
  );
  const spread = { at, ellipse, rangeM: meanRangeM, rangeSigmaM };
  if (hit !== undefined && !lowClearance && posterior.hiddenShare <= HIDDEN_SHARE) {
    return { kind: 'ground', ...spread };
  }
  const ranges = posterior.draws.map((draw) => draw.rangeM).toSorted((a, b) => a - b);
  return {
    kind: 'bearing_only',
    flag: posterior.hiddenShare > HIDDEN_SHARE ? 'hidden_base' : 'low_clearance',
    rangeMinM: ranges[Math.floor(0.025 * ranges.length)] ?? options.minRangeM,
    ...spread,
  };
};

const rangeSigma = (hit: RayHit, terrain: Terrain, sight: SightLine): number => {
  const sec = 1 / Math.cos(sight.elevationDeg * RAD);
  const fromAngle = hit.distanceM * sec * sec * sight.elevationSigmaDeg * RAD;
  return Math.hypot(fromAngle, terrain.heightSigmaM) / Math.abs(hit.descentPerM);
};

const isLinear = (hit: RayHit, sigmaM: number): boolean =>
  hit.descentPerM >= LEAST_DESCENT && sigmaM <= LARGEST_SHARE * hit.distanceM;

/** Terrain errors are in σ but not in the moved ray, so it may move less; more means another slope. */
const agrees = (hit: RayHit, sigmaM: number, moved: ReturnType<typeof raycast>): boolean =>
  moved.kind === 'hit' &&
  Math.abs(moved.distanceM - hit.distanceM) <= CREST_SIGMA * LINEAR_FACTOR * sigmaM;

const linear = (hit: RayHit, rangeSigmaM: number, sight: SightLine): TerrainFix => {
  const toAxis = Math.sqrt(CHI2_95);
  return {
    kind: 'ground',
    at: [hit.lon, hit.lat],
    ellipse: rayEllipse(
      {
        alongM: toAxis * rangeSigmaM,
        acrossM: toAxis * hit.distanceM * sight.azimuthSigmaDeg * RAD,
      },
      sight.azimuthDeg,
    ),
    rangeM: hit.distanceM,
    rangeSigmaM,
  };
};
