import type { Queryable } from '../shared/db.ts';
import { type Duty, findDuty } from './duty.ts';
import { listPeopleByIds, listPeopleByRole } from './person-store.ts';
import { listShiftsAt } from './shift-store.ts';

/** Reads whom it concerns and decides (see `findDuty`). Runs inside the incident's transaction: two or three indexed reads. */
export const readDuty = async (
  db: Queryable,
  regionChain: readonly string[],
  now: Date,
): Promise<Duty> => {
  const shifts = await listShiftsAt(db, regionChain, now);
  const onDuty = await listPeopleByIds(
    db,
    shifts.map((shift) => shift.personId),
  );
  const duty = findDuty({ regionChain, shifts, people: onDuty, now });
  // The normal case ends here; the fall-back candidates are read only when somebody must be found.
  if (duty.kind === 'on_duty') return duty;
  const officers = await listPeopleByRole(db, ['duty_officer', 'admin']);
  const others = officers.filter((person) => !onDuty.some((known) => known.id === person.id));
  return findDuty({ regionChain, shifts, people: [...onDuty, ...others], now });
};
