import { type Fix, geodesicInverse, type LonLat } from '../shared/geo.ts';
import { chi2Limit99 } from './chi2.ts';
import { add, type Covariance, fromEllipse, invert } from './covariance.ts';
import { onOneMast } from './masts.ts';
import { type Plane, planeAt } from './plane.ts';
import type { Sighting } from './sighting.ts';
import { type PlaneMeasurement, type PlaneSolution, solvePlane } from './solve-plane.ts';

const RAD = Math.PI / 180;
/** Bearings that cross at less are parallel for all their errors tell: the range is a guess. */
export const LEAST_CROSSING_DEG = 15;
/** Moving the plane's centre to the solution stops here. */
const RECENTRED_M = 5;
const MAX_RECENTRINGS = 4;

/** One detection's part in a fix: what it measured, and the fix it makes alone. */
export type Contribution = { id: string; sighting: Sighting; fix: Fix };

export type JointSolution = {
  at: LonLat;
  /** East–north at `at`, m². */
  covariance: Covariance;
  chi2: number;
  /** Of each contribution, in their order; range priors count nothing. */
  chi2Of: readonly number[];
  degreesOfFreedom: number;
  crossing: 'good' | 'narrow' | 'one_mast' | 'none';
  /** Contributions whose bearing points away from the solution, or from farther than `maxRangeM`. */
  impossible: readonly number[];
};

/**
 * The point that explains all contributions best: Gauss–Newton in a plane about it, with bearings turned by the
 * convergence of the meridians. Ranges of the terrain and reported points are further measurements; so is a range
 * prior of the terrain that agrees with where the bearings cross. Where they do not cross (under 15°, or from one
 * mast) and nothing gives a range, all range priors count. Undefined when even so no point is fixed.
 */
export const solveJointly = (
  contributions: readonly Contribution[],
  maxRangeM: number,
): JointSolution | undefined => {
  const start = weightedMean(contributions);
  const pure = solveAbout(contributions, start, noPrior);
  if (pure !== undefined) {
    const solution = describe(contributions, pure, maxRangeM);
    const ranged = contributions.some(({ sighting }) => sighting.range ?? sighting.point);
    if (solution.crossing === 'good' || (ranged && solution.impossible.length === 0)) {
      return withAgreeingPriors(contributions, solution, maxRangeM);
    }
  }
  const helped = solveAbout(contributions, start, () => true);
  return helped === undefined ? undefined : describe(contributions, helped, maxRangeM);
};

/** Does this contribution's range prior count? */
type PriorCounts = (contribution: Contribution) => boolean;
const noPrior: PriorCounts = () => false;

/**
 * Without these, a second bearing that crosses the first at a bad angle would leave a larger ellipse than the
 * terrain gave the first alone.
 */
const withAgreeingPriors = (
  contributions: readonly Contribution[],
  pure: JointSolution,
  maxRangeM: number,
): JointSolution => {
  const agreeing = new Set(contributions.filter((one) => priorAgrees(one, pure)));
  if (agreeing.size === 0) return pure;
  const solved = solveAbout(contributions, pure.at, (one) => agreeing.has(one));
  return solved === undefined ? pure : describe(contributions, solved, maxRangeM);
};

const priorAgrees = ({ sighting }: Contribution, { at, covariance }: JointSolution): boolean => {
  const { station, rangePrior, range, point } = sighting;
  if (rangePrior?.from !== 'terrain' || station === null) return false;
  if (range !== null || point !== null) return false;
  const { distanceM, azimuthDeg } = geodesicInverse(at, [station.lon, station.lat]);
  const [sin, cos] = [Math.sin(azimuthDeg * RAD), Math.cos(azimuthDeg * RAD)];
  const along =
    covariance.ee * sin * sin + 2 * covariance.en * sin * cos + covariance.nn * cos * cos;
  const off = rangePrior.rangeM - distanceM;
  return off * off <= chi2Limit99(1) * (rangePrior.sigmaM ** 2 + along);
};

type Solved = Extract<PlaneSolution, { kind: 'solved' }>;
type Placed = {
  plane: Plane;
  solution: Solved;
  owners: readonly number[];
  priors: readonly boolean[];
};

const solveAbout = (
  contributions: readonly Contribution[],
  start: LonLat,
  priorCounts: PriorCounts,
): Placed | undefined => {
  let plane = planeAt(start);
  let placed: Placed | undefined;
  for (let i = 0; i < MAX_RECENTRINGS; i++) {
    const { measurements, owners, priors } = measure(contributions, plane, priorCounts);
    const solution = bestOf(
      solvePlane(measurements),
      solvePlane(measurements, { eastM: 0, northM: 0 }),
    );
    if (solution === undefined) return undefined;
    placed = { plane, solution, owners, priors };
    const { eastM, northM } = solution.point;
    if (Math.hypot(eastM, northM) < RECENTRED_M) break;
    // Farther than any plane is good for: the bearings diverge.
    if (Math.hypot(eastM, northM) > 1e6) return undefined;
    plane = planeAt(plane.fromPlane(solution.point));
  }
  return placed;
};

