import { type DutyPlan, groupBy, plannedSpans, withExceptions } from './duty-spans.ts';
import { type Interval, intersect, overlaps, subtract } from './interval.ts';

/** A stretch of time in which a region that keeps a roster has nobody on duty who can be told. */
export type DutyGap = Interval & {
  regionId: string;
  /** Whether a region above has somebody on duty all that time; else only those are left who are not on duty. */
  coveredAbove: boolean;
};

export type GapInput = {
  plan: DutyPlan;
  /** Persons with a contact that can be used. */
  reachable: ReadonlySet<string>;
  /** The region and those above it. */
  chainOf: (regionId: string) => readonly string[];
};

/** A region whose last turn or shift ended longer ago keeps no roster any more: it is not warned of for ever. */
export const KEEPS_ROSTER_DAYS = 31;
const DAY_MS = 86_400_000;

/** What must be read to find the gaps of a window: how a gap began, and whether there is a roster at all, lies before it. */
export const gapReadWindow = ({ from, to }: Interval): Interval => ({
  from: new Date(from.getTime() - KEEPS_ROSTER_DAYS * DAY_MS),
  to,
});

/**
 * The gaps that overlap `window`, by region and start. Only regions with a turn or shift in the window or the 31 days before
 * it have any, and only after the first of them: before a roster begins there is none to have a gap. A gap begins where
 * it does, also before the window; its end is at most that of the window.
 */
export const dutyGaps = ({ plan, reachable, chainOf }: GapInput, window: Interval): DutyGap[] => {
  const read = gapReadWindow(window);
  const spans = plannedSpans(plan, read);
  const planned = groupBy(spans, ({ regionId }) => regionId);
  const staffed = groupBy(
    withExceptions(spans, plan).filter(({ personId }) => reachable.has(personId)),
    ({ regionId }) => regionId,
  );
  return [...planned.keys()].sort().flatMap((regionId) => {
    const begins = Math.min(...(planned.get(regionId) ?? []).map(({ from }) => from.getTime()));
    const kept = { from: new Date(begins), to: window.to };
    return subtract(kept, staffed.get(regionId) ?? [])
      .filter((gap) => overlaps(gap, window))
      .map((gap): DutyGap => {
        const above = chainOf(regionId).flatMap((id) => staffed.get(id) ?? []);
        const ahead = intersect(gap, window) ?? gap;
        return { regionId, ...gap, coveredAbove: subtract(ahead, above).length === 0 };
      });
  });
};
