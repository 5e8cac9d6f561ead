import type { ContactChannel, Locale } from '../people/index.ts';
import type { Queryable } from '../shared/db.ts';
import { newId } from '../shared/ids.ts';
import type { NotificationKind } from './notification.ts';
import type { Traffic } from './plan-sending.ts';

/**
 * Clocks of two machines differ a little: without the tolerance an alarm written by the one that is ahead would wait for
 * the next sweep. One written in our future means that the clock was put back: it must not wait for that time to come.
 * While PostgreSQL was away no claim could be renewed and no outcome written: one that ran out then says nothing of its worker,
 * who has 3 s after PostgreSQL's return to write what it knows.
 */
export const DUE = `(n.status = 'queued' and (n.due_at <= $1::timestamptz + interval '250 milliseconds'
    or n.created_at > $1::timestamptz + interval '2 seconds')
  or n.status = 'sending' and n.claimed_until <= $1
    and pg_postmaster_start_time() < now() - interval '3 seconds')`;

/** A notification that should be sent now, with what decides how. */
export type Candidate = {
  id: string;
  kind: NotificationKind;
  personId: string;
  channel: ContactChannel;
  address: string;
  locale: Locale;
  payload: Record<string, unknown>;
  createdAt: Date;
  attempts: number;
  /** The message it is part of for good, because that one may have got out. */
  bundleId: string | null;
  /** How often each provider failed with it. */
  failed: Record<string, number>;
  /** Providers that will never take it. */
  refusedBy: string[];
  /** The person has heard of the incident over this channel before. */
  told: boolean;
  /** The person's next channel has been asked for its sake. */
  fellBack: boolean;
  /** Somebody else began to send it and has not been heard of since. */
  abandoned: boolean;
  traffic: Traffic;
};

type CandidateRow = {
  id: string;
  kind: NotificationKind;
  person_id: string;
  channel: ContactChannel;
  address: string;
  locale: Locale;
  payload: Record<string, unknown>;
  created_at: Date;
  attempts: number;
  bundle_id: string | null;
  failed: Record<string, number>;
  refused_by: string[];
  told: boolean;
  fell_back: boolean;
  abandoned: boolean;
  alert_began_at: Date | null;
  under_way: boolean | null;
  messages: number;
  oldest_at: Date | null;
};

/** Undefined when it is not due, taken by another, or no longer wanted. */
export const readCandidate = async (
  db: Queryable,
  id: string,
  now: Date,
): Promise<Candidate | undefined> => {
  const { rows } = await db.query<CandidateRow>(
    `select n.id, n.kind, n.person_id, n.channel, n.address, n.locale, n.payload, n.created_at, n.attempts, n.bundle_id,
       coalesce((select jsonb_object_agg(p.provider, p.failed) from (select a.provider, count(*)::int as failed
         from delivery_attempt a where a.notification_id = n.id and a.outcome in ('failed', 'unknown') group by 1) p),
         '{}') as failed,
       array(select distinct a.provider from delivery_attempt a where a.notification_id = n.id and a.permanent) as refused_by,
       exists (select from notification o where o.incident_id = n.incident_id and o.kind = 'alert'
         and o.person_id = n.person_id and o.channel = n.channel and o.submitted_at is not null) as told,
       n.fallback_at is not null as fell_back, n.status = 'sending' as abandoned, t.*
     from notification n cross join lateral (
       select max(o.last_attempt_at) filter (where o.kind = 'alert') as alert_began_at,
         bool_or(o.kind = 'alert' and o.status = 'sending' and o.claimed_until > $1) as under_way,
         count(distinct o.bundle_id)::int as messages, min(o.last_attempt_at) as oldest_at
       from notification o where o.address = n.address and o.channel = n.channel and o.person_id = n.person_id
         and o.id <> n.id and o.last_attempt_at between $1::timestamptz - interval '1 minute' and $1::timestamptz + interval '1 second'
     ) t
     where n.id = $2 and ${DUE}`,
    [now, id],
  );
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    personId: row.person_id,
    channel: row.channel,
    address: row.address,
    locale: row.locale,
    payload: row.payload,
    createdAt: row.created_at,
    attempts: row.attempts,
    bundleId: row.bundle_id,
    failed: row.failed,
    refusedBy: row.refused_by,
    told: row.told,
    fellBack: row.fell_back,
    abandoned: row.abandoned,
    traffic: {
      alertBeganAt: row.alert_began_at,
      underWay: row.under_way ?? false,
      messages: row.messages,
      oldestAt: row.oldest_at,
    },
  }))[0];
};

/** More than people can take in at once; one more is read, to know that there is more. */
export const MAX_MATES = 30;

/**
 * What may go out in one message with a notification, that one first, then the oldest. Part of a message that may have got
 * out: the others of that, as far as they are still wanted, and nothing else, for the receiver knows it by its id.
 */
