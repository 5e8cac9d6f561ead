import type { Covariance } from './covariance.ts';
import { invert } from './covariance.ts';
import type { PlanePoint } from './plane.ts';

/**
 * What one source says about a point of the plane. Angles in radians clockwise from the plane's north, σ one
 * standard deviation. A `bearing` is blind along its ray, a `range` across it.
 */
export type PlaneMeasurement =
  | { kind: 'bearing'; from: PlanePoint; azimuthRad: number; sigmaRad: number }
  | { kind: 'range'; from: PlanePoint; rangeM: number; sigmaM: number }
  | { kind: 'point'; at: PlanePoint; covariance: Covariance };

export type PlaneSolution =
  | {
      kind: 'solved';
      point: PlanePoint;
      /** (JᵀWJ)⁻¹, m². */
      covariance: Covariance;
      /** Weighted sum of squared residuals of each measurement, in their order. */
      chi2Of: readonly number[];
      chi2: number;
      /** Equations minus unknowns: a bearing and a range count one, a point two. */
      degreesOfFreedom: number;
    }
  /** The measurements do not fix a point: one bearing, parallel bearings, or no convergence. */
  | { kind: 'degenerate' };

const TWO_PI = 2 * Math.PI;
const MAX_ITERATIONS = 30;
const CONVERGED_M = 0.001;
/** Information so lopsided that the weak axis is over 1,000 times the strong one is no fix. */
const SINGULAR = 1e-7;
/** Nearer than this an azimuth turns too fast to be linear. */
const NEAREST_M = 1;

const wrapRad = (angle: number): number => angle - TWO_PI * Math.round(angle / TWO_PI);

/** Information matrix and right-hand side of the normal equations. */
type Normal = { ee: number; en: number; nn: number; e: number; n: number };

const empty = (): Normal => ({ ee: 0, en: 0, nn: 0, e: 0, n: 0 });

/** Adds one scalar equation: `east·Δe + north·Δn = residual` with weight 1/σ². */
const addRow = (
  normal: Normal,
  [east, north]: readonly [number, number],
  residual: number,
  weight: number,
): void => {
  normal.ee += weight * east * east;
  normal.en += weight * east * north;
  normal.nn += weight * north * north;
  normal.e += weight * east * residual;
  normal.n += weight * north * residual;
};

const addPoint = (normal: Normal, residual: PlanePoint, covariance: Covariance): void => {
  const weight = invert(covariance);
  normal.ee += weight.ee;
  normal.en += weight.en;
  normal.nn += weight.nn;
  normal.e += weight.ee * residual.eastM + weight.en * residual.northM;
  normal.n += weight.en * residual.eastM + weight.nn * residual.northM;
};

const minus = (a: PlanePoint, b: PlanePoint): PlanePoint => ({
  eastM: a.eastM - b.eastM,
  northM: a.northM - b.northM,
});

const isSingular = ({ ee, en, nn }: Normal): boolean => {
  const trace = ee + nn;
  return !(ee * nn - en * en > SINGULAR * trace * trace);
};

const solve = ({ ee, en, nn, e, n }: Normal, damping: number): PlanePoint => {
  const [a, d] = [ee * (1 + damping), nn * (1 + damping)];
  const det = a * d - en * en;
  return { eastM: (d * e - en * n) / det, northM: (a * n - en * e) / det };
};

/**
 * Stansfield's closed form: each bearing as a straight line weighted by the distance at which it passes, which
 * the mean of all sources stands in for at first and the first solution afterwards. Points and ranges along their
 * bearing join as they are.
 */
const stansfield = (measurements: readonly PlaneMeasurement[]): PlanePoint | undefined => {
  let at: PlanePoint | undefined;
  for (let pass = 0; pass < 2; pass++) {
    const normal = empty();
    for (const m of measurements) {
      if (m.kind === 'point') addPoint(normal, m.at, m.covariance);
      if (m.kind !== 'bearing') continue;
      const across: [number, number] = [Math.cos(m.azimuthRad), -Math.sin(m.azimuthRad)];
      const offset = across[0] * m.from.eastM + across[1] * m.from.northM;
      const distance = at === undefined ? 1_000 : distanceM(at, m.from);
      addRow(normal, across, offset, 1 / (distance * m.sigmaRad) ** 2);
    }
    for (const guess of rangeGuesses(measurements)) {
      addPoint(normal, guess.at, guess.covariance);
    }
    if (isSingular(normal)) return undefined;
    at = solve(normal, 0);
  }
  return at;
};

