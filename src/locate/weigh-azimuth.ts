import { normalCdf, normalDensity } from './normal.ts';

const RAD = Math.PI / 180;
/** Further than this many σ from the ground seen is not an error of the angle but another cause. */
const IMPOSSIBLE_SIGMA = 5;
/** Ground that turns by less than this share of σ within a stretch is seen at one angle. */
const LEVEL_SIGMA = 1e-3;

/** What a camera says of elevation, and what is assumed of terrain and smoke. Degrees, metres, one σ. */
export type Seeing = {
  elevationDeg: number;
  elevationSigmaDeg: number;
  heightSigmaM: number;
  /** Mean height of smoke when it is first seen. */
  smokeHeightM: number;
  minRangeM: number;
};

/** Ground along one azimuth: `angleDeg[i]` is where it appears at `(i + 1) · stepM`; NaN where unknown. */
export type Along = { angleDeg: Float64Array; stepM: number };

/**
 * How likely a fire stands on each stretch of ground along one azimuth, up to a common factor: `weights[i]` for the
 * stretch that ends at `(i + 1) · stepM`. Unknown ground neither hides nor can be the place; nor can the first stretch.
 *
 * A camera sees the lowest smoke that nothing hides: at range d that is the ground's own angle θ(d), or the horizon
 * h(d) = max θ before d where a ridge hides the base, and smoke must be (h − θ)·d tall. So p ∝ d (a wedge widens: each
 * hectare is as likely) · exp(−needed height ÷ smokeHeightM) · N(elevation; max(θ, h), σ_el² + (σ_z/d)²), d in σ_z/d
 * that of the ground whose edge is seen. θ is taken as linear within a stretch and N integrated over it: a steep
 * slope passes many σ in one cell.
 */
export const weighAzimuth = (
  { angleDeg, stepM }: Along,
  seeing: Seeing,
  weights: Float64Array,
): { total: number; hidden: number } => {
  let horizon = Number.NEGATIVE_INFINITY;
  // Of the elevation seen, were the smoke cut off by the horizon.
  let cutDensity = 0;
  let near = Number.NaN;
  let total = 0;
  let hidden = 0;
  for (let i = 0; i < angleDeg.length; i++) {
    const far = angleDeg[i] ?? Number.NaN;
    const rangeM = (i + 0.5) * stepM;
    // The part of the stretch that rises above the horizon is seen, the part before it is not.
    const seen = far > horizon ? Math.min(1, (far - horizon) / (far - near)) : 0;
    if (rangeM >= seeing.minRangeM && !Number.isNaN(near + far)) {
      const visible = seen > 0 ? seen * densityBetween(horizon, far, rangeM, seeing) : 0;
      const above = (horizon - near + Math.max(0, horizon - far)) / 2;
      const behind =
        seen < 1 && cutDensity > 0 ? (1 - seen) * cutDensity * survival(above, rangeM, seeing) : 0;
      weights[i] = rangeM * (visible + behind);
      total += rangeM * (visible + behind);
      hidden += rangeM * behind;
    }
    if (far > horizon) {
      horizon = far;
      cutDensity = densityAt(horizon, rangeM + stepM / 2, seeing);
    }
    near = far;
  }
  return { total, hidden };
};

/** σ of the angle at which ground is seen, its own height's error included, degrees. */
export const sigmaAt = (rangeM: number, { elevationSigmaDeg, heightSigmaM }: Seeing): number =>
  // Not Math.hypot: this is asked ten thousand times a fix, and that is ten times slower.
  Math.sqrt(elevationSigmaDeg ** 2 + (heightSigmaM / rangeM / RAD) ** 2);

const densityAt = (angle: number, rangeM: number, seeing: Seeing): number => {
  const sigma = sigmaAt(rangeM, seeing);
  const z = (angle - seeing.elevationDeg) / sigma;
  return Math.abs(z) > IMPOSSIBLE_SIGMA ? 0 : normalDensity(z) / sigma;
};

/** Mean density over ground that rises evenly from one angle to the other. */
const densityBetween = (from: number, to: number, rangeM: number, seeing: Seeing): number => {
  const sigma = sigmaAt(rangeM, seeing);
  const low = (from - seeing.elevationDeg) / sigma;
  const high = (to - seeing.elevationDeg) / sigma;
  if (low > IMPOSSIBLE_SIGMA || high < -IMPOSSIBLE_SIGMA) return 0;
  if (high - low < LEVEL_SIGMA) return normalDensity((low + high) / 2) / sigma;
  return (normalCdf(high) - normalCdf(low)) / (high - low) / sigma;
};

/** Probability that smoke stands above a horizon `deg` higher than its ground. */
const survival = (deg: number, rangeM: number, { smokeHeightM }: Seeing): number =>
  Math.exp((-deg * RAD * rangeM) / smokeHeightM);
