import type { Queryable } from '../shared/db.ts';
import { type Duty, findDuty } from './duty.ts';
import { listPeopleByIds, listPeopleByRole } from './person-store.ts';
import { readDutyPlan } from './roster/duty-plan-store.ts';
import { dutySpans } from './roster/duty-spans.ts';

/**
 * Reads whom it concerns and decides (see `findDuty`): rosters and one-off shifts with overrides and leave. Runs inside the
 * incident's transaction: two to four indexed reads.
 */
export const readDuty = async (
  db: Queryable,
  regionChain: readonly string[],
  now: Date,
): Promise<Duty> => {
  const instant = { from: now, to: new Date(now.getTime() + 1) };
  const plan = await readDutyPlan(db, { regionIds: regionChain, ...instant });
  const shifts = dutySpans(plan, instant);
  const onDuty = await listPeopleByIds(
    db,
    shifts.map((shift) => shift.personId),
  );
  const duty = findDuty({ regionChain, shifts, people: onDuty, now });
  // The normal case ends here; the fall-back candidates are read only when somebody must be found.
  if (duty.kind === 'on_duty') return duty;
  const officers = await listPeopleByRole(db, ['duty_officer', 'admin']);
  const others = officers.filter((person) => !onDuty.some((known) => known.id === person.id));
  const onLeave = new Set(plan.leaves.map(({ personId }) => personId));
  return findDuty({ regionChain, shifts, people: [...onDuty, ...others], onLeave, now });
};
