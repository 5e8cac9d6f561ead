import type { ContactChannel, Locale } from '../people/index.ts';
import type { Queryable } from '../shared/db.ts';
import { newId } from '../shared/ids.ts';
import { toJsonb } from '../shared/safe-json.ts';
import { DUE, type Seen } from './candidate-store.ts';
import type { NotificationKind } from './notification.ts';

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
  claim: number;
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

/** One message that is to be sent. */
export type Claim = {
  /** The one that must be among those taken, or none is. */
  lead: string;
  members: readonly Seen[];
  bundleId: string;
  provider: string;
};

/**
 * Takes the notifications of messages for sending, by compare-and-set, in one statement and so in one transaction: the
 * claims, the end of any attempt that never finished (as `unknown`), and the new attempts' rows, before a provider is called.
 * For each message what was taken, oldest first; empty when the lead is not due any more, or an earlier claim has it. Rows are
 * locked in one order, so that two workers after the same message wait for each other rather than take half of it each.
 */
export const claimNotifications = async (
  db: Queryable,
  claims: readonly Claim[],
  { now, leaseMs }: { now: Date; leaseMs: number },
): Promise<ClaimedNotification[][]> => {
  const asked = claims.flatMap(({ members, ...claim }, number) =>
    members.map((member) => ({ ...claim, ...member, claim: number, attemptId: newId() })),
  );
  const { rows } = await db.query<ClaimRow>({
    name: 'claim-notifications',
    text: `with asked as materialized (
       select * from jsonb_to_recordset($2::jsonb) as w (claim int, lead uuid, id uuid, attempts int, status text,
         "bundleId" uuid, provider text, "attemptId" uuid)
     ), locked as materialized (
       select n.id from asked w join notification n on n.id = w.id and n.attempts = w.attempts and n.status = w.status
       where ${DUE} order by n.id for no key update of n
     ), first as (
       select distinct on (id) asked.* from asked where id in (select id from locked) order by id, claim
     ), wanted as materialized (
       select w.* from first w where exists (select from first l where l.id = w.lead and l.claim = w.claim)
     ), lost as (
       update delivery_attempt a set finished_at = $1, outcome = 'unknown',
         error = 'the worker ended before the outcome was known'
       from wanted where a.notification_id = wanted.id and a.finished_at is null
       returning a.notification_id
     ), claimed as (
       update notification n set status = 'sending', attempts = n.attempts + 1, claimed_until = $3, last_attempt_at = $1,
         bundle_id = wanted."bundleId",
         failures = n.failures + (select count(*) from lost where lost.notification_id = n.id)
       from wanted where n.id = wanted.id
       returning n.*, wanted.claim, wanted.provider, wanted."attemptId" as attempt_id
     ), message as materialized (
       select claim, nextval('message_reference')::int as reference from (select distinct claim from wanted) w
     ), started as (
       insert into delivery_attempt (id, notification_id, attempt, provider, started_at, message_reference)
       select c.attempt_id, c.id, c.attempts, c.provider, $1, message.reference from claimed c join message using (claim)
     )
     select c.claim, c.id, c.incident_id, c.kind, c.step, c.round, c.person_id, c.channel, c.address, c.locale, c.text, c.payload,
       c.created_at, c.attempts, c.failures, c.bundle_id, message.reference as message_reference,
       exists (select from lost where lost.notification_id = c.id) or exists (select from delivery_attempt a
         where a.notification_id = c.id and a.outcome = 'unknown') as repeat
     from claimed c join message using (claim) order by c.id`,
    values: [now, toJsonb(asked), new Date(now.getTime() + leaseMs)],
  });
  return claims.map((_, number) =>
    rows.filter(({ claim }) => claim === number).map(claimedNotificationOf),
  );
};

const claimedNotificationOf = (row: ClaimRow): ClaimedNotification => ({
  id: row.id,
  incidentId: row.incident_id,
  kind: row.kind,
  step: row.step,
  round: row.round,
  personId: row.person_id,
  channel: row.channel,
  address: row.address,
  locale: row.locale,
  text: row.text,
  payload: row.payload,
  createdAt: row.created_at,
  attempt: row.attempts,
  failures: row.failures,
  bundleId: row.bundle_id,
  messageReference: row.message_reference,
  repeat: row.repeat,
});

/** An attempt at a notification; what is written of it has no effect once the claim is lost. */
export type Attempt = { id: string; attempt: number };

const idsOf = (attempts: readonly Attempt[]): string[] => attempts.map(({ id }) => id);
const numbersOf = (attempts: readonly Attempt[]): number[] =>
  attempts.map(({ attempt }) => attempt);

/** The attempts as rows to join with, parameters 1 and 2, their notifications locked in the order in which everybody does. */
const MINE = `select m.* from unnest($1::uuid[], $2::int[]) as m (id, attempt) join notification n using (id)
  order by n.id for no key update of n`;

/** Keeps a claim while its sending takes long. */
export const renewClaim = async (
  db: Queryable,
  attempts: readonly Attempt[],
  until: Date,
): Promise<void> => {
  await db.query(
    `with mine as materialized (${MINE})
     update notification n set claimed_until = $3 from mine m
     where n.id = m.id and n.attempts = m.attempt and n.status = 'sending'`,
    [idsOf(attempts), numbersOf(attempts), until],
  );
};

/** A provider's yes to one message. */
export type Submission = {
  attempts: readonly Attempt[];
  now: Date;
  providerMessageIds: readonly string[];
};

/**
 * Providers have these. A receipt or a cancellation that came first keeps its status, and receipts that proved it their ids.
 * Rows are locked in the order in which everybody locks several.
 */
export const recordSubmitted = async (
  db: Queryable,
  submissions: readonly Submission[],
): Promise<void> => {
  const rows = submissions.flatMap(({ attempts, now, providerMessageIds }) =>
    attempts.map(({ id, attempt }) => ({ id, attempt, at: now, messageIds: providerMessageIds })),
  );
  await db.query({
    name: 'record-submitted',
    text: `with mine as materialized (
       select m.* from jsonb_to_recordset($1::jsonb) as m (id uuid, attempt int, at timestamptz, "messageIds" text[])
       join notification n using (id) order by n.id for no key update of n
     ), ended as (
       update delivery_attempt a set finished_at = m.at, outcome = 'submitted', provider_message_ids = m."messageIds", error = null
       from mine m where a.notification_id = m.id and a.attempt = m.attempt and a.outcome is distinct from 'submitted'
     )
     update notification n set submitted_at = coalesce(n.submitted_at, m.at), last_error = null,
       claimed_until = case when n.status = 'sending' then null else n.claimed_until end,
       status = case when n.status = 'sending' then 'submitted' else n.status end
     from mine m where n.id = m.id and n.attempts = m.attempt`,
    values: [toJsonb(rows)],
  });
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
    `with mine as materialized (${MINE}), ended as (
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
    `with waiting as materialized (
       select id from notification where status = 'queued' and channel = $1 and due_at > $2 and last_error is not null
       order by id for no key update
     )
     update notification n set due_at = $2 from waiting where n.id = waiting.id`,
    [channel, now],
  );
};
