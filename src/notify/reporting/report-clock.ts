import type { PoolClient } from 'pg';
import { appendEvent, findIncident, lockIncidents } from '../../incidents/index.ts';
import type { Clock } from '../../shared/clock.ts';
import { type Pool, withTransaction } from '../../shared/db.ts';
import { localTime } from '../../shared/local-time.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Part } from '../../shared/part.ts';
import { createRepeating } from '../../shared/repeating.ts';
import { readRecipients } from '../escalation/recipients.ts';
import { addresseeOf, noticeTo } from '../notice.ts';
import { insertNotifications } from '../notification-store.ts';
import { planNotifications } from '../plan-notifications.ts';
import { renderReportDue } from '../render-notice.ts';
import type { Wording } from '../write-alerts.ts';
import { type ReportingRule, reportDeadline } from './report-deadline.ts';
import { listUnreported, noteWarned } from './report-store.ts';

export type ReportClockDeps = Omit<Wording, 'regions'> & {
  regions: Pick<Wording['regions'], 'chain' | 'get'>;
  pool: Pool;
  rule: ReportingRule;
  clock: Clock;
  logger: Logger;
  everyMs?: number;
};

const EVERY_MS = 1_000;

/** Warns, once a fire, that the time to report it upwards runs out. */
export const createReportClock = (deps: ReportClockDeps): Part => {
  const { pool, rule, clock, logger, everyMs = EVERY_MS } = deps;
  const look = async (): Promise<void> => {
    const ids = await listUnreported(pool, clock.now(), rule.deadlineS - rule.warnBeforeS);
    for (const id of ids) await withTransaction(pool, (tx) => warn(deps, tx, id));
  };
  return createRepeating('report-clock', async () => {
    await look().catch((error: unknown) =>
      logger.warn({ err: error }, 'reporting deadlines could not be looked at, trying again'),
    );
    return everyMs;
  });
};

const warn = async (deps: ReportClockDeps, tx: PoolClient, incidentId: string): Promise<void> => {
  const { rule, regions, timeZone, smsSignature, logger } = deps;
  await lockIncidents(tx);
  const now = deps.clock.now();
  const incident = await findIncident(tx, incidentId);
  const deadline = incident === undefined ? null : reportDeadline(incident, rule);
  if (incident === undefined || deadline === null) return;
  if (!(await noteWarned(tx, incidentId, now))) return;
  const { number, regionId } = incident;
  const { people, unreachable } = await readRecipients(tx, { to: rule.to, regions, regionId, now });
  const by = localTime(deadline, timeZone);
  const rows = planNotifications(people, rule.channels, deps.setUp).map((planned) =>
    noticeTo(addresseeOf(planned), {
      incidentId,
      kind: 'report_due',
      text: renderReportDue({ number, by }, planned.person.locale, smsSignature),
      payload: { number, deadline: deadline.toISOString() },
      now,
    }),
  );
  await insertNotifications(tx, rows, now);
  const told = people.map(({ id }) => id);
  await appendEvent(tx, {
    incidentId,
    type: 'report_due',
    actor: 'system',
    at: now,
    data: { deadline: deadline.toISOString(), told, unreachable },
  });
  logger.warn({ incidentId, number, deadline, told }, 'not reported upwards yet');
};