/** A source that gives both a bearing and a range gives a point to start from. */
const rangeGuesses = (
  measurements: readonly PlaneMeasurement[],
): { at: PlanePoint; covariance: Covariance }[] =>
  measurements.flatMap((range) => {
    if (range.kind !== 'range') return [];
    const bearing = measurements.find(
      (m) =>
        m.kind === 'bearing' &&
        m.from.eastM === range.from.eastM &&
        m.from.northM === range.from.northM,
    );
    if (bearing?.kind !== 'bearing') return [];
    const { azimuthRad } = bearing;
    return [
      {
        at: {
          eastM: range.from.eastM + range.rangeM * Math.sin(azimuthRad),
          northM: range.from.northM + range.rangeM * Math.cos(azimuthRad),
        },
        covariance: { ee: range.sigmaM ** 2, en: 0, nn: range.sigmaM ** 2 },
      },
    ];
  });

const distanceM = (a: PlanePoint, b: PlanePoint): number =>
  Math.max(NEAREST_M, Math.hypot(a.eastM - b.eastM, a.northM - b.northM));

/** The normal equations at `at` and χ² of each measurement there. */
const linearise = (
  measurements: readonly PlaneMeasurement[],
  at: PlanePoint,
): { normal: Normal; chi2Of: number[]; chi2: number } => {
  const normal = empty();
  const chi2Of = measurements.map((m): number => {
    if (m.kind === 'point') {
      const residual = minus(m.at, at);
      addPoint(normal, residual, m.covariance);
      return quadratic(residual, m.covariance);
    }
    const { eastM, northM } = minus(at, m.from);
    const distance = distanceM(at, m.from);
    const [sin, cos] = [eastM / distance, northM / distance];
    if (m.kind === 'range') {
      const residual = m.rangeM - distance;
      addRow(normal, [sin, cos], residual, 1 / m.sigmaM ** 2);
      return (residual / m.sigmaM) ** 2;
    }
    const residual = wrapRad(m.azimuthRad - Math.atan2(eastM, northM));
    addRow(normal, [cos / distance, -sin / distance], residual, 1 / m.sigmaRad ** 2);
    return (residual / m.sigmaRad) ** 2;
  });
  return { normal, chi2Of, chi2: chi2Of.reduce((sum, chi2) => sum + chi2, 0) };
};

const quadratic = ({ eastM, northM }: PlanePoint, covariance: Covariance): number => {
  const w = invert(covariance);
  return w.ee * eastM * eastM + 2 * w.en * eastM * northM + w.nn * northM * northM;
};

/**
 * Weighted least squares for the point that explains all measurements: Gauss–Newton on wrapped azimuth, range
 * and position residuals, damped (Levenberg–Marquardt) where a full step would make it worse, from Stansfield's
 * point or `start`. Pure; a rotation or translation of everything rotates or translates the result.
 */
export const solvePlane = (
  measurements: readonly PlaneMeasurement[],
  start?: PlanePoint,
): PlaneSolution => {
  let at = start ?? stansfield(measurements);
  if (at === undefined) return { kind: 'degenerate' };
  let here = linearise(measurements, at);
  let damping = 0;
  for (let i = 0; i < MAX_ITERATIONS; i++) {
    if (isSingular(here.normal)) return { kind: 'degenerate' };
    const step = solve(here.normal, damping);
    const next: PlanePoint = { eastM: at.eastM + step.eastM, northM: at.northM + step.northM };
    const there = linearise(measurements, next);
    const moved = Math.hypot(step.eastM, step.northM);
    if (there.chi2 <= here.chi2 + 1e-12) {
      [at, here] = [next, there];
      damping = damping < 1e-6 ? 0 : damping / 10;
    } else {
      damping = Math.max(damping * 10, 1e-4);
    }
    if (moved < CONVERGED_M) break;
    if (!Number.isFinite(moved)) return { kind: 'degenerate' };
  }
  const { normal, chi2Of, chi2 } = here;
  if (isSingular(normal)) return { kind: 'degenerate' };
  const equations = measurements.reduce((sum, m) => sum + (m.kind === 'point' ? 2 : 1), 0);
  return {
    kind: 'solved',
    point: at,
    covariance: invert(normal),
    chi2Of,
    chi2,
    degreesOfFreedom: equations - 2,
  };
};
