import type { PoolClient } from 'pg';
import { advanceEscalation, findEscalation } from './escalation-store.ts';
import { bringForward, firingsOf, planEscalation } from './plan-escalation.ts';

/**
 * A person who was told cannot come: the next step is due at once, and passes him or her over from now on. False when that
 * changes nothing (said before, or the escalation is stopped). The transaction holds the incident writer's lock.
 */
export const declineEscalation = async (
  tx: PoolClient,
  { incidentId, personId, now }: { incidentId: string; personId: string; now: Date },
): Promise<boolean> => {
  const escalation = await findEscalation(tx, incidentId);
  if (escalation === undefined || escalation.stoppedAt !== null) return false;
  if (escalation.declined.includes(personId)) return false;
  const firings = firingsOf(escalation.policy.steps);
  const state = bringForward(escalation, firings, now);
  const { due } = planEscalation(state, firings, now);
  await advanceEscalation(tx, escalation, {
    ...state,
    nextAt: due.length > 0 ? now : null,
    declined: [...escalation.declined, personId],
  });
  return true;
};
