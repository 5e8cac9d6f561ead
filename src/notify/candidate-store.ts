import type { ContactChannel, Locale } from '../people/index.ts';
import type { Queryable } from '../shared/db.ts';
import type { NotificationKind } from './notification.ts';
import { mayShare, type Traffic } from './plan-sending.ts';

/**
 * Clocks of two machines differ a little: without the tolerance an alarm written by the one that is ahead would wait for
 * the next sweep. One written in our future means that the clock was put back: it must not wait for that time to come.
 * While PostgreSQL was away no claim could be renewed and no outcome written: one that ran out then says nothing of its worker,
 * who has 3 s after PostgreSQL's return to write what it knows.
 */
const dueAs = (
  alias: string,
): string => `(${alias}.status = 'queued' and (${alias}.due_at <= $1::timestamptz + interval '250 milliseconds'
    or ${alias}.created_at > $1::timestamptz + interval '2 seconds')
  or ${alias}.status = 'sending' and ${alias}.claimed_until <= $1
    and pg_postmaster_start_time() < now() - interval '3 seconds')`;

/** Whether notification `n` should be sent at $1. */
export const DUE = dueAs('n');

/**
 * A notification as it was when it was decided to send it. One that has changed since is not taken: with whom it goes, and
 * whether it is a repeat, is to be decided anew.
 */
export type Seen = { id: string; attempts: number; status: string };

/** A notification that should be sent now, with what decides how. */
export type Candidate = Seen & {
  kind: NotificationKind;
  personId: string;
  channel: ContactChannel;
  address: string;
  locale: Locale;
  payload: Record<string, unknown>;
  createdAt: Date;
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
  traffic: Traffic;
  /**
   * What may go out in one message with it, itself first, then the oldest. Part of a message that may have got out: the others
   * of that, as far as they are still wanted, and nothing else, for the receiver knows it by its id. Empty for what goes alone.
   */
  mates: (Seen & { payload: Record<string, unknown> })[];
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
  status: string;
  alert_began_at: Date | null;
  under_way: boolean | null;
  messages: number;
  oldest_at: Date | null;
  mates: Candidate['mates'];
};

/** More than people can take in at once; one more is read, to know that there is more. */
export const MAX_MATES = 30;

/** By id; without those that are not due, taken by another, or no longer wanted. */
export const readCandidates = async (
  db: Queryable,
  ids: readonly string[],
  now: Date,
): Promise<Map<string, Candidate>> => {
  const { rows } = await db.query<CandidateRow>({
    name: 'read-candidates',
    text: `select n.id, n.kind, n.person_id, n.channel, n.address, n.locale, n.payload, n.created_at, n.attempts, n.bundle_id,
       coalesce((select jsonb_object_agg(p.provider, p.failed) from (select a.provider, count(*)::int as failed
         from delivery_attempt a where a.notification_id = n.id and a.outcome in ('failed', 'unknown') group by 1) p),
         '{}') as failed,
       array(select distinct a.provider from delivery_attempt a where a.notification_id = n.id and a.permanent) as refused_by,
       exists (select from notification o where o.incident_id = n.incident_id and o.kind = 'alert'
         and o.person_id = n.person_id and o.channel = n.channel and o.submitted_at is not null) as told,
       n.fallback_at is not null as fell_back, n.status, t.*,
       coalesce((select jsonb_agg(jsonb_build_object('id', m.id, 'attempts', m.attempts, 'status', m.status, 'payload', m.payload)) from (
         select m.id, m.attempts, m.status, m.payload from notification m
         where ${dueAs('m')} and m.person_id = n.person_id and m.channel = n.channel and m.address = n.address
           and case when n.bundle_id is null then m.bundle_id is null and m.kind = 'alert' else m.bundle_id = n.bundle_id end
         order by m.id <> n.id, m.id limit ${MAX_MATES + 1}) m), '[]') as mates
     from notification n cross join lateral (
       select max(o.last_attempt_at) filter (where o.kind = 'alert') as alert_began_at,
         bool_or(o.kind = 'alert' and o.status = 'sending' and o.claimed_until > $1) as under_way,
         count(distinct o.bundle_id)::int as messages, min(o.last_attempt_at) as oldest_at
       from notification o where o.address = n.address and o.channel = n.channel and o.person_id = n.person_id
         and o.id <> n.id and o.last_attempt_at between $1::timestamptz - interval '1 minute' and $1::timestamptz + interval '1 second'
     ) t
     where n.id = any($2) and ${DUE}`,
    values: [now, ids],
  });
  return new Map(rows.map((row) => [row.id, candidateOf(row)]));
};

const candidateOf = (row: CandidateRow): Candidate => ({
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
  status: row.status,
  traffic: {
    alertBeganAt: row.alert_began_at,
    underWay: row.under_way ?? false,
    messages: row.messages,
    oldestAt: row.oldest_at,
  },
  mates: mayShare(row.kind, row.channel) ? row.mates : [],
});

/** The oldest alert to a person over a channel that should be sent now. */
export const findWaiting = async (
  db: Queryable,
  { personId, channel }: { personId: string; channel: string },
  now: Date,
): Promise<string | undefined> => {
  const { rows } = await db.query<{ id: string }>({
    name: 'find-waiting',
    text: `select n.id from notification n where ${DUE} and n.person_id = $2 and n.channel = $3 and n.kind = 'alert'
     order by n.id limit 1`,
    values: [now, personId, channel],
  });
  return rows[0]?.id;
};
