import type { PoolClient } from 'pg';
import { appendEvent, findIncident, lockIncidents } from '../incidents/index.ts';
import { type ContactChannel, listPeopleByIds } from '../people/index.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { alertOf } from './alert.ts';
import { findEscalation } from './escalation/escalation-store.ts';
import { listUsedChannels, type Stranded, takeStranded } from './fallback-store.ts';
import { insertNotifications } from './notification-store.ts';
import { nextContact } from './plan-notifications.ts';
import { draftAlert, type Wording } from './write-alerts.ts';

export type FallbackDeps = Wording & {
  /** Whether a channel can send, as far as is known. */
  works: (channel: ContactChannel) => boolean;
  clock: Clock;
  logger: Logger;
};

/**
 * Tells a person over the next channel when the first does not get through: once for each notification of an alert, in the
 * transaction that says why. The first goes on being tried unless it has failed for good. Nothing is done for an incident
 * that somebody has taken since, nor where the person has no other channel.
 */
export const fallBack = async (
  deps: FallbackDeps,
  tx: PoolClient,
  { id, reason }: { id: string; reason: string },
): Promise<void> => {
  await lockIncidents(tx);
  const now = deps.clock.now();
  const stranded = await takeStranded(tx, id, now);
  if (stranded === undefined) return;
  const row = await draft(deps, tx, { stranded, now });
  if (row === undefined) return;
  const written = await insertNotifications(tx, [row], now);
  if (written.size === 0) return;
  const { incidentId, personId, channel } = stranded;
  const to = { notificationId: row.id, channel: row.channel };
  await appendEvent(tx, {
    incidentId,
    type: 'fallback',
    actor: 'system',
    at: now,
    data: { notificationId: id, personId, channel, reason, to },
  });
  deps.logger.warn(
    { notificationId: id, incidentId, personId, channel, reason, to },
    'not told yet, going over another channel',
  );
};

/** Made anew, not cut from the first: each channel has its own length, and the fire may have moved. */
const draft = async (
  deps: FallbackDeps,
  tx: PoolClient,
  { stranded, now }: { stranded: Stranded; now: Date },
): Promise<ReturnType<typeof draftAlert> | undefined> => {
  const { incidentId, personId, createdAt, id } = stranded;
  const incident = await findIncident(tx, incidentId);
  const escalation = await findEscalation(tx, incidentId);
  const [person] = await listPeopleByIds(tx, [personId]);
  if (incident === undefined || escalation === undefined || person === undefined) return undefined;
  if (OVER.includes(incident.status)) return undefined;
  // Somebody has taken it since this was written; what is written of a fire already taken still matters.
  if (escalation.stoppedAt !== null && createdAt <= escalation.stoppedAt) return undefined;
  const used = await listUsedChannels(tx, stranded);
  const contact = nextContact(person, used, deps);
  if (contact === undefined) return undefined;
  const { step, occurrence, round } = stranded;
  const { code, seen } = escalation;
  const row = draftAlert(
    deps,
    { alert: alertOf(incident, seen), step, occurrence, round, code, dueAt: createdAt, now },
    { person, channel: contact.channel, address: contact.address },
  );
  return { ...row, payload: { ...row.payload, fallbackFor: id } };
};

const OVER: readonly string[] = ['closed', 'dismissed', 'merged'];
