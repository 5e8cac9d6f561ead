import type { Locale } from '../../people/index.ts';
import type { Queryable } from '../../shared/db.ts';
import { uuidOf } from '../../shared/ids.ts';
import type { By } from './carry-out.ts';
import type { ToldIncident } from './decide-reply.ts';

/** A notification somebody may answer: one of an incident that has a policy under way. */
export type Answerable = ToldIncident & {
  notificationId: string;
  personId: string;
  locale: Locale;
  /** What the person was told, in his or her language. */
  text: string;
  mapUrl: string | null;
};

export const findAnswerable = async (
  db: Queryable,
  notificationId: string,
): Promise<Answerable | undefined> => {
  const { rows } = await db.query<{
    id: string;
    person_id: string;
    locale: Locale;
    text: string;
    map_url: string | null;
    incident_id: string;
    number: string;
    status: string;
    code: string;
  }>(
    `select n.id, n.person_id, n.locale, n.text, n.payload ->> 'mapUrl' as map_url, i.id as incident_id, i.number, i.status,
       e.code
     from notification n join incident i on i.id = n.incident_id join incident_escalation e on e.incident_id = i.id
     where n.id = $1`,
    [uuidOf(notificationId)],
  );
  return rows.map(({ id, person_id, map_url, incident_id, ...row }) => ({
    ...row,
    notificationId: id,
    personId: person_id,
    mapUrl: map_url,
    incidentId: incident_id,
  }))[0];
};

export type ReplyDigit = '0' | '1' | '2';
export type Via = Exclude<By, 'sms'>;

type Given = { notificationId: string; via: Via; reply: ReplyDigit };

/** What became of this very message when it came before (`at`: it came again), or of any like it by link. */
export const findGiven = async (
  db: Queryable,
  { notificationId, via, reply }: Given,
  at: Date | null,
): Promise<string | null> => {
  const { rows } = await db.query<{ outcome: string }>(
    `select outcome from notification_reply where notification_id = $1 and via = $2 and reply = $3
       and ($4::timestamptz is null or at = $4) order by id desc limit 1`,
    [notificationId, via, reply, at],
  );
  return rows[0]?.outcome ?? null;
};

/** Its id; undefined when the same message is there already. */
export const insertReply = async (
  tx: Queryable,
  given: Given & {
    incidentId: string;
    personId: string;
    at: Date;
    receivedAt: Date;
    outcome: string;
  },
): Promise<string | undefined> => {
  const { rows } = await tx.query<{ id: string }>(
    `insert into notification_reply (notification_id, incident_id, person_id, reply, via, at, received_at, outcome)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (notification_id, via, reply, at) do nothing returning id`,
    [
      given.notificationId,
      given.incidentId,
      given.personId,
      given.reply,
      given.via,
      given.at,
      given.receivedAt,
      given.outcome,
    ],
  );
  return rows[0]?.id;
};

/** Whether the person was asked in the ten minutes before, the same way, to confirm that it is a false alarm. */
export const wasAsked = async (
  db: Queryable,
  { incidentId, personId, via, now }: { incidentId: string; personId: string; via: Via; now: Date },
): Promise<boolean> => {
  const { rowCount } = await db.query(
    `select from notification_reply where incident_id = $1 and person_id = $2 and via = $3
       and outcome = 'asked whether false alarm' and received_at > $4::timestamptz - interval '10 minutes' limit 1`,
    [incidentId, personId, via, now],
  );
  return rowCount === 1;
};
