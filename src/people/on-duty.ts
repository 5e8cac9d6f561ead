import type { Queryable } from '../shared/db.ts';
import { readDutyPlan } from './roster/duty-plan-store.ts';
import { dutySpans } from './roster/duty-spans.ts';

/** Everybody on duty at an instant, in whichever region. */
export const listOnDutyIds = async (db: Queryable, now: Date): Promise<Set<string>> => {
  const instant = { from: now, to: new Date(now.getTime() + 1) };
  const plan = await readDutyPlan(db, { regionIds: null, ...instant });
  return new Set(dutySpans(plan, instant).map(({ personId }) => personId));
};
