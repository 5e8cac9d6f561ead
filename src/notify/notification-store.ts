import type { ContactChannel } from '../people/index.ts';
import type { Queryable } from '../shared/db.ts';
import { toJsonb } from '../shared/safe-json.ts';
import { DUE } from './candidate-store.ts';
import type { NewNotification, NotificationKind } from './notification.ts';

/**
 * Inserts in one statement; a row that is there already (same incident, kind, step, occurrence, person,
 * channel, round) is left alone.
 * Returns the ids of those that were new.
 */
export const insertNotifications = async (
  tx: Queryable,
  notifications: readonly NewNotification[],
  now: Date,
): Promise<Set<string>> => {
  if (notifications.length === 0) return new Set();
  const { rows } = await tx.query<{ id: string }>(
    `insert into notification (id, incident_id, kind, step, occurrence, round, person_id, channel, address, locale,
       text, payload, created_at, due_at)
     select r.id, r."incidentId", r.kind, r.step, r.occurrence, r.round, r."personId", r.channel, r.address, r.locale, r.text, r.payload,
       $2, r."dueAt"
     from jsonb_to_recordset($1::jsonb) as r (id uuid, "incidentId" uuid, kind text, step integer, occurrence bigint, round integer,
       "personId" text, channel text, address text, locale text, text text, payload jsonb, "dueAt" timestamptz)
     on conflict (incident_id, kind, step, occurrence, person_id, channel, round) do nothing
     returning id`,
    [toJsonb(notifications), now],
  );
  return new Set(rows.map((row) => row.id));
};

/** No alert of the incident is sent any more; what a provider has already is beyond recall. Returns how many were stopped. */
export const cancelPending = async (
  tx: Queryable,
  incidentId: string,
  now: Date,
): Promise<number> => {
  const { rowCount } = await tx.query(
    // Locked in the order in which those who send lock several.
    `with pending as materialized (
       select id from notification where incident_id = $1 and kind in ('alert', 'audit') and status in ('queued', 'sending')
       order by id for no key update
     )
     update notification n set status = 'cancelled', finished_at = $2, claimed_until = null from pending where n.id = pending.id`,
    [incidentId, now],
  );
  return rowCount ?? 0;
};

export type DueNotification = {
  id: string;
  kind: NotificationKind;
  personId: string;
  channel: ContactChannel;
  attempts: number;
};

/** What should be sent now: due, or claimed by a worker that has not been heard of. Oldest first. */
export const listDue = async (
  db: Queryable,
  now: Date,
  page: { after: { dueAt: Date; id: string } | null; limit: number },
): Promise<(DueNotification & { dueAt: Date })[]> => {
  const { rows } = await db.query<{
    id: string;
    kind: NotificationKind;
    person_id: string;
    channel: ContactChannel;
    attempts: number;
    due_at: Date;
  }>(
    `select n.id, n.kind, n.person_id, n.channel, n.attempts, n.due_at from notification n
     where ${DUE} and ($2::timestamptz is null or (n.due_at, n.id) > ($2, $3::uuid))
     order by n.due_at, n.id limit $4`,
    [now, page.after?.dueAt ?? null, page.after?.id ?? null, page.limit],
  );
  return rows.map(({ due_at, person_id, ...row }) => ({
    ...row,
    personId: person_id,
    dueAt: due_at,
  }));
};

/** How many wait to be sent, and how many are being sent. */
export const countPending = async (db: Queryable): Promise<{ queued: number; sending: number }> => {
  const { rows } = await db.query<{ queued: number; sending: number }>(
    `select count(*) filter (where status = 'queued')::int as queued,
       count(*) filter (where status = 'sending')::int as sending
     from notification where status in ('queued', 'sending')`,
  );
  return rows[0] ?? { queued: 0, sending: 0 };
};
