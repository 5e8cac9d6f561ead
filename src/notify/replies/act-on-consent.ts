import type { PoolClient } from 'pg';
import {
  disableContacts,
  enableContacts,
  isReachable,
  listOnDutyIds,
  listPeopleByIds,
  type OwnedContact,
} from '../../people/index.ts';
import { withTransaction } from '../../shared/db.ts';
import { addresseeOf, noticeTo } from '../notice.ts';
import { insertNotifications } from '../notification-store.ts';
import { planNotifications } from '../plan-notifications.ts';
import { renderConsent, renderStoppedOnDuty } from '../render-answer.ts';
import { readWatchers } from '../watchers.ts';
import type { ReplyDeps } from './act-on-reply.ts';
import { closeInbound, type Inbound } from './inbound-store.ts';

/**
 * STOP ends SMS to a number, whosever it is; START takes them up again, unless an admin had ended them. What changed is
 * confirmed to the number, once. Who stops while on duty is told of to the admins.
 */
export const actOnConsent = async (
  deps: ReplyDeps,
  inbound: Inbound,
  {
    word,
    contacts,
  }: { word: 'stop' | 'start'; contacts: readonly [OwnedContact, ...OwnedContact[]] },
): Promise<void> => {
  const { pool, clock, logger } = deps;
  const now = clock.now();
  const [first] = contacts;
  const personIds = [...new Set(contacts.map(({ personId }) => personId))];
  const outcome = await withTransaction(pool, async (tx) => {
    const changed =
      word === 'stop'
        ? await disableContacts(tx, idsOf(contacts), { reason: 'stop', now })
        : await enableContacts(tx, idsOf(contacts), { unless: 'admin' });
    const done = changed.length === 0 ? `${word}: nothing to change` : OUTCOMES[word];
    const closing = { outcome: done, personId: first.personId, incidentId: null, now };
    if (!(await closeInbound(tx, inbound.id, closing))) return undefined;
    if (changed.length === 0) return done;
    const text = renderConsent(word, first.locale, deps.smsSignature);
    const occurrence = Number(inbound.id);
    const about = { incidentId: null, kind: 'consent', occurrence, text, now } as const;
    await insertNotifications(tx, [noticeTo(first, about)], now);
    if (word === 'stop') await tellWatchers(deps, tx, { personIds, now });
    return done;
  });
  if (outcome === undefined) return;
  logger.warn({ personIds, inboundId: inbound.id, outcome }, `SMS: ${word}`);
  deps.onReply(outcome);
};

const OUTCOMES = { stop: 'stopped', start: 'started' } as const;
const idsOf = (contacts: readonly OwnedContact[]): string[] => contacts.map(({ id }) => id);

/** An officer on duty who gets no more SMS is a hole in the roster that nobody sees. */
const tellWatchers = async (
  { logger, smsSignature, setUp }: ReplyDeps,
  tx: PoolClient,
  { personIds, now }: { personIds: readonly string[]; now: Date },
): Promise<void> => {
  const onDuty = await listOnDutyIds(tx, now);
  const stopped = (await listPeopleByIds(tx, personIds)).filter(({ id }) => onDuty.has(id));
  if (stopped.length === 0) return;
  const watchers = await readWatchers(tx);
  const rows = stopped.flatMap((person) => {
    const { id, name } = person;
    const reachable = isReachable(person);
    logger.error({ personId: id, reachable }, 'on duty, and has sent STOP');
    const others = watchers.filter((watcher) => watcher.id !== id);
    return planNotifications(others, ['app', 'sms'], setUp).map((planned) =>
      noticeTo(addresseeOf(planned), {
        incidentId: null,
        kind: 'duty',
        text: renderStoppedOnDuty({ name, reachable }, planned.person.locale, smsSignature),
        payload: { about: 'stopped', personId: id, reachable },
        now,
      }),
    );
  });
  await insertNotifications(tx, rows, now);
};
