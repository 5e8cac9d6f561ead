import type { Locale } from '../../people/index.ts';
import type { Queryable } from '../../shared/db.ts';
import { toSafeText } from '../../shared/safe-json.ts';
import type { InboundSms } from '../channels/inbound-sms.ts';
import type { ToldIncident } from './decide-reply.ts';

/**
 * Keeps a message once. A repeat has the same number on the same line. When our answer was lost with the line it comes
 * again over the next, under another number: the same text of the same sender that had come just before the line was
 * lost; or, when the process has been restarted and cannot know, in the two minutes before and soon after the bind. What
 * is taken for a repeat there is not acted upon, so the rule is narrow: two equal replies mean two things.
 */
export const keepInbound = async (
  db: Queryable,
  { provider, line, sequenceNumber, sender, recipient, text }: InboundSms,
  now: Date,
): Promise<void> => {
  await db.query(
    `insert into inbound_message (provider, line_id, sequence_number, sender, recipient, text, received_at)
     select $1, $2, $3, $4::text, $5, $6::text, $7::timestamptz
     where not exists (select from inbound_message e
       where e.sender = $4 and e.text = $6 and e.line_id <> $2 and e.received_at < $8::timestamptz
         and case when $9::timestamptz is not null
           then e.received_at > $9::timestamptz - interval '5 seconds'
           else e.received_at > $7::timestamptz - interval '2 minutes'
             and $7::timestamptz < $8::timestamptz + interval '1 minute' end)
     on conflict (line_id, sequence_number) do nothing`,
    [
      provider,
      line.id,
      sequenceNumber,
      toSafeText(sender),
      toSafeText(recipient),
      toSafeText(text),
      now,
      line.boundAt,
      line.lostBeforeAt,
    ],
  );
};

export type Inbound = { id: string; sender: string; text: string; receivedAt: Date };

/** What was not acted upon yet, oldest first. */
export const listWaiting = async (db: Queryable, limit: number): Promise<Inbound[]> => {
  const { rows } = await db.query<{ id: string; sender: string; text: string; received_at: Date }>(
    `select id, sender, text, received_at from inbound_message where handled_at is null order by id limit $1`,
    [limit],
  );
  return rows.map(({ received_at, ...row }) => ({ ...row, receivedAt: received_at }));
};

/** True when this call closed it; another process may have been at it too. */
export const closeInbound = async (
  tx: Queryable,
  id: string,
  done: { outcome: string; personId: string | null; incidentId: string | null; now: Date },
): Promise<boolean> => {
  const { rowCount } = await tx.query(
    `update inbound_message set handled_at = $2, outcome = $3, person_id = $4, incident_id = $5
     where id = $1 and handled_at is null`,
    [id, done.now, done.outcome, done.personId, done.incidentId],
  );
  return rowCount === 1;
};

/** The sender as he or she was told: whose phone it is, and of which incident. */
export type ToldSender = ToldIncident & { personId: string; address: string; locale: Locale };

/** Who was told of what in the last day on a phone whose number ends so, the newest incident first. */
export const listToldByPhone = async (
  db: Queryable,
  lastEightDigits: string,
  now: Date,
): Promise<ToldSender[]> => {
  const { rows } = await db.query<{
    person_id: string;
    address: string;
    locale: Locale;
    incident_id: string;
    number: string;
    code: string;
    status: string;
  }>(
    `select distinct on (i.opened_at, i.id, n.address) n.person_id, n.address, n.locale, i.id as incident_id, i.number,
       e.code, i.status
     from notification n join incident i on i.id = n.incident_id
       join incident_escalation e on e.incident_id = i.id
     where n.channel in ('sms', 'voice') and right(n.address, 8) = $1 and n.kind = 'alert' and n.attempts > 0
       and n.created_at > $2::timestamptz - interval '1 day'
     order by i.opened_at desc, i.id, n.address, n.id desc`,
    [lastEightDigits, now],
  );
  return rows.map(({ person_id, incident_id, ...row }) => ({
    ...row,
    personId: person_id,
    incidentId: incident_id,
  }));
};

/** The incident the person was asked to confirm as a false alarm in the ten minutes before, if the answer to that is out. */
export const findAskedAbout = async (
  db: Queryable,
  personId: string,
  { id, receivedAt }: Pick<Inbound, 'id' | 'receivedAt'>,
): Promise<string | null> => {
  const { rows } = await db.query<{ incident_id: string }>(
    `select m.incident_id from inbound_message m
     where m.person_id = $1 and m.outcome = 'asked whether false alarm' and m.id < $2
       and m.received_at > $3::timestamptz - interval '10 minutes'
       and exists (select from notification n where n.incident_id = m.incident_id and n.kind = 'reply' and n.channel = 'sms'
         and n.occurrence = m.id and n.submitted_at is not null)
     order by m.id desc limit 1`,
    [personId, id, receivedAt],
  );
  return rows[0]?.incident_id ?? null;
};

/** How many messages of the person were answered in the ten minutes before: two machines must not talk all night. */
export const countAnswers = async (
  db: Queryable,
  personId: string,
  before: Date,
): Promise<number> => {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from inbound_message m join notification n
       on n.incident_id = m.incident_id and n.kind = 'reply' and n.channel = 'sms' and n.occurrence = m.id
     where m.person_id = $1 and m.received_at > $2::timestamptz - interval '10 minutes'`,
    [personId, before],
  );
  return rows[0]?.count ?? 0;
};
