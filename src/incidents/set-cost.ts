import { elevationMisfit, type LocateConfig, solveJointly } from '../locate/index.ts';
import { geodesicInverse } from '../shared/geo.ts';
import type { Terrain } from '../terrain/index.ts';
import { growthM } from './gate.ts';
import type { AssociationConfig, Track } from './track.ts';

const RAD = Math.PI / 180;
const SIGMA_TO_95 = 2.4477;
/** A county's width, metres, and the elevations at which its ground appears, degrees: where chance could put a line. */
const CHANCE_WIDTH_M = 10_000;
const CHANCE_ANGLE_DEG = 4;
const SQRT_TWO_PI = Math.sqrt(2 * Math.PI);
/** One wild elevation (a box drawn badly) must not outvote everything else. */
const WORST_MISFIT = 25;

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

/** Cost of one fire being what all `tracks` saw. One track costs nothing. Pure. */
export const setCost = (tracks: readonly Track[], context: CostContext): SetCost => {
  if (tracks.length < 2) return { chi2: 0, cost: 0 };
  const { association, locate, terrain } = context;
  const contributions = tracks.map((track) => track.best);
  const solution = solveJointly(contributions, locate.maxFixRangeM);
  if (solution === undefined || solution.impossible.length > 0) {
    return { chi2: Number.POSITIVE_INFINITY, cost: Number.POSITIVE_INFINITY };
  }
  const times = contributions.map(({ receivedAt }) => receivedAt.getTime());
  const spreadM = growthM(association, Math.min(...times), Math.max(...times)) / SIGMA_TO_95;
  let chi2 = 0;
  const gains: number[] = [];
  for (const [i, { sighting, fix }] of contributions.entries()) {
    const { station, bearing, range, point } = sighting;
    const own = solution.chi2Of[i] ?? 0;
    if (point !== null) {
      const sigmaM = fix.ellipse.semiMajorM / SIGMA_TO_95;
      chi2 += own * shareOf(sigmaM, spreadM);
      gains.push(chanceGain(sigmaM, spreadM), chanceGain(sigmaM, spreadM));
      continue;
    }
    if (station === null || bearing === null) continue;
    const { distanceM } = geodesicInverse([station.lon, station.lat], solution.at);
    const acrossM = Math.max(1, distanceM) * bearing.sigmaDeg * RAD;
    chi2 += own * shareOf(acrossM, spreadM);
    gains.push(chanceGain(acrossM, spreadM));
    if (range !== null) {
      gains.push(chanceGain(range.sigmaM, spreadM));
    } else if (terrain !== undefined && sighting.elevation !== null) {
      const misfit = elevationMisfit(terrain, sighting, solution.at, {
        toleranceM: Math.max(spreadM * SIGMA_TO_95, terrain.cellM),
        smokeHeightM: locate.smokeHeightM,
      });
      if (misfit === null) continue;
      chi2 += Math.min(WORST_MISFIT, misfit);
      const { sigmaDeg } = sighting.elevation;
      gains.push(Math.max(0, 2 * Math.log(CHANCE_ANGLE_DEG / (sigmaDeg * SQRT_TWO_PI))));
    }
  }
  const beyondTwo = gains.toSorted((a, b) => b - a).slice(2);
  return { chi2, cost: chi2 - beyondTwo.reduce((sum, gain) => sum + gain, 0) };
};

/** The share of χ² that stays when the fire's own extent is added to an error. */
const shareOf = (sigmaM: number, spreadM: number): number =>
  (sigmaM * sigmaM) / (sigmaM * sigmaM + spreadM * spreadM);

const chanceGain = (sigmaM: number, spreadM: number): number =>
  Math.max(0, 2 * Math.log(CHANCE_WIDTH_M / (Math.hypot(sigmaM, spreadM) * SQRT_TWO_PI)));
