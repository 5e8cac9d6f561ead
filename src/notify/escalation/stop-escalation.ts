import type { PoolClient } from 'pg';
import type { ContactChannel, Locale } from '../../people/index.ts';
import { type Addressee, noticeTo } from '../notice.ts';
import { cancelPending, insertNotifications } from '../notification-store.ts';
import { renderTakenOver } from '../render-answer.ts';
import type { TakenOverStatus } from '../templates/template.ts';
import { markStopped } from './escalation-store.ts';

/** Statuses somebody's act leads to; to have been merged into another incident is no news for those told. */
const NEWS: readonly string[] = [
  'acknowledged',
  'verified',
  'responding',
  'contained',
  'closed',
  'dismissed',
] satisfies TakenOverStatus[];
const isNews = (status: string): status is TakenOverStatus => NEWS.includes(status);

/**
 * Somebody has the incident, or it is over: no further step fires and nothing more of the alert is sent. The first time,
 * those who were told hear who has it, over the channels each has chosen for that. Runs in the transaction of the act,
 * after it stands in the timeline.
 */
export const stopEscalation = async (
  tx: PoolClient,
  { incidentId, smsSignature, now }: { incidentId: string; smsSignature: string; now: Date },
): Promise<void> => {
  const act = await readAct(tx, incidentId);
  await cancelPending(tx, incidentId, now);
  const stopped = await markStopped(tx, incidentId, { now, reason: act.status });
  const { news: status, number, actor, by } = act;
  if (!stopped || status === null || by === null) return;
  const rows = await listToTell(tx, incidentId, actor);
  const notifications = rows.map((to) =>
    noticeTo(to, {
      incidentId,
      kind: 'taken_over',
      text: renderTakenOver({ number, by, status }, to.locale, smsSignature),
      payload: { number, status, by },
      now,
    }),
  );
  await insertNotifications(tx, notifications, now);
};

export type LastAct = {
  number: string;
  status: string;
  /** The status when people's act led to it and others want to hear of it. */
  news: TakenOverStatus | null;
  /** As in the timeline, '' for none. */
  actor: string;
  /** The name of the person. */
  by: string | null;
};

/** What was done to an incident last, and by whom. */
export const readAct = async (tx: PoolClient, incidentId: string): Promise<LastAct> => {
  const { rows } = await tx.query<{ status: string; number: string; actor: string | null }>(
    `select i.status, i.number, (select e.actor from incident_event e
        where e.incident_id = i.id and e.type = i.status order by e.id desc limit 1) as actor
     from incident i where i.id = $1`,
    [incidentId],
  );
  const { status = '', number = '', actor = null } = rows[0] ?? {};
  const known = { number, status, news: isNews(status) ? status : null };
  if (actor === null) return { ...known, actor: '', by: null };
  const [, kind, id = ''] = /^(person|user):(.*)$/.exec(actor) ?? [];
  if (kind !== 'person') return { ...known, actor, by: id === '' ? actor : id };
  const named = await tx.query<{ name: string }>('select name from person where id = $1', [id]);
  return { ...known, actor, by: named.rows[0]?.name ?? id };
};

/** Whom an alert may have reached, where they want to hear of its end, but for the one who took it. */
const listToTell = async (
  tx: PoolClient,
  incidentId: string,
  actor: string,
): Promise<Addressee[]> => {
  const { rows } = await tx.query<{
    person_id: string;
    channel: ContactChannel;
    address: string;
    locale: Locale;
  }>(
    `select distinct on (n.person_id, n.channel) n.person_id, n.channel, n.address, n.locale
     from notification n join person p on p.id = n.person_id
     where n.incident_id = $1 and n.kind = 'alert' and n.channel = any(p.taken_over_channels)
       and 'person:' || n.person_id <> $2
       and (n.submitted_at is not null or exists (select from delivery_attempt a
         where a.notification_id = n.id and (a.outcome is null or a.outcome <> 'failed')))
     order by n.person_id, n.channel, n.id desc`,
    [incidentId, actor],
  );
  return rows.map(({ person_id, ...row }) => ({ personId: person_id, ...row }));
};
