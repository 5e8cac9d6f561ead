import type { ContactChannel, Locale } from '../people/index.ts';
import type { Queryable } from '../shared/db.ts';
import { newId } from '../shared/ids.ts';
import { toJsonb } from '../shared/safe-json.ts';
import type { ClaimedNotification, NewNotification } from './notification.ts';

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
    `update notification set status = 'cancelled', finished_at = $2, claimed_until = null
     where incident_id = $1 and kind in ('alert', 'audit') and status in ('queued', 'sending')`,
    [incidentId, now],
  );
  return rowCount ?? 0;
};

export type DueNotification = { id: string; channel: ContactChannel; attempts: number };

/**
 * Clocks of two machines differ a little: without the tolerance an alarm written by the one that is ahead would wait for
 * the next sweep. One written in our future means that the clock was put back: it must not wait for that time to come.
 * While PostgreSQL was away no claim could be renewed and no outcome written: one that ran out then says nothing of its worker,
 * who has 3 s after PostgreSQL's return to write what it knows.
 */
const DUE = `(n.status = 'queued' and (n.due_at <= $1::timestamptz + interval '250 milliseconds'
    or n.created_at > $1::timestamptz + interval '2 seconds')
  or n.status = 'sending' and n.claimed_until <= $1
    and pg_postmaster_start_time() < now() - interval '3 seconds')`;

/** What should be sent now: due, or claimed by a worker that has not been heard of. Oldest first. */
export const listDue = async (
  db: Queryable,
  now: Date,
  page: { after: { dueAt: Date; id: string } | null; limit: number },
): Promise<(DueNotification & { dueAt: Date })[]> => {
  const { rows } = await db.query<{
    id: string;
    channel: ContactChannel;
    attempts: number;
    due_at: Date;
  }>(
    `select n.id, n.channel, n.attempts, n.due_at from notification n
     where ${DUE} and ($2::timestamptz is null or (n.due_at, n.id) > ($2, $3::uuid))
     order by n.due_at, n.id limit $4`,
    [now, page.after?.dueAt ?? null, page.after?.id ?? null, page.limit],
  );
  return rows.map(({ due_at, ...row }) => ({ ...row, dueAt: due_at }));
};

type ClaimRow = {
  id: string;
  incident_id: string;
  step: number;
  person_id: string;
  channel: ContactChannel;
  address: string;
  locale: Locale;
  text: string;
  payload: Record<string, unknown>;
  created_at: Date;
  attempts: number;
  repeat: boolean;
};

/**
 * Takes a notification for sending, by compare-and-set, in one statement and so in one transaction: the claim, the end of
 * any attempt that never finished (as `unknown`), and the new attempt's row, before the provider is called.
 * Undefined when it is not due, taken by another, or no longer wanted.
 */
export const claimNotification = async (
  db: Queryable,
  id: string,
  options: { now: Date; leaseMs: number; providers: Readonly<Record<string, string>> },
): Promise<ClaimedNotification | undefined> => {
  const { now, leaseMs, providers } = options;
  const { rows } = await db.query<ClaimRow>(
    `with claimed as (
       update notification n set status = 'sending', attempts = n.attempts + 1, claimed_until = $3
       where n.id = $2 and ${DUE}
       returning n.*
     ), lost as (
       update delivery_attempt a set finished_at = $1, outcome = 'unknown',
         error = 'the worker ended before the outcome was known'
       from claimed where a.notification_id = claimed.id and a.finished_at is null
       returning a.id
     ), started as (
       insert into delivery_attempt (id, notification_id, attempt, provider, started_at)
       select $4, claimed.id, claimed.attempts, coalesce($5::jsonb ->> claimed.channel, 'log'), $1 from claimed
     )
     select c.id, c.incident_id, c.step, c.person_id, c.channel, c.address, c.locale, c.text, c.payload,
       c.created_at, c.attempts, exists (select from lost) or exists (select from delivery_attempt a
         where a.notification_id = c.id and a.outcome = 'unknown') as repeat
     from claimed c`,
    [now, id, new Date(now.getTime() + leaseMs), newId(), JSON.stringify(providers)],
  );
  return rows.map((row) => ({
    id: row.id,
    incidentId: row.incident_id,
    step: row.step,
    personId: row.person_id,
    channel: row.channel,
    address: row.address,
    locale: row.locale,
    text: row.text,
    payload: row.payload,
    createdAt: row.created_at,
    attempt: row.attempts,
    repeat: row.repeat,
  }))[0];
};

type Attempt = { id: string; attempt: number };

/** Keeps a claim while its sending takes long; without effect once it is lost. */
export const renewClaim = async (
  db: Queryable,
  { id, attempt }: Attempt,
  until: Date,
): Promise<void> => {
  await db.query(
    `update notification set claimed_until = $3 where id = $1 and attempts = $2 and status = 'sending'`,
    [id, attempt, until],
  );
};

/** The provider has it. A receipt or a cancellation that came first keeps its status. */
export const recordSubmitted = async (
  db: Queryable,
  { id, attempt }: Attempt,
  { now, providerMessageIds }: { now: Date; providerMessageIds: readonly string[] },
): Promise<void> => {
  await db.query(
    `with ended as (
       update delivery_attempt set finished_at = $3, outcome = 'submitted', provider_message_ids = $4, error = null
       where notification_id = $1 and attempt = $2
     )
     update notification set submitted_at = coalesce(submitted_at, $3), last_error = null,
       claimed_until = case when status = 'sending' then null else claimed_until end,
       status = case when status = 'sending' then 'submitted' else status end
     where id = $1 and attempts = $2`,
    [id, attempt, now, providerMessageIds],
  );
};

export type Unsent = {
  now: Date;
  outcome: 'failed' | 'unknown';
  reason: string;
  providerMessageIds: readonly string[];
  /** When to try again; null = give up. */
  retryAt: Date | null;
};

/** The attempt did not succeed: queued for another, or failed for good. True when it was given up by this call. */
export const recordUnsent = async (
  tx: Queryable,
  { id, attempt }: Attempt,
  { now, outcome, reason, providerMessageIds, retryAt }: Unsent,
): Promise<boolean> => {
  const { rows } = await tx.query<{ status: string }>(
    `with ended as (
       update delivery_attempt set finished_at = $3, outcome = $4, error = $5, provider_message_ids = $6
       where notification_id = $1 and attempt = $2
     )
     update notification set last_error = $5, claimed_until = null,
       status = case when $7::timestamptz is null then 'failed' else 'queued' end,
       due_at = coalesce($7, due_at), finished_at = case when $7::timestamptz is null then $3::timestamptz end
     where id = $1 and attempts = $2 and status = 'sending'
     returning status`,
    [id, attempt, now, outcome, reason, providerMessageIds, retryAt],
  );
  return rows[0]?.status === 'failed';
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
