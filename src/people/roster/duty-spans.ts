import type { ShiftSpan } from '../duty.ts';
import { type Interval, intersect, overlaps, subtract } from './interval.ts';
import type { DutyOverride, Leave, Roster } from './roster.ts';
import { rosterShifts } from './roster-shifts.ts';

export type DutySource =
  | { kind: 'shift'; shiftId: string }
  | { kind: 'roster'; rosterId: string }
  | { kind: 'override'; overrideId: string; insteadOf: string };

/** A person on duty in a region for a stretch of time, and why. */
export type DutySpan = ShiftSpan & { source: DutySource };

export type DutyPlan = {
  rosters: readonly Roster[];
  shifts: readonly (ShiftSpan & { id: string })[];
  overrides: readonly DutyOverride[];
  leaves: readonly Leave[];
};

/** Who was to be on duty by rosters and shifts alone, in spans that overlap `window`, whole. */
export const plannedSpans = (
  { rosters, shifts }: Pick<DutyPlan, 'rosters' | 'shifts'>,
  window: Interval,
): DutySpan[] => [
  ...shifts
    .filter((shift) => overlaps(shift, window))
    .map(({ id, personId, regionId, from, to }): DutySpan => {
      return { personId, regionId, from, to, source: { kind: 'shift', shiftId: id } };
    }),
  ...rosters.flatMap((roster) =>
    rosterShifts(roster, window.from, window.to).flatMap(({ personIds, from, to }) =>
      personIds.map((personId): DutySpan => {
        const source = { kind: 'roster', rosterId: roster.id } as const;
        return { personId, regionId: roster.regionId, from, to, source };
      }),
    ),
  ),
];

/**
 * Who is on duty, in spans that overlap `window`, ordered by start. Overrides and leave cut into what rosters and shifts
 * planned: an override puts its person in the place of another, leave takes a person off duty, whoever put the person there.
 * An override holds for the turns planned for `insteadOf`, not for those he or she took over: a swap of two is no circle.
 */
export const dutySpans = (plan: DutyPlan, window: Interval): DutySpan[] =>
  withExceptions(plannedSpans(plan, window), plan)
    .filter((span) => overlaps(span, window))
    .sort((a, b) => a.from.getTime() - b.from.getTime() || compare(a.personId, b.personId));

/** What overrides and leave make of planned spans, in no order. */
export const withExceptions = (
  planned: readonly DutySpan[],
  plan: Pick<DutyPlan, 'overrides' | 'leaves'>,
): DutySpan[] => {
  const overrides = groupBy(plan.overrides, ({ insteadOf }) => insteadOf);
  const leaves = groupBy(plan.leaves, ({ personId }) => personId);
  return planned
    .flatMap((span) => {
      const standIns = (overrides.get(span.personId) ?? []).filter(
        (override) => override.regionId === span.regionId && overlaps(override, span),
      );
      const taken = standIns.flatMap(({ id, personId, insteadOf, ...override }) => {
        const part = intersect(override, span);
        const source = { kind: 'override', overrideId: id, insteadOf } as const;
        return part === undefined ? [] : [{ ...span, ...part, personId, source }];
      });
      return [...subtract(span, standIns).map((part) => ({ ...span, ...part })), ...taken];
    })
    .flatMap((span): DutySpan[] =>
      subtract(span, leaves.get(span.personId) ?? []).map((part) => ({ ...span, ...part })),
    );
};

export const groupBy = <T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
