import type { Fix, FixFlag } from '../shared/geo.ts';
import { chi2Limit99 } from './chi2.ts';
import { toEllipse } from './covariance.ts';
import { type Contribution, type JointSolution, solveJointly } from './joint.ts';

export type FuseConfig = { maxFixRangeM: number };

/**
 * The fix of several detections of one fire and its 95 % ellipse √(5.991 λ) of (JᵀWJ)⁻¹.
 *
 * What points away from the solution, lies beyond `maxFixRangeM` or, of three and more, spoils χ²(n−2) at 99 %, is
 * left out, worst first, and flagged; where two disagree nobody knows which is right, so the ellipse grows by
 * √(χ²/n). One detection, or several that fix no point together, give the most precise one's own fix.
 * Throws on an empty list. `detectionIds` are those that went in.
 */
export const fuse = (contributions: readonly Contribution[], config: FuseConfig): Fix => {
  let active = [...contributions];
  const flags = new Set<FixFlag>();
  for (;;) {
    const best = mostPrecise(active);
    if (active.length === 1) return withFlags({ ...best.fix, detectionIds: [best.id] }, flags);
    const solution = solveJointly(active, config.maxFixRangeM);
    if (solution === undefined) return withFlags({ ...best.fix, detectionIds: [best.id] }, flags);
    const wrong = worstOf(active, solution, config);
    if (wrong === undefined) return fixFrom(active, solution, flags);
    active = active.filter((_, i) => i !== wrong);
    flags.add('outlier_left_out');
  }
};

/** The contribution to leave out, if any must be. */
const worstOf = (
  active: readonly Contribution[],
  solution: JointSolution,
  { maxFixRangeM }: FuseConfig,
): number | undefined => {
  if (solution.impossible.length > 0) {
    // Of two that exclude each other the less precise goes.
    const areas = active.map(({ fix: { ellipse } }) => ellipse.semiMajorM * ellipse.semiMinorM);
    return largest(
      solution.impossible.length === active.length || active.length === 2
        ? active.map((_, i) => i)
        : solution.impossible,
      (i) => areas[i] ?? 0,
    );
  }
  if (solution.chi2 <= chi2Limit99(solution.degreesOfFreedom) || active.length < 3)
    return undefined;
  // Who is wrong shows in how well the others agree without him, not in his own residual: a precise liar bends all.
  const without = active.map((_, i) =>
    solveJointly(
      active.filter((_other, j) => j !== i),
      maxFixRangeM,
    ),
  );
  const all = active.map((_, i) => i);
  const worst = largest(all, (i) => -(without[i]?.chi2 ?? Number.POSITIVE_INFINITY));
  const rest = worst === undefined ? undefined : without[worst];
  const agree = rest !== undefined && rest.chi2 <= chi2Limit99(rest.degreesOfFreedom);
  // With three of which any two agree (two bearings always do), the one left out would be a guess.
  return agree && rest.degreesOfFreedom > 0 ? worst : active.length > 3 ? worst : undefined;
};

const largest = (indices: readonly number[], value: (i: number) => number): number | undefined => {
  const [first, ...others] = indices;
  if (first === undefined) return undefined;
  return others.reduce((best, i) => (value(i) > value(best) ? i : best), first);
};

const fixFrom = (
  active: readonly Contribution[],
  solution: JointSolution,
  flags: Set<FixFlag>,
): Fix => {
  const { crossing, chi2, degreesOfFreedom } = solution;
  let widen = 1;
  if (chi2 > chi2Limit99(degreesOfFreedom)) {
    flags.add('inconsistent');
    widen = chi2 / degreesOfFreedom;
  }
  if (crossing === 'narrow') flags.add('narrow_crossing');
  if (crossing === 'one_mast') flags.add('one_mast');
  const { ee, en, nn } = solution.covariance;
  return withFlags(
    {
      lon: solution.at[0],
      lat: solution.at[1],
      method: methodOf(active, crossing),
      ellipse: toEllipse({ ee: ee * widen, en: en * widen, nn: nn * widen }),
      detectionIds: active.map(({ id }) => id),
    },
    flags,
  );
};

const methodOf = (
  active: readonly Contribution[],
  crossing: JointSolution['crossing'],
): Fix['method'] => {
  if (active.some(({ sighting }) => sighting.point !== null)) return 'fused';
  if (crossing === 'good') return 'intersection';
  return active.some(({ sighting }) => sighting.range !== null) ? 'fused' : 'bearing';
};

const mostPrecise = (contributions: readonly Contribution[]): Contribution => {
  const [first, ...others] = contributions;
  if (first === undefined) throw new RangeError('a fix needs at least one contribution');
  return others.reduce(
    (best, next) => (next.fix.ellipse.semiMajorM < best.fix.ellipse.semiMajorM ? next : best),
    first,
  );
};

const withFlags = (fix: Fix, flags: ReadonlySet<FixFlag>): Fix => {
  const all = [...new Set([...(fix.flags ?? []), ...flags])];
  return all.length === 0 ? fix : { ...fix, flags: all };
};
