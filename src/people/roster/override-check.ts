import type { Person } from '../person.ts';
import { type DutyPlan, plannedSpans } from './duty-spans.ts';
import { overlaps } from './interval.ts';
import type { DutyOverride, Leave } from './roster.ts';
import { contactWarnings, type FieldNote } from './roster-check.ts';

/** Every mistake in an override; `people` are those it names and who exist. */
export const checkOverride = (
  { regionId, personId, insteadOf, from, to }: DutyOverride,
  { people, regionExists }: { people: ReadonlyMap<string, Person>; regionExists: boolean },
): FieldNote[] => {
  const errors: FieldNote[] = [];
  if (!regionExists) {
    errors.push({ path: 'regionId', message: `region "${regionId}" does not exist; import it` });
  }
  for (const [path, id] of [
    ['personId', personId],
    ['insteadOf', insteadOf],
  ] as const) {
    if (!people.has(id)) errors.push({ path, message: `person "${id}" does not exist` });
  }
  if (personId === insteadOf) {
    errors.push({
      path: 'insteadOf',
      message: 'is the same person; name whose duty is taken over',
    });
  }
  if (to <= from) errors.push({ path: 'to', message: 'must be after from' });
  return errors;
};

/** What makes an override come to nothing, now: no duty to take over, or nobody who can be told. */
export const overrideWarnings = (
  override: DutyOverride,
  { person, plan }: { person: Person | undefined; plan: DutyPlan },
): FieldNote[] => {
  const { personId, insteadOf, regionId } = override;
  const warnings = contactWarnings('personId', person);
  const hasDuty = plannedSpans(plan, override).some(
    (span) => span.personId === insteadOf && span.regionId === regionId,
  );
  if (!hasDuty) {
    warnings.push({
      path: 'insteadOf',
      message: `"${insteadOf}" has no turn or shift in this region then: there is nothing to take over`,
    });
  }
  const isAway = (leave: Leave): boolean =>
    leave.personId === personId && overlaps(leave, override);
  if (plan.leaves.some(isAway)) {
    warnings.push({ path: 'personId', message: `"${personId}" is on leave for some of this time` });
  }
  return warnings;
};
