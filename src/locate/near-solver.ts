import type { LonLat } from '../shared/geo.ts';
import { fromEllipse } from './covariance.ts';
import { type Contribution, LEAST_CROSSING_DEG } from './joint.ts';
import { onOneMast } from './masts.ts';
import { type PlanePoint, planeAt } from './plane.ts';
import type { Station } from './sighting.ts';
import { type PlaneMeasurement, type PlaneSolution, solvePlane } from './solve-plane.ts';

const RAD = Math.PI / 180;
/** Stations of one mast are nearer than this in any plane; the exact distance decides. */
const MAYBE_ONE_MAST_M = 200;

/** A contribution laid into the solver's plane; good for any number of sets. */
export type NearSource = {
  /** Its own fix; laid only when asked for. */
  at: () => PlanePoint;
  sight: {
    station: Station;
    from: PlanePoint;
    /** What turns a plane azimuth at the station into a true one, degrees. */
    northDeg: number;
    bearing: PlaneMeasurement & { kind: 'bearing' };
  } | null;
  /** Measured by the source. */
  range: PlaneMeasurement | null;
  /** What the terrain or its reach says; the former has long tails, and its elevation judges better. */
  prior: PlaneMeasurement | null;
  point: PlaneMeasurement | null;
};

/** Where the solution is as one source sees it: true azimuth at the station, degrees; metres. */
export type Seen = { azimuthDeg: number; distanceM: number };

export type NearSolution = {
  at: PlanePoint;
  /** Of each source, in their order; range priors count nothing. */
  chi2Of: readonly number[];
  /** From each source that has a sight line. */
  seenFrom: readonly (Seen | null)[];
  /** False when some bearing points away from it or from farther than `maxRangeM`. */
  possible: boolean;
};

export type NearSolver = {
  lay: (contribution: Contribution) => NearSource;
  toPlane: (at: LonLat) => PlanePoint;
  seen: (source: NearSource, at: PlanePoint) => Seen | null;
  /** Undefined when they fix no point. */
  solve: (sources: readonly NearSource[]) => NearSolution | undefined;
};

/**
 * Solves many sets of contributions about one place, which is within 30 km of `centre`: as `solveJointly`, some
 * twenty times faster, for everything is laid into one plane once; and ranges of the terrain count only where the
 * bearings do not cross.
 */