/** Bearings have two solutions, before and behind; the start decides which is found, χ² which is right. */
const bestOf = (a: PlaneSolution, b: PlaneSolution): Solved | undefined => {
  if (a.kind === 'degenerate') return b.kind === 'degenerate' ? undefined : b;
  if (b.kind === 'degenerate') return a;
  return b.chi2 < a.chi2 ? b : a;
};

const measure = (
  contributions: readonly Contribution[],
  plane: Plane,
  priorCounts: PriorCounts,
): { measurements: PlaneMeasurement[]; owners: number[]; priors: boolean[] } => {
  const measurements: PlaneMeasurement[] = [];
  const owners: number[] = [];
  const priors: boolean[] = [];
  const push = (owner: number, measurement: PlaneMeasurement, prior = false): void => {
    measurements.push(measurement);
    owners.push(owner);
    priors.push(prior);
  };
  contributions.forEach((contribution, i) => {
    const { station, bearing, range, rangePrior, point } = contribution.sighting;
    if (point !== null) {
      const covariance = fromEllipse(point.ellipse);
      push(i, { kind: 'point', at: plane.toPlane([point.lon, point.lat]), covariance });
      return;
    }
    if (station === null || bearing === null) return;
    const place: LonLat = [station.lon, station.lat];
    const from = plane.toPlane(place);
    const azimuthRad = (bearing.azimuthDeg + plane.northDeg(place)) * RAD;
    push(i, { kind: 'bearing', from, azimuthRad, sigmaRad: bearing.sigmaDeg * RAD });
    if (range !== null) push(i, { kind: 'range', from, ...range });
    else if (rangePrior !== null && priorCounts(contribution)) {
      const { rangeM, sigmaM } = rangePrior;
      push(i, { kind: 'range', from, rangeM, sigmaM }, true);
    }
  });
  return { measurements, owners, priors };
};

const describe = (
  contributions: readonly Contribution[],
  { plane, solution, owners, priors }: Placed,
  maxRangeM: number,
): JointSolution => {
  const at = plane.fromPlane(solution.point);
  const chi2Of = contributions.map(() => 0);
  let chi2 = 0;
  let priorCount = 0;
  solution.chi2Of.forEach((value, i) => {
    if (priors[i] === true) {
      priorCount += 1;
      return;
    }
    const owner = owners[i] ?? 0;
    chi2Of[owner] = (chi2Of[owner] ?? 0) + value;
    chi2 += value;
  });
  const rays = contributions.map(({ sighting: { station, bearing, point } }) =>
    station === null || bearing === null || point !== null
      ? undefined
      : { station, azimuthDeg: bearing.azimuthDeg, ...seenFrom([station.lon, station.lat], at) },
  );
  return {
    at,
    covariance: solution.covariance,
    chi2,
    chi2Of,
    degreesOfFreedom: Math.max(0, solution.degreesOfFreedom - priorCount),
    crossing: crossingOf(rays.filter((ray) => ray !== undefined)),
    impossible: rays.flatMap((ray, i) =>
      ray !== undefined &&
      (ray.distanceM > maxRangeM || Math.cos((ray.azimuthDeg - ray.toDeg) * RAD) < 0)
        ? [i]
        : [],
    ),
  };
};

const seenFrom = (from: LonLat, at: LonLat) => {
  const { distanceM, azimuthDeg } = geodesicInverse(from, at);
  return { distanceM, toDeg: azimuthDeg };
};

type Ray = { station: { lon: number; lat: number; heightM: number | null }; toDeg: number };

/** At what angle the best pair of lines of sight from different masts meets. */
const crossingOf = (rays: readonly Ray[]): JointSolution['crossing'] => {
  if (rays.length < 2) return 'none';
  let best: JointSolution['crossing'] = 'one_mast';
  const least = Math.sin(LEAST_CROSSING_DEG * RAD);
  for (const [i, a] of rays.entries()) {
    for (const b of rays.slice(i + 1)) {
      if (onOneMast(a.station, b.station)) continue;
      if (Math.abs(Math.sin((a.toDeg - b.toDeg) * RAD)) >= least) return 'good';
      best = 'narrow';
    }
  }
  return best;
};

/** The mean of the contributions' own fixes, weighted by their ellipses: where to lay the plane at first. */
const weightedMean = (contributions: readonly Contribution[]): LonLat => {
  const [first] = contributions;
  if (first === undefined) throw new RangeError('a fix needs at least one contribution');
  const plane = planeAt([first.fix.lon, first.fix.lat]);
  let information: Covariance = { ee: 0, en: 0, nn: 0 };
  let [east, north] = [0, 0];
  for (const { fix } of contributions) {
    const weight = invert(fromEllipse(fix.ellipse));
    const { eastM, northM } = plane.toPlane([fix.lon, fix.lat]);
    information = add(information, weight);
    east += weight.ee * eastM + weight.en * northM;
    north += weight.en * eastM + weight.nn * northM;
  }
  const covariance = invert(information);
  return plane.fromPlane({
    eastM: covariance.ee * east + covariance.en * north,
    northM: covariance.en * east + covariance.nn * north,
  });
};
