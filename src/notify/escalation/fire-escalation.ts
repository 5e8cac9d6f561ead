import type { PoolClient } from 'pg';
import { appendEvent, findIncident, lockIncidents } from '../../incidents/index.ts';
import { isReachable, listPeopleByRole, type Person } from '../../people/index.ts';
import type { Clock } from '../../shared/clock.ts';
import { type Pool, withTransaction } from '../../shared/db.ts';
import type { Logger } from '../../shared/logger.ts';
import { alertOf, type IncidentAlert } from '../alert.ts';
import { type Wording, writeAlerts } from '../write-alerts.ts';
import {
  advanceEscalation,
  type Escalation,
  lockEscalation,
  markStopped,
} from './escalation-store.ts';
import {
  bringForward,
  type EscalationState,
  type Firing,
  firingsOf,
  planEscalation,
  resumed,
} from './plan-escalation.ts';
import { readRecipients } from './recipients.ts';

export type FireDeps = Wording & {
  pool: Pool;
  clock: Clock;
  logger: Logger;
  /** A step was carried out, so many milliseconds after it was due. */
  onFired: (lateMs: number) => void;
};

/**
 * Carries out what is due of one incident's escalation: the notifications, the timeline and how far it has got, in one
 * transaction. Does nothing when another process has it, when it is stopped, or when nothing is due.
 */
export const fireEscalation = async (deps: FireDeps, incidentId: string): Promise<void> => {
  const lateMs = await withTransaction(deps.pool, async (tx) => {
    await lockIncidents(tx);
    const escalation = await lockEscalation(tx, incidentId);
    const incident = await findIncident(tx, incidentId);
    if (escalation === undefined || incident === undefined) return [];
    const now = deps.clock.now();
    if (incident.status !== 'reported') {
      // Whoever changed the status has stopped it already; this is for a change that did not come through an act.
      await markStopped(tx, incidentId, { now, reason: incident.status });
      return [];
    }
    const alert = alertOf(incident, escalation.seen);
    return fireDue(deps, tx, { escalation, alert, now });
  });
  for (const ms of lateMs) deps.onFired(ms);
};

type Work = { escalation: Escalation; alert: IncidentAlert; now: Date };

/** How late each firing was, in milliseconds. */
const fireDue = async (deps: FireDeps, tx: PoolClient, work: Work): Promise<number[]> => {
  const { escalation, now } = work;
  const firings = firingsOf(escalation.policy.steps);
  const lateMs: number[] = [];
  let state: EscalationState =
    escalation.stoppedAt === null ? escalation : resumed(escalation, firings, now);
  let plan = planEscalation(state, firings, now);
  while (plan.due.length > 0) {
    let allDecline = true;
    for (const firing of plan.due) {
      const isLast = firing === firings.at(-1);
      const outcome = await fire(deps, tx, { ...work, firing, isLast, baseAt: plan.state.baseAt });
      allDecline &&= outcome === 'passed over';
      lateMs.push(now.getTime() - plan.state.baseAt.getTime() - firing.offsetS * 1000);
    }
    state = plan.state;
    if (!allDecline) break;
    // All of them have said that they cannot come: the next step need not wait for them.
    plan = planEscalation(bringForward(state, firings, now), firings, now);
  }
  const { declined } = escalation;
  await advanceEscalation(tx, escalation, { ...plan.state, nextAt: plan.nextAt, declined });
  return lateMs;
};

/** Tells whom one firing reaches now and writes it into the timeline. Passed over: all of them cannot come. */
const fire = async (
  deps: FireDeps,
  tx: PoolClient,
  work: Work & { firing: Firing; isLast: boolean; baseAt: Date },
): Promise<'carried out' | 'passed over'> => {
  const { escalation, alert, now, firing, baseAt } = work;
  const { incidentId, policy, code } = escalation;
  const { step, occurrence, offsetS } = firing;
  const dueAt = new Date(baseAt.getTime() + offsetS * 1000);
  const { to, channels } = policy.steps[step] ?? { to: [], channels: [] };
  const { regions } = deps;
  const found = await readRecipients(tx, { to, regions, regionId: alert.regionId, now });
  const able = (people: readonly Person[]): Person[] =>
    people.filter(({ id }) => !escalation.declined.includes(id));
  let people = able(found.people);
  if (people.length === 0 && work.isLast) {
    const officers = await listPeopleByRole(tx, ['duty_officer', 'dispatcher', 'admin']);
    people = able(officers).filter(isReachable);
  }
  const telling = { alert, people, channels, step, occurrence, round: 0, code, dueAt, now };
  const notifications = await writeAlerts(tx, deps, telling);
  const passedOver = found.people.length > 0 && people.length === 0;
  await appendEvent(tx, {
    incidentId,
    type: 'escalated',
    actor: 'system',
    at: now,
    data: {
      policyId: policy.id,
      step,
      occurrence,
      dueAt: dueAt.toISOString(),
      dutyLevel: found.dutyLevel,
      notifications,
      unreachable: found.unreachable,
      passedOver,
    },
  });
  const log = deps.logger.child({ incidentId, number: alert.number, step, occurrence });
  if (passedOver) log.warn('all of this step have said that they cannot come');
  else if (people.length === 0) log.error('NOBODY to escalate to');
  else log.warn({ persons: people.map(({ id }) => id) }, 'nobody has answered, escalated');
  if (found.unreachable.length > 0) {
    log.error({ personIds: found.unreachable }, 'to be told, but without a contact to use');
  }
  return passedOver ? 'passed over' : 'carried out';
};