export const listMates = async (
  db: Queryable,
  { id, bundleId, address, channel, personId }: Candidate,
  now: Date,
): Promise<{ id: string; payload: Record<string, unknown> }[]> => {
  const { rows } = await db.query<{ id: string; payload: Record<string, unknown> }>(
    `select n.id, n.payload from notification n
     where ${DUE} and n.person_id = $6 and n.channel = $5 and n.address = $4
       and case when $3::uuid is null then n.bundle_id is null and n.kind = 'alert' else n.bundle_id = $3 end
     order by n.id <> $2, n.id limit ${MAX_MATES + 1}`,
    [now, id, bundleId, address, channel, personId],
  );
  return rows;
};

/** The oldest alert to a person over a channel that should be sent now. */
export const findWaiting = async (
  db: Queryable,
  { personId, channel }: { personId: string; channel: string },
  now: Date,
): Promise<string | undefined> => {
  const { rows } = await db.query<{ id: string }>(
    `select n.id from notification n where ${DUE} and n.person_id = $2 and n.channel = $3 and n.kind = 'alert'
     order by n.id limit 1`,
    [now, personId, channel],
  );
  return rows[0]?.id;
};

/** A notification taken for sending: nobody else sends it until the claim runs out. */
export type ClaimedNotification = {
  id: string;
  /** Null for what is about no incident. */
  incidentId: string | null;
  kind: NotificationKind;
  step: number;
  round: number;
  personId: string;
  channel: ContactChannel;
  address: string;
  locale: Locale;
  text: string;
  payload: Record<string, unknown>;
  createdAt: Date;
  /** 1 for the first. */
  attempt: number;
  /** Attempts that count towards giving up, this one not. */
  failures: number;
  /** What the provider recognises a repeat by. */
  bundleId: string;
  /** The same for all of one message, another for each attempt at it: what its receipts may be known by. */
  messageReference: number;
  /** An earlier attempt ended without our knowing whether the message got out. */
  repeat: boolean;
};

type ClaimRow = {
  id: string;
  incident_id: string | null;
  kind: NotificationKind;
  step: number;
  round: number;
  person_id: string;
  channel: ContactChannel;
  address: string;
  locale: Locale;
  text: string;
  payload: Record<string, unknown>;
  created_at: Date;
  attempts: number;
  failures: number;
  bundle_id: string;
  message_reference: number;
  repeat: boolean;
};

export type Claim = {
  /** The one that must be among those taken, or none is. */
  lead: string;
  ids: readonly string[];
  bundleId: string;
  provider: string;
  now: Date;
  leaseMs: number;
};

/**
 * Takes the notifications of one message for sending, by compare-and-set, in one statement and so in one transaction: the
 * claim, the end of any attempt that never finished (as `unknown`), and the new attempts' rows, before the provider is
 * called. Oldest first; empty when the lead is not due any more. Rows are locked in one order, so that two workers after
 * the same message wait for each other rather than take half of it each.
 */
export const claimNotifications = async (
  db: Queryable,
  { lead, ids, bundleId, provider, now, leaseMs }: Claim,
): Promise<ClaimedNotification[]> => {
  const { rows } = await db.query<ClaimRow>(
    `with locked as materialized (
       select n.id from notification n where n.id = any($2::uuid[]) and ${DUE} order by n.id for no key update
     ), wanted as (
       select w.id, w.attempt_id from unnest($2::uuid[], $4::uuid[]) as w (id, attempt_id) join locked using (id)
       where exists (select from locked where id = $5)
     ), lost as (
       update delivery_attempt a set finished_at = $1, outcome = 'unknown',
         error = 'the worker ended before the outcome was known'
       from wanted where a.notification_id = wanted.id and a.finished_at is null
       returning a.notification_id
     ), claimed as (
       update notification n set status = 'sending', attempts = n.attempts + 1, claimed_until = $3, last_attempt_at = $1,
         bundle_id = $6, failures = n.failures + (select count(*) from lost where lost.notification_id = n.id)
       from wanted where n.id = wanted.id
       returning n.*, wanted.attempt_id
     ), message as materialized (
       select nextval('message_reference')::int as reference
     ), started as (
       insert into delivery_attempt (id, notification_id, attempt, provider, started_at, message_reference)
       select c.attempt_id, c.id, c.attempts, $7, $1, message.reference from claimed c, message
     )
     select c.id, c.incident_id, c.kind, c.step, c.round, c.person_id, c.channel, c.address, c.locale, c.text, c.payload,
       c.created_at, c.attempts, c.failures, c.bundle_id, message.reference as message_reference,
       exists (select from lost where lost.notification_id = c.id) or exists (select from delivery_attempt a
         where a.notification_id = c.id and a.outcome = 'unknown') as repeat
     from claimed c, message order by c.id`,
    [now, ids, new Date(now.getTime() + leaseMs), ids.map(() => newId()), lead, bundleId, provider],
  );
  return rows.map(
    ({ incident_id, person_id, created_at, attempts, bundle_id, message_reference, ...row }) => ({
      ...row,
      incidentId: incident_id,
      personId: person_id,
      createdAt: created_at,
      attempt: attempts,
      bundleId: bundle_id,
      messageReference: message_reference,
    }),
  );
};

