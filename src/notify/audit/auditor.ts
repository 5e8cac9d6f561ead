import { appendEvent, lockIncidents } from '../../incidents/index.ts';
import type { Clock } from '../../shared/clock.ts';
import { type Pool, withTransaction } from '../../shared/db.ts';
import type { Logger } from '../../shared/logger.ts';
import { addresseeOf, noticeTo } from '../notice.ts';
import { insertNotifications } from '../notification-store.ts';
import { planNotifications, type SetUpChannels } from '../plan-notifications.ts';
import { renderStuck } from '../render-notice.ts';
import { readWatchers } from '../watchers.ts';
import { type Finding, listFindings, wasRaised } from './audit-store.ts';

export type AuditDeps = {
  /** One of its own: what has used up the escalator's connections must not keep the auditor from telling. */
  pool: Pool;
  smsSignature: string;
  setUp: SetUpChannels;
  clock: Clock;
  logger: Logger;
  /** How many open incidents are stuck now, at each audit. */
  onAudit: (stuck: number) => void;
};

/** A step later than this, with none in the meantime, is not on its way any more. */
const GRACE_S = 60;
/** Whoever holds the incidents for longer may be what is stuck; the alarm in the log is out by then. */
const LOCK_TIMEOUT = '5s';

/**
 * Looks at every open incident that nobody has taken. One that has not moved as its policy says is an alarm of its own:
 * in the log every time, to the admins and in the timeline once. Returns how many there are.
 */
export const auditEscalations = async (deps: AuditDeps): Promise<number> => {
  const { pool, clock, logger } = deps;
  const findings = await listFindings(pool, { now: clock.now(), graceS: GRACE_S });
  deps.onAudit(findings.length);
  for (const finding of findings) {
    const { incidentId, number, fault, raised } = finding;
    logger.error({ incidentId, number, fault }, 'NOT ESCALATED as its policy says: act by hand');
    if (raised) continue;
    await raise(deps, finding).catch((error: unknown) =>
      logger.error({ err: error, incidentId }, 'the admins could not be told, trying again'),
    );
  }
  return findings.length;
};

const raise = async (
  { pool, clock, smsSignature, setUp }: AuditDeps,
  { incidentId, number, fault }: Finding,
): Promise<void> =>
  withTransaction(pool, async (tx) => {
    await tx.query(`set local lock_timeout = '${LOCK_TIMEOUT}'`);
    await lockIncidents(tx);
    // Another process may have been faster.
    if (await wasRaised(tx, incidentId)) return;
    const now = clock.now();
    const people = await readWatchers(tx);
    const rows = planNotifications(people, ['app', 'sms'], setUp).map((planned) =>
      noticeTo(addresseeOf(planned), {
        incidentId,
        kind: 'audit',
        text: renderStuck(number, planned.person.locale, smsSignature),
        payload: { number, fault },
        now,
      }),
    );
    await insertNotifications(tx, rows, now);
    const told = people.map(({ id }) => id);
    await appendEvent(tx, {
      incidentId,
      type: 'escalation_stuck',
      actor: 'system',
      at: now,
      data: { fault, told },
    });
  });
