import type { Queryable } from '../../shared/db.ts';
import { listShiftsBetween } from '../shift-store.ts';
import type { DutyPlan } from './duty-spans.ts';
import { listLeavesBetween } from './leave-store.ts';
import { listOverridesBetween } from './override-store.ts';
import { listRostersBetween } from './roster-store.ts';

export type PlanFilter = {
  /** Null = every region. */
  regionIds: readonly string[] | null;
  from: Date;
  to: Date;
};

/** All that decides who is on duty in the regions within [from, to). */
export const readDutyPlan = async (db: Queryable, filter: PlanFilter): Promise<DutyPlan> => ({
  rosters: await listRostersBetween(db, filter),
  shifts: await listShiftsBetween(db, filter),
  overrides: await listOverridesBetween(db, filter),
  leaves: await listLeavesBetween(db, filter),
});