/** An attempt at a notification; what is written of it has no effect once the claim is lost. */
export type Attempt = { id: string; attempt: number };

const idsOf = (attempts: readonly Attempt[]): string[] => attempts.map(({ id }) => id);
const numbersOf = (attempts: readonly Attempt[]): number[] =>
  attempts.map(({ attempt }) => attempt);

/** The attempts as rows to join with: parameters 1 and 2. */
const MINE = 'unnest($1::uuid[], $2::int[]) as m (id, attempt)';

/** Keeps a claim while its sending takes long. */
export const renewClaim = async (
  db: Queryable,
  attempts: readonly Attempt[],
  until: Date,
): Promise<void> => {
  await db.query(
    `update notification n set claimed_until = $3 from ${MINE}
     where n.id = m.id and n.attempts = m.attempt and n.status = 'sending'`,
    [idsOf(attempts), numbersOf(attempts), until],
  );
};

/** The provider has it. A receipt or a cancellation that came first keeps its status, and receipts that proved it their ids. */
export const recordSubmitted = async (
  db: Queryable,
  attempts: readonly Attempt[],
  { now, providerMessageIds }: { now: Date; providerMessageIds: readonly string[] },
): Promise<void> => {
  await db.query(
    `with mine as (select * from ${MINE}), ended as (
       update delivery_attempt a set finished_at = $3, outcome = 'submitted', provider_message_ids = $4, error = null
       from mine m where a.notification_id = m.id and a.attempt = m.attempt and a.outcome is distinct from 'submitted'
     )
     update notification n set submitted_at = coalesce(n.submitted_at, $3), last_error = null,
       claimed_until = case when n.status = 'sending' then null else n.claimed_until end,
       status = case when n.status = 'sending' then 'submitted' else n.status end
     from mine m where n.id = m.id and n.attempts = m.attempt`,
    [idsOf(attempts), numbersOf(attempts), now, providerMessageIds],
  );
};

export type Unsent = {
  now: Date;
  outcome: 'failed' | 'unknown';
  reason: string;
  /** The provider will never take it. */
  permanent: boolean;
  /** Whether it brings giving up nearer. */
  counts: boolean;
  /**
   * `keep`: part of the message may have got out, so the same is sent again; `dissolve`: nothing has, so each may go out
   * with whatever is due then; `apart`: each goes by itself from now on.
   */
  bundle: 'keep' | 'dissolve' | 'apart';
  providerMessageIds: readonly string[];
  /** When to try again; null = give up. */
  retryAt: Date | null;
};

/** The attempts did not succeed: queued for another, or failed for good. Returns the ids given up by this call. */
export const recordUnsent = async (
  tx: Queryable,
  attempts: readonly Attempt[],
  unsent: Unsent,
): Promise<string[]> => {
  const { now, outcome, reason, permanent, counts, bundle, providerMessageIds, retryAt } = unsent;
  const { rows } = await tx.query<{ id: string; status: string }>(
    `with mine as (select * from ${MINE}), ended as (
       update delivery_attempt a set finished_at = $3, outcome = $4, error = $5, provider_message_ids = $6, permanent = $8
       from mine m where a.notification_id = m.id and a.attempt = m.attempt and a.outcome is distinct from 'submitted'
     )
     update notification n set last_error = $5, claimed_until = null, failures = n.failures + $9,
       bundle_id = case $10 when 'keep' then n.bundle_id when 'apart' then n.id end,
       status = case when $7::timestamptz is null then 'failed' else 'queued' end,
       due_at = coalesce($7, n.due_at), finished_at = case when $7::timestamptz is null then $3::timestamptz end
     from mine m where n.id = m.id and n.attempts = m.attempt and n.status = 'sending'
     returning n.id, n.status`,
    [
      idsOf(attempts),
      numbersOf(attempts),
      now,
      outcome,
      reason,
      providerMessageIds,
      retryAt,
      permanent,
      counts ? 1 : 0,
      bundle,
    ],
  );
  return rows.filter(({ status }) => status === 'failed').map(({ id }) => id);
};

/** Not now: no provider may be called, or the person has had enough messages for the moment. Costs no attempt. */
export const postpone = async (
  db: Queryable,
  id: string,
  { until, reason }: { until: Date; reason: string | null },
): Promise<void> => {
  await db.query(
    `update notification set due_at = $2, last_error = coalesce($3, last_error) where id = $1 and status = 'queued'`,
    [id, until, reason],
  );
};

/** A provider of the channel works again: what has failed or found none goes now. */
export const bringForward = async (db: Queryable, channel: string, now: Date): Promise<void> => {
  await db.query(
    `update notification set due_at = $2
     where status = 'queued' and channel = $1 and due_at > $2 and last_error is not null`,
    [channel, now],
  );
};
