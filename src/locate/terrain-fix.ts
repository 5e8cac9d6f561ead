import { type Ellipse, type FixFlag, type LonLat, wrap180 } from '../shared/geo.ts';
import { createRandom } from '../shared/random.ts';
import { type Eye, type RayHit, raycast, type Terrain } from '../terrain/index.ts';
import { CHI2_95 } from './covariance.ts';
import { ellipseOfDraws, rayEllipse } from './draws-ellipse.ts';
import {
  type GroundDraw,
  groundPosterior,
  type PosteriorOptions,
  type SightLine,
} from './ground-posterior.ts';

const RAD = Math.PI / 180;
/** Below this descent per metre a ray grazes, and the linear error formula says anything. */
const LEAST_DESCENT = 0.02;
/** A range less sure than this share of itself is not linear any more. */
const LARGEST_SHARE = 0.25;
/** A crest passed closer than this many σ may be what the ray really hit. */
const CREST_SIGMA = 2;
/** More probability than this behind a ridge, and the place is not what the ray hits. */
const HIDDEN_SHARE = 0.05;
/** The linear ellipse stands for the draws when it holds 95 % of them, give or take this. */
const LINEAR_SHARE = 0.02;
/** A drone that looks down this near and steeply looks past no crest; the draws are too coarse for it. */
const NEAR_M = 500;
const STEEP = 0.3;
/** The draws are the same for the same sight line: a fix made again is the same fix. */
const SEED = 1;

type GroundFix = {
  kind: 'ground';
  at: LonLat;
  ellipse: Ellipse;
  rangeM: number;
  rangeSigmaM: number;
};

/** What one sight line and the terrain give. Metres over ground from the eye; ellipse 95 %. */
export type TerrainFix =
  /** The ray meets the ground in one place. */
  | GroundFix
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
 * The posterior over the ground (see `groundPosterior`) decides; where it is what the linear formula says,
 * σ_range = √((d·sec²el·σ_el)² + σ_z²)/|g′(d)| and σ_cross = d·σ_az at the hit stand for it. They do not where the ray
 * grazes (|g′| < 0.02), σ_range > 0.25 d, a crest is passed with less than 2 σ_el, the base may hide behind a ridge,
 * or the ground beside or beyond the hit is another slope: then the ellipse is that of the draws. With a crest so
 * close, or a base that may hide, it is a bearing with a lower bound of range. An eye below the ground, or unknown
 * ground on the way: none.
 */
export const fixOnTerrain = (
  terrain: Terrain,
  eye: Eye,
  sight: SightLine,
  options: PosteriorOptions,
): TerrainFix => {
  const { azimuthDeg, elevationDeg } = sight;
  const { maxRangeM } = options;
  const ray = raycast(terrain, eye, { azimuthDeg, elevationDeg, maxRangeM });
  if (ray.kind === 'below_ground') return { kind: 'none', flag: 'below_ground' };
  if (ray.kind === 'unknown') return { kind: 'none', flag: 'unknown_ground' };
  if (ray.kind === 'hit' && ray.distanceM < NEAR_M && ray.descentPerM > STEEP) {
    const straight = linear(ray, rangeSigma(ray, terrain, sight), sight);
    if (isLinear(ray, straight.rangeSigmaM)) return straight;
  }
  const random = createRandom(SEED, 'ground posterior');
  const posterior = groundPosterior(terrain, eye, sight, { options, random });
  if (posterior.kind === 'no_ground') return { kind: 'none', flag: 'above_ground' };
  const { draws, hiddenShare } = posterior;
  const lowClearance =
    ray.clearanceDeg !== null && ray.clearanceDeg < CREST_SIGMA * sight.elevationSigmaDeg;
  const seen =
    ray.kind === 'hit' &&
    ray.distanceM >= options.minRangeM &&
    !lowClearance &&
    hiddenShare <= HIDDEN_SHARE;
  if (seen) {
    const straight = linear(ray, rangeSigma(ray, terrain, sight), sight);
    if (isLinear(ray, straight.rangeSigmaM) && holds95(straight, sight, draws)) return straight;
  }
  const { at, ellipse, meanRangeM, rangeSigmaM } = ellipseOfDraws([eye.lon, eye.lat], draws);
  const spread = { at, ellipse, rangeM: meanRangeM, rangeSigmaM };
  if (seen) return { kind: 'ground', ...spread };
  const ranges = draws.map((draw) => draw.rangeM).toSorted((a, b) => a - b);
  return {
    kind: 'bearing_only',
    flag: hiddenShare > HIDDEN_SHARE ? 'hidden_base' : 'low_clearance',
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

/** Are 95 % of the draws in the ellipse of the linear formula, neither less nor more? */
const holds95 = (fix: GroundFix, sight: SightLine, draws: readonly GroundDraw[]): boolean => {
  const acrossSigma = sight.azimuthSigmaDeg * RAD;
  const inside = draws.filter(({ rangeM, azimuthDeg }) => {
    const along = (rangeM - fix.rangeM) / fix.rangeSigmaM;
    const across = (wrap180(azimuthDeg - sight.azimuthDeg) * RAD) / acrossSigma;
    return along * along + across * across <= CHI2_95;
  }).length;
  return Math.abs(inside / draws.length - 0.95) <= LINEAR_SHARE;
};

const linear = (hit: RayHit, rangeSigmaM: number, sight: SightLine): GroundFix => {
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
