import {
  createNearSolver,
  type LocateConfig,
  misfitOn,
  type NearSource,
  type PlanePoint,
  type Skyline,
  skylineAlong,
} from '../locate/index.ts';
import type { Fix, LonLat } from '../shared/geo.ts';
import type { Terrain } from '../terrain/index.ts';
import { growthM } from './gate.ts';
import type { AssociationConfig, Track } from './track.ts';

const RAD = Math.PI / 180;
const SIGMA_TO_95 = 2.4477;
/** A county's width, metres, and the elevations at which its ground appears, degrees: where chance could put a line. */
const CHANCE_WIDTH_M = 10_000;
const CHANCE_ANGLE_DEG = 4;
const SQRT_TWO_PI = Math.sqrt(2 * Math.PI);
/** One wild elevation (a box drawn badly) or range (a tree in front) must not outvote everything else. */
const WORST_MISFIT = 25;
/** Skylines this near in azimuth are one: under 20 m apart where smoke is seen. Degrees. */
const SKYLINE_STEP_DEG = 0.1;
const SKYLINE_STEP_M = 2_000;

export type CostContext = {
  association: AssociationConfig;
  locate: LocateConfig;
  terrain: Terrain | undefined;
};

/** How well some tracks go together as one fire. */
export type SetCost = {
  /** Σχ² of their residuals at the point that explains them best, growth allowed for; ∞ when none can. */
  chi2: number;
  /**
   * −2 ln of the evidence, up to a constant: χ² less what agreement is worth. Two equations fix the point and
   * prove nothing; each further one that agrees would do so by chance only with probability σ√2π over the width
   * it could have fallen in. One fire seen by three masts outweighs two fires where two lines cross by chance.
   */
  cost: number;
};

const IMPOSSIBLE: SetCost = {
  chi2: Number.POSITIVE_INFINITY,
  cost: Number.POSITIVE_INFINITY,
};
const FREE: SetCost = { chi2: 0, cost: 0 };

/** Weighs sets of tracks about one place; keeps what many sets have in common for as long as one decision takes. */
export type Costing = {
  context: CostContext;
  /** Cost of one fire being what all `tracks` saw. One track costs nothing. */
  costOf: (tracks: readonly Track[]) => SetCost;
  /** χ² of a track's direction and measured range (or position) alone against a fix, both errors and growth allowed for. */
  chi2At: (track: Track, fix: Fix) => number;
  /** How many different sets were weighed: the work that was done. */
  evaluations: () => number;
};

/** `centre`: what is weighed lies within 30 km of it. */
export const createCosting = (centre: LonLat, context: CostContext): Costing => {
  const { association, locate } = context;
  const solver = createNearSolver(centre, locate.maxFixRangeM);
  const sourceOf = memoise(
    (track: Track): NearSource => solver.lay(track.best),
    (track) => track.best.id,
  );
  const placeOf = memoise(
    ({ lon, lat }: Fix): PlanePoint => solver.toPlane([lon, lat]),
    ({ lon, lat }) => `${String(lon)},${String(lat)}`,
  );
  const misfitOf = createMisfit(context);
  let evaluations = 0;

  const weigh = (tracks: readonly Track[]): SetCost => {
    evaluations += 1;
    const solution = solver.solve(tracks.map(sourceOf));
    if (solution === undefined || !solution.possible) return IMPOSSIBLE;
    const times = tracks.map(({ best }) => best.receivedAt.getTime());
    const spreadM = growthM(association, Math.min(...times), Math.max(...times)) / SIGMA_TO_95;
    let chi2 = 0;
    const gains: number[] = [];
    for (const [i, track] of tracks.entries()) {
      const { sighting, fix } = track.best;
      const { bearing, point, elevation } = sighting;
      const own = solution.chi2Of[i] ?? 0;
      if (point !== null) {
        const sigmaM = fix.ellipse.semiMajorM / SIGMA_TO_95;
        chi2 += own * shareOf(sigmaM, spreadM);
        gains.push(chanceGain(sigmaM, spreadM), chanceGain(sigmaM, spreadM));
        continue;
      }
      const view = solution.seenFrom[i];
      if (!view || bearing === null) continue;
      const acrossM = Math.max(1, view.distanceM) * bearing.sigmaDeg * RAD;
      const range = measuredRange(track);
      const offChi2 = range === null ? 0 : rangeChi2(range, view.distanceM);
      chi2 += Math.max(0, own - offChi2) * shareOf(acrossM, spreadM);
      gains.push(chanceGain(acrossM, spreadM));
      if (range !== null) {
        chi2 += rangeMisfit(range, view.distanceM, spreadM);
        gains.push(chanceGain(range.sigmaM, spreadM));
        continue;
      }
      const misfit = elevation === null ? null : misfitOf(track, view, spreadM * SIGMA_TO_95);
      if (misfit === null || elevation === null) continue;
      chi2 += Math.min(WORST_MISFIT, misfit);
      gains.push(Math.max(0, 2 * Math.log(CHANCE_ANGLE_DEG / (elevation.sigmaDeg * SQRT_TWO_PI))));
    }
    const beyondTwo = gains.toSorted((a, b) => b - a).slice(2);
    return { chi2, cost: chi2 - beyondTwo.reduce((sum, gain) => sum + gain, 0) };
  };

  const weighed = memoise(weigh, (tracks) => tracks.map(({ best }) => best.id).join());

  const chi2At = (track: Track, fix: Fix): number => {
    const source = sourceOf(track);
    const at = placeOf(fix);
    const spreadM = Math.hypot(association.growth.startM, fix.ellipse.semiMajorM) / SIGMA_TO_95;
    const { bearing } = track.best.sighting;
    const view = solver.seen(source, at);
    if (view === null || bearing === null) {
      const sigmaM = Math.hypot(spreadM, track.best.fix.ellipse.semiMajorM / SIGMA_TO_95);
      const own = source.at();
      const offM = Math.hypot(at.eastM - own.eastM, at.northM - own.northM);
      return (offM / sigmaM) ** 2;
    }
    const turn = (view.azimuthDeg - bearing.azimuthDeg) * RAD;
    if (Math.cos(turn) < 0 || view.distanceM > locate.maxFixRangeM) return Number.POSITIVE_INFINITY;
    const acrossM = view.distanceM * Math.sin(turn);
    const acrossChi2 =
      (acrossM / Math.hypot(spreadM, view.distanceM * bearing.sigmaDeg * RAD)) ** 2;
    const range = measuredRange(track);
    return range === null ? acrossChi2 : acrossChi2 + rangeMisfit(range, view.distanceM, spreadM);
  };

  return {
    context,
    costOf: (tracks) => (tracks.length < 2 ? FREE : weighed(tracks)),
    chi2At,
    evaluations: () => evaluations,
  };
};

