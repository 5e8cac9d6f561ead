import { wrap180 } from '../shared/geo.ts';
import type { SeenLandmark } from './landmark.ts';
import { type Mounting, pixelDirection } from './sight-line.ts';
import { invertMatrix } from './small-matrix.ts';

const RAD = Math.PI / 180;
const MAX_ITERATIONS = 50;
/** Of the largest step, degrees and ln(focal scale): far below anything a pixel can tell. */
const CONVERGED = 1e-9;
/** Central differences: small against any curvature, large against rounding. */
const DIFFERENCE_STEP = 1e-4;

/** What the landmarks are to determine besides the azimuth offset. */
export type Free = { tilt: boolean; focal: boolean };

/** What of a landmark a mounting leaves unexplained, degrees: true minus seen; azimuth × cos el, an angle in space. */
export type Residual = { azimuthDeg: number; elevationDeg: number | null };

export type MountingFit = {
  mounting: Mounting;
  /** In the order of the landmarks. */
  residuals: Residual[];
  /** Root mean square of all residual angles over their degrees of freedom; 0 when there are none. */
  rmsDeg: number;
  /** The same of one axis; null where less than one degree of freedom is left to it. */
  azimuthRmsDeg: number | null;
  elevationRmsDeg: number | null;
};

export const residualOf = (seen: SeenLandmark, mounting: Mounting): Residual => {
  const direction = pixelDirection(seen.frame, seen.px, mounting);
  const elevationDeg = seen.elevationDeg ?? direction.elevationDeg;
  return {
    azimuthDeg: wrap180(seen.azimuthDeg - direction.azimuthDeg) * Math.cos(elevationDeg * RAD),
    elevationDeg: seen.elevationDeg === null ? null : seen.elevationDeg - direction.elevationDeg,
  };
};

/**
 * The mounting that explains the landmarks best: Levenberg–Marquardt on the residual angles over azimuth offset,
 * tilt offset and ln(focal scale), from `start`; what is not free keeps its value. Undefined when the landmarks
 * do not determine what is free, or nothing converges.
 */
export const fitMounting = (
  landmarks: readonly SeenLandmark[],
  free: Free,
  start: Mounting,
): MountingFit | undefined => {
  const problem: Problem = { landmarks, free, start };
  let at: Unknowns = unknownsOf(start, free);
  let rows = rowsAt(problem, at);
  let damping = 0;
  for (let i = 0; i < MAX_ITERATIONS; i++) {
    const derivatives = jacobian(problem, at);
    const inverse = invertMatrix(damped(normalMatrix(derivatives), damping));
    if (inverse === undefined) return undefined;
    const gradient = at.map((_, k) => sum(rows.map((row, r) => row * (derivatives[r]?.[k] ?? 0))));
    const step = inverse.map((row) => -sum(row.map((value, k) => value * (gradient[k] ?? 0))));
    const next = at.map((value, k) => value + (step[k] ?? 0));
    const there = rowsAt(problem, next);
    const isBetter = sum(there.map(square)) <= sum(rows.map(square)) + 1e-15;
    if (isBetter) [at, rows] = [next, there];
    damping = isBetter ? (damping < 1e-6 ? 0 : damping / 10) : Math.max(damping * 10, 1e-4);
    if (Math.max(...step.map(Math.abs)) < CONVERGED) return fitAt(problem, at);
  }
  return undefined;
};

/**
 * One σ of ln(focal scale), given landmarks of σ 1° each, if it were free as well; infinite when the landmarks
 * say nothing about it (all in the middle of their frames). Multiply with the σ they really have.
 */
export const focalSigmaPerDeg = (
  landmarks: readonly SeenLandmark[],
  tilt: boolean,
  mounting: Mounting,
): number => {
  const free = { tilt, focal: true };
  const at = unknownsOf(mounting, free);
  const inverse = invertMatrix(normalMatrix(jacobian({ landmarks, free, start: mounting }, at)));
  const variance = inverse?.at(-1)?.at(-1);
  return variance === undefined || variance < 0 ? Number.POSITIVE_INFINITY : Math.sqrt(variance);
};

