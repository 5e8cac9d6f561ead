import { wrap360 } from '../shared/geo.ts';
import type { Random } from '../shared/random.ts';
import { type Eye, profile, type Terrain } from '../terrain/index.ts';

const RAD = Math.PI / 180;

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
      /** 200 equally likely places. */
      draws: GroundDraw[];
      /** Probability that the fire's own base cannot be seen: the smoke stands behind a ridge. */
      hiddenShare: number;
    }
  /** The line passes so far above (or below) all ground within range that no error explains it. */
  | { kind: 'no_ground' };

/** Azimuths looked along, evenly over ±3 σ; the terrain beside the ray may be another hill. */
const AZIMUTHS = 21;
const AZIMUTH_REACH = 3;
export const DRAWS = 200;
/** Further than this many σ from all ground is not an error of the angle but another cause. */
const IMPOSSIBLE_SIGMA = 5;

/**
 * Where the fire is, given one sight line and the terrain: p(place | angles) over all places within range.
 *
 * A camera sees the lowest smoke that nothing hides: at range d along an azimuth that is the ground's own angle
 * θ(d), or the horizon h(d) = max θ before d where a ridge hides the base and the smoke must be (h − θ)·d tall.
 * So p ∝ d (fires are as likely on each hectare, and a wedge widens with d) · exp(−needed height ÷ smokeHeightM)
 * · N(elevation; max(θ, h), σ_el² + (σ_z/d)²) · N(azimuth; σ_az). Evaluated for every cell along 21 azimuths; 200
 * places are then drawn from it by systematic resampling. `random` decides the draws and nothing else.
 */
export const groundPosterior = (
  terrain: Terrain,
  eye: Eye,
  sight: SightLine,
  { options, random }: { options: PosteriorOptions; random: Random },
): GroundPosterior => {
  const stepM = terrain.cellM;
  const cells = Math.floor(options.maxRangeM / stepM);
  const weights = new Float64Array(AZIMUTHS * cells);
  let total = 0;
  let hidden = 0;
  let nearest = Number.POSITIVE_INFINITY;
  for (let k = 0; k < AZIMUTHS; k++) {
    const z = AZIMUTH_REACH * ((2 * (k + 0.5)) / AZIMUTHS - 1);
    const azimuthDeg = sight.azimuthDeg + z * sight.azimuthSigmaDeg;
    const prior = Math.exp(-z * z * 0.5);
    const { angleDeg } = profile(terrain, eye, azimuthDeg, { maxRangeM: options.maxRangeM });
    let horizon = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < angleDeg.length; i++) {
      const angle = angleDeg[i] ?? Number.NaN;
      // Unknown ground: it neither hides nor can it be the place.
      if (Number.isNaN(angle)) continue;
      const rangeM = (i + 1) * stepM;
      const behind = horizon > angle;
      const seenAt = behind ? horizon : angle;
      if (angle > horizon) horizon = angle;
      if (rangeM < options.minRangeM) continue;
      const neededM = behind ? (seenAt - angle) * RAD * rangeM : 0;
      const sigma = Math.hypot(sight.elevationSigmaDeg, terrain.heightSigmaM / rangeM / RAD);
      const off = (sight.elevationDeg - seenAt) / sigma;
      nearest = Math.min(nearest, Math.abs(off));
      if (Math.abs(off) > IMPOSSIBLE_SIGMA) continue;
      const weight =
        (prior * rangeM * Math.exp(-0.5 * off * off - neededM / options.smokeHeightM)) / sigma;
      weights[k * cells + i] = weight;
      total += weight;
      if (behind) hidden += weight;
    }
  }
  if (nearest > IMPOSSIBLE_SIGMA || !(total > 0)) return { kind: 'no_ground' };
  const draws = resample(weights, total, random).map((index): GroundDraw => {
    const k = Math.floor(index / cells);
    const z = AZIMUTH_REACH * ((2 * (k + random.next())) / AZIMUTHS - 1);
    return {
      rangeM: Math.max(options.minRangeM, ((index % cells) + 0.5 + random.next()) * stepM),
      azimuthDeg: wrap360(sight.azimuthDeg + z * sight.azimuthSigmaDeg),
    };
  });
  return { kind: 'drawn', draws, hiddenShare: hidden / total };
};

/** Indices of `weights` in proportion to them: one random start, then even steps, so that no share is missed. */
const resample = (weights: Float64Array, total: number, random: Random): number[] => {
  const step = total / DRAWS;
  let next = step * random.next();
  let sum = 0;
  const drawn: number[] = [];
  for (let i = 0; i < weights.length && drawn.length < DRAWS; i++) {
    sum += weights[i] ?? 0;
    while (sum > next && drawn.length < DRAWS) {
      drawn.push(i);
      next += step;
    }
  }
  return drawn;
};