/** The elevation misfit of a track at a place it sees so; null = nothing can be said. */
const createMisfit = ({ terrain, locate }: CostContext) => {
  const skylines = new Map<string, { skyline: Skyline | null; reachM: number }>();
  return (
    { best: { sighting } }: Track,
    seen: { azimuthDeg: number; distanceM: number },
    extentM: number,
  ): number | null => {
    const { station, elevation } = sighting;
    if (terrain === undefined || elevation === null) return null;
    if (station === null || station.heightM === null) return null;
    const toleranceM = Math.max(extentM, terrain.cellM);
    const step = Math.round(seen.azimuthDeg / SKYLINE_STEP_DEG);
    const key = `${String(station.lon)},${String(station.lat)},${String(step)}`;
    const neededM = seen.distanceM + toleranceM;
    let known = skylines.get(key);
    if (known === undefined || known.reachM < neededM) {
      const reachM = Math.ceil(neededM / SKYLINE_STEP_M) * SKYLINE_STEP_M;
      const { lon, lat, heightM } = station;
      const azimuthDeg = step * SKYLINE_STEP_DEG;
      known = { skyline: skylineAlong(terrain, { lon, lat, heightM }, azimuthDeg, reachM), reachM };
      skylines.set(key, known);
    }
    if (known.skyline === null) return null;
    const { smokeHeightM } = locate;
    return misfitOn(known.skyline, elevation, seen.distanceM, { toleranceM, smokeHeightM });
  };
};

type Range = { rangeM: number; sigmaM: number };

/** One the source measured: where its line meets the terrain is no measurement. */
const measuredRange = ({ best: { fix, sighting } }: Track): Range | null =>
  fix.method === 'terrain' ? null : sighting.range;

const rangeChi2 = ({ rangeM, sigmaM }: Range, distanceM: number): number =>
  ((distanceM - rangeM) / sigmaM) ** 2;

/** χ² of a measured range, the fire's own extent allowed for. */
const rangeMisfit = (range: Range, distanceM: number, spreadM: number): number =>
  Math.min(WORST_MISFIT, rangeChi2(range, distanceM) * shareOf(range.sigmaM, spreadM));

/** The share of χ² that stays when the fire's own extent is added to an error. */
const shareOf = (sigmaM: number, spreadM: number): number =>
  (sigmaM * sigmaM) / (sigmaM * sigmaM + spreadM * spreadM);

const chanceGain = (sigmaM: number, spreadM: number): number =>
  Math.max(0, 2 * Math.log(CHANCE_WIDTH_M / (Math.hypot(sigmaM, spreadM) * SQRT_TWO_PI)));

const memoise = <A, B>(
  compute: (value: A) => B,
  keyOf: (value: A) => string,
): ((value: A) => B) => {
  const known = new Map<string, B>();
  return (value) => {
    const key = keyOf(value);
    const before = known.get(key);
    if (before !== undefined) return before;
    const result = compute(value);
    known.set(key, result);
    return result;
  };
};