type Problem = { landmarks: readonly SeenLandmark[]; free: Free; start: Mounting };
/** Azimuth offset, then tilt offset and ln(focal scale) as far as they are free. */
type Unknowns = number[];

const unknownsOf = (mounting: Mounting, free: Free): Unknowns => [
  mounting.azimuthOffsetDeg,
  ...(free.tilt ? [mounting.tiltOffsetDeg] : []),
  ...(free.focal ? [Math.log(mounting.focalScale)] : []),
];

const mountingAt = ({ free, start }: Problem, at: Unknowns): Mounting => {
  const [azimuthOffsetDeg = start.azimuthOffsetDeg, ...rest] = at;
  const tiltOffsetDeg = free.tilt ? rest[0] : undefined;
  const lnFocalScale = free.focal ? rest.at(-1) : undefined;
  return {
    azimuthOffsetDeg,
    tiltOffsetDeg: tiltOffsetDeg ?? start.tiltOffsetDeg,
    focalScale: lnFocalScale === undefined ? start.focalScale : Math.exp(lnFocalScale),
  };
};

/** All azimuth residuals, then those of elevation there are. */
const rowsAt = (problem: Problem, at: Unknowns): number[] => {
  const mounting = mountingAt(problem, at);
  const residuals = problem.landmarks.map((seen) => residualOf(seen, mounting));
  return [...residuals.map((r) => r.azimuthDeg), ...residuals.flatMap((r) => r.elevationDeg ?? [])];
};

/** Derivatives of each row by each unknown. */
const jacobian = (problem: Problem, at: Unknowns): number[][] => {
  const columns = at.map((_, k) => {
    const moved = (by: number) => at.map((value, j) => (j === k ? value + by : value));
    const [before, after] = [moved(-DIFFERENCE_STEP), moved(DIFFERENCE_STEP)].map((there) =>
      rowsAt(problem, there),
    );
    return (before ?? []).map((value, r) => ((after?.[r] ?? 0) - value) / (2 * DIFFERENCE_STEP));
  });
  return (columns[0] ?? []).map((_, r) => columns.map((column) => column[r] ?? 0));
};

const normalMatrix = (derivatives: readonly number[][]): number[][] =>
  (derivatives[0] ?? []).map((_, j) =>
    (derivatives[0] ?? []).map((__, k) =>
      sum(derivatives.map((row) => (row[j] ?? 0) * (row[k] ?? 0))),
    ),
  );

const damped = (matrix: readonly number[][], damping: number): number[][] =>
  matrix.map((row, j) => row.map((value, k) => (j === k ? value * (1 + damping) : value)));

const fitAt = (problem: Problem, at: Unknowns): MountingFit => {
  const mounting = mountingAt(problem, at);
  const rows = rowsAt(problem, at);
  const derivatives = jacobian(problem, at);
  const inverse = invertMatrix(normalMatrix(derivatives)) ?? [];
  // A row's leverage is the share of itself it has fitted away: what is left of all rows are the degrees of freedom.
  const leverages = derivatives.map((row) =>
    sum(row.map((a, j) => sum(row.map((b, k) => a * (inverse[j]?.[k] ?? 0) * b)))),
  );
  const rmsOf = (from: number, to: number, least: number): number | null => {
    const freedom = to - from - sum(leverages.slice(from, to));
    // Rounding leaves something like 1e-16 where nothing is left.
    return freedom < least ? null : Math.sqrt(sum(rows.slice(from, to).map(square)) / freedom);
  };
  const azimuths = problem.landmarks.length;
  return {
    mounting,
    residuals: problem.landmarks.map((seen) => residualOf(seen, mounting)),
    rmsDeg: rmsOf(0, rows.length, 0.5) ?? 0,
    azimuthRmsDeg: rmsOf(0, azimuths, 0.99),
    elevationRmsDeg: rmsOf(azimuths, rows.length, 0.99),
  };
};

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const square = (value: number): number => value * value;