export const createNearSolver = (centre: LonLat, maxRangeM: number): NearSolver => {
  const plane = planeAt(centre);

  const lay = ({ sighting, fix }: Contribution): NearSource => {
    let laid: PlanePoint | undefined;
    const at = (): PlanePoint => {
      laid ??= plane.toPlane([fix.lon, fix.lat]);
      return laid;
    };
    const { station, bearing, range, rangePrior, point } = sighting;
    if (point !== null) {
      const where = plane.toPlane([point.lon, point.lat]);
      const covariance = fromEllipse(point.ellipse);
      const measured = { kind: 'point' as const, at: where, covariance };
      return { at, sight: null, range: null, prior: null, point: measured };
    }
    if (station === null || bearing === null) {
      return { at, sight: null, range: null, prior: null, point: null };
    }
    const from = plane.toPlane([station.lon, station.lat]);
    const guessed = fix.method === 'terrain';
    const guess = guessed ? range : rangePrior;
    const ranging = ({ rangeM, sigmaM }: { rangeM: number; sigmaM: number }) =>
      ({ kind: 'range', from, rangeM, sigmaM }) as const;
    const northDeg = plane.northDeg([station.lon, station.lat]);
    const azimuthRad = (bearing.azimuthDeg + northDeg) * RAD;
    const sigmaRad = bearing.sigmaDeg * RAD;
    return {
      at,
      sight: { station, from, northDeg, bearing: { kind: 'bearing', from, azimuthRad, sigmaRad } },
      range: range === null || guessed ? null : ranging(range),
      prior: guess === null ? null : ranging(guess),
      point: null,
    };
  };

  const seen = ({ sight }: NearSource, at: PlanePoint): Seen | null => {
    if (sight === null) return null;
    const [east, north] = [at.eastM - sight.from.eastM, at.northM - sight.from.northM];
    return {
      azimuthDeg: Math.atan2(east, north) / RAD - sight.northDeg,
      distanceM: Math.hypot(east, north),
    };
  };

  const describe = (
    sources: readonly NearSource[],
    owners: readonly number[],
    solved: Solved,
  ): NearSolution => {
    const chi2Of = sources.map(() => 0);
    owners.forEach((owner, i) => {
      chi2Of[owner] = (chi2Of[owner] ?? 0) + (solved.chi2Of[i] ?? 0);
    });
    const seenFrom = sources.map((source) => seen(source, solved.point));
    const possible = seenFrom.every((view, i) => {
      const sight = sources[i]?.sight;
      if (view === null || sight === null || sight === undefined) return true;
      const off = (view.azimuthDeg + sight.northDeg) * RAD - sight.bearing.azimuthRad;
      return view.distanceM <= maxRangeM && Math.cos(off) > 0;
    });
    return { at: solved.point, chi2Of, seenFrom, possible };
  };

  const attempt = (
    sources: readonly NearSource[],
    withPriors: boolean,
  ): NearSolution | undefined => {
    const measurements: PlaneMeasurement[] = [];
    const owners: number[] = [];
    const priors: PlaneMeasurement[] = [];
    for (const [i, { sight, range, prior, point }] of sources.entries()) {
      for (const one of [point, sight?.bearing ?? null, range]) {
        if (one === null) continue;
        measurements.push(one);
        owners.push(i);
      }
      if (withPriors && prior !== null && range === null) priors.push(prior);
    }
    // Priors come last: what has no owner counts in the solution and not in χ².
    const all = [...measurements, ...priors];
    let best: NearSolution | undefined;
    for (const start of [() => undefined, () => meanOf(sources)]) {
      const solved = solvePlane(all, start());
      if (solved.kind === 'degenerate') continue;
      const solution = describe(sources, owners, solved);
      if (solution.possible) return solution;
      best ??= solution;
    }
    return best;
  };

  return {
    lay,
    toPlane: plane.toPlane,
    seen,
    solve: (sources) => {
      const pure = attempt(sources, false);
      const ranged = sources.some(({ range, point }) => (range ?? point) !== null);
      if (pure !== undefined && ((ranged && pure.possible) || crossesWell(sources, pure))) {
        return pure;
      }
      return attempt(sources, true);
    },
  };
};

type Solved = Extract<PlaneSolution, { kind: 'solved' }>;

const meanOf = (sources: readonly NearSource[]): PlanePoint => {
  const places = sources.map(({ at }) => at());
  return {
    eastM: places.reduce((sum, { eastM }) => sum + eastM, 0) / Math.max(1, places.length),
    northM: places.reduce((sum, { northM }) => sum + northM, 0) / Math.max(1, places.length),
  };
};

const LEAST_CROSSING = Math.sin(LEAST_CROSSING_DEG * RAD);

const crossesWell = (sources: readonly NearSource[], { seenFrom }: NearSolution): boolean => {
  for (const [i, a] of sources.entries()) {
    for (let j = i + 1; j < sources.length; j++) {
      const b = sources[j];
      const [seenA, seenB] = [seenFrom[i], seenFrom[j]];
      if (a.sight === null || !b?.sight || !seenA || !seenB) continue;
      if (Math.abs(Math.sin((seenA.azimuthDeg - seenB.azimuthDeg) * RAD)) < LEAST_CROSSING)
        continue;
      const apartM = Math.hypot(
        a.sight.from.eastM - b.sight.from.eastM,
        a.sight.from.northM - b.sight.from.northM,
      );
      if (apartM > MAYBE_ONE_MAST_M || !onOneMast(a.sight.station, b.sight.station)) return true;
    }
  }
  return false;
};
