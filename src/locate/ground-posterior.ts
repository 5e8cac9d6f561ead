import { wrap360 } from '../shared/geo.ts';
import type { Random } from '../shared/random.ts';
import { type Eye, profile, type Terrain } from '../terrain/index.ts';
import { type Seeing, sigmaAt, weighAzimuth } from './weigh-azimuth.ts';

/** A sight line with its errors, one σ, degrees. */
export type SightLine = {
  azimuthDeg: number;
  azimuthSigmaDeg: number;
  elevationDeg: number;
  elevationSigmaDeg: number;
};

export type PosteriorOptions = {
  minRangeM: number;
  maxRangeM: number;
  /** Mean height of smoke when it is first seen, metres: how far behind a ridge a fire may hide. */
  smokeHeightM: number;
};

/** A place drawn from the posterior, as seen from the eye. */
export type GroundDraw = { rangeM: number; azimuthDeg: number };

export type GroundPosterior =
  | {
      kind: 'drawn';
      /** Equally likely places. */
      draws: GroundDraw[];
      /** Probability that the fire's own base cannot be seen: the smoke stands behind a ridge. */
      hiddenShare: number;
    }
  /** The line passes so far above (or below) all ground within range that no error explains it. */
  | { kind: 'no_ground' };

/** Azimuths looked along, evenly over ±3 σ; the terrain beside the ray may be another hill. */
const AZIMUTHS = 21;
const AZIMUTH_REACH = 3;
/** With 200 the ellipse that holds 95 % of them holds only 94 % of what they are drawn from. */
const DRAWS = 1_000;
/** Longest stretch taken as one place, metres: a cell may be larger than the whole ellipse of a near fire. */
const LONGEST_STEP_M = 30;

/**
 * Where the fire is, given one sight line and the terrain: p(place | angles) over all places within range.
 *
 * The weights of `weighAzimuth`, every 30 m along 21 azimuths, times N(azimuth; σ_az); 1,000 places are then drawn
 * by systematic resampling. `random` decides the draws and nothing else.
 */
export const groundPosterior = (
  terrain: Terrain,
  eye: Eye,
  sight: SightLine,
  { options, random }: { options: PosteriorOptions; random: Random },
): GroundPosterior => {
  const { maxRangeM } = options;
  const seeing: Seeing = { ...sight, ...options, heightSigmaM: terrain.heightSigmaM };
  const stepM = Math.min(terrain.cellM, LONGEST_STEP_M);
  const rays = Array.from({ length: AZIMUTHS }, (_, k) => {
    const z = azimuthSigmas(k, 0.5);
    const azimuthDeg = sight.azimuthDeg + z * sight.azimuthSigmaDeg;
    const { angleDeg } = profile(terrain, eye, azimuthDeg, { maxRangeM, stepM });
    const weights = new Float64Array(angleDeg.length);
    const prior = Math.exp(-0.5 * z * z);
    return { angleDeg, weights, prior, ...weighAzimuth({ angleDeg, stepM }, seeing, weights) };
  });
  const total = rays.reduce((sum, ray) => sum + ray.prior * ray.total, 0);
  if (!(total > 0)) return { kind: 'no_ground' };
  const hidden = rays.reduce((sum, ray) => sum + ray.prior * ray.hidden, 0);
  const draws = resample(rays, total, random).map(([k, i]): GroundDraw => {
    const angles = rays[k]?.angleDeg;
    const ends = [angles?.[i - 1] ?? Number.NaN, angles?.[i] ?? Number.NaN] as const;
    const sigmaDeg = sigmaAt((i + 0.5) * stepM, seeing);
    const rangeM = (i + shareOfStretch(ends, sight.elevationDeg, sigmaDeg, random)) * stepM;
    const aside = azimuthSigmas(k, random.next()) * sight.azimuthSigmaDeg;
    return {
      rangeM: Math.max(options.minRangeM, rangeM),
      azimuthDeg: wrap360(sight.azimuthDeg + aside),
    };
  });
  return { kind: 'drawn', draws, hiddenShare: hidden / total };
};

/** How many σ aside the `share` of strip `k` lies. */
const azimuthSigmas = (k: number, share: number): number =>
  AZIMUTH_REACH * ((2 * (k + share)) / AZIMUTHS - 1);

const PATIENCE = 20;

/**
 * Where in the stretch, 0 to 1: on a slope that rises through many σ most of it is impossible. By rejection; where
 * the ground does not rise it is hidden, and every place as likely.
 */
const shareOfStretch = (
  [near, far]: readonly [number, number],
  elevationDeg: number,
  sigmaDeg: number,
  random: Random,
): number => {
  if (!(far - near > sigmaDeg / 2)) return random.next();
  const logDensity = (angle: number): number => -0.5 * ((angle - elevationDeg) / sigmaDeg) ** 2;
  const highest = logDensity(Math.min(far, Math.max(near, elevationDeg)));
  let share = random.next();
  for (let tries = 0; tries < PATIENCE; tries++) {
    if (random.next() < Math.exp(logDensity(near + share * (far - near)) - highest)) break;
    share = random.next();
  }
  return share;
};

/** Ray and stretch in proportion to their weight: one random start, then even steps, so that no share is missed. */
const resample = (
  rays: readonly { weights: Float64Array; prior: number }[],
  total: number,
  random: Random,
): [ray: number, stretch: number][] => {
  const step = total / DRAWS;
  let next = step * random.next();
  let sum = 0;
  const drawn: [number, number][] = [];
  for (const [k, { weights, prior }] of rays.entries()) {
    for (let i = 0; i < weights.length; i++) {
      sum += prior * (weights[i] ?? 0);
      for (; sum > next && drawn.length < DRAWS; next += step) drawn.push([k, i]);
    }
  }
  return drawn;
};
