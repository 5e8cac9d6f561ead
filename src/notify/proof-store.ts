import type { Queryable } from '../shared/db.ts';
import { toJsonb } from '../shared/safe-json.ts';
import { decodeReference, referencesOf } from './message-reference.ts';
import {
  PROVES_FOR_MS,
  proveSubmitted,
  type ReferencedAttempt,
  type ReferencedReceipt,
} from './proof.ts';

/** What a receipt names besides the provider's id. */
export type Referenced = {
  provider: string;
  /** Digits of the phone, as the provider tells them. */
  address: string;
  /** The message's part of the reference. */
  message: number;
};

const PROVES_WITHIN = `interval '${PROVES_FOR_MS} milliseconds'`;
/** Twice the longest that a carrier is likely to try: until then a receipt may still be of the older of two. */
const RIVALS_WITHIN = `interval '7 days'`;

const addressesOf = ({ address }: Referenced): string[] => {
  const digits = address.replaceAll(/\D/g, '');
  return [`+${digits}`, `+86${digits}`];
};

/** Attempts to one of the addresses with that reference and their notification `n`. */
const begunWithin = (
  interval: string,
  { addresses, message }: { addresses: string; message: string },
): string =>
  `n.address = any(${addresses}) and a.message_reference = ${message} and n.last_attempt_at > now() - ${interval}
     and a.started_at > now() - ${interval}`;
const RIVALS = begunWithin(RIVALS_WITHIN, { addresses: '$1', message: '$2' });

/** Those that an attempt waits for which they might prove. Nearly always its answer has come, and nothing is left to do. */
export const listOpen = async (
  db: Queryable,
  named: readonly Referenced[],
): Promise<Referenced[]> => {
  if (named.length === 0) return [];
  const distinct = [
    ...new Map(named.map((one) => [`${one.provider} ${one.address} ${one.message}`, one])).values(),
  ];
  const asked = distinct.map((one, index) => ({
    index,
    message: one.message,
    addresses: addressesOf(one),
  }));
  const { rows } = await db.query<{ index: number }>({
    name: 'list-open-attempts',
    text: `select q.index from jsonb_to_recordset($1::jsonb) as q (index int, message int, addresses text[])
     where exists (select from notification n join delivery_attempt a on a.notification_id = n.id
       where ${begunWithin(PROVES_WITHIN, { addresses: 'q.addresses', message: 'q.message' })}
         and (a.outcome is null or a.outcome = 'unknown'))
     order by q.index`,
    values: [toJsonb(asked)],
  });
  return rows.flatMap(({ index }) => distinct[index] ?? []);
};

/**
 * Records a message as submitted whose answer was lost, where its receipts prove it; returns the provider's ids for its parts,
 * and none when nothing is proven. Whoever wants to send it again waits for this, or has come first: the notifications' rows
 * are locked as for a claim, and only what no later attempt has been begun of changes its status.
 */
export const recordProven = async (
  tx: Queryable,
  named: Referenced,
  now: Date,
): Promise<string[]> => {
  const parameters = [addressesOf(named), named.message];
  await tx.query(
    `select from notification n where n.id in (select n.id from notification n
       join delivery_attempt a on a.notification_id = n.id where ${RIVALS})
     order by n.id for no key update`,
    parameters,
  );
  // Read once they are locked: what a claim has written meanwhile is seen.
  const { rows: attempts } = await tx.query<AttemptRow>(
    `select n.id, a.attempt, a.provider, a.started_at as "startedAt", a.outcome
     from notification n join delivery_attempt a on a.notification_id = n.id where ${RIVALS}`,
    parameters,
  );
  const receipts = await listReceipts(tx, named, attempts);
  const ids = proveSubmitted(named.provider, attempts, receipts);
  if (ids === undefined || !(await echoes(tx, named.provider))) return [];
  await tx.query(
    `with mine as (select * from unnest($1::uuid[], $2::int[]) as m (id, attempt)), ended as (
       update delivery_attempt a set outcome = 'submitted', finished_at = coalesce(a.finished_at, $3), error = null,
         provider_message_ids = $4
       from mine m where a.notification_id = m.id and a.attempt = m.attempt
     )
     update notification n set status = 'submitted', submitted_at = coalesce(n.submitted_at, $3), claimed_until = null,
       last_error = null
     from mine m where n.id = m.id and n.attempts = m.attempt and n.status in ('sending', 'queued')`,
    [attempts.map(({ id }) => id), attempts.map(({ attempt }) => attempt), now, ids],
  );
  return ids;
};

/**
 * What receipts of the last minutes name that have found no notification, such as those a crash came between; of the attempt
 * under way at one notification, or all.
 */
export const listUnproven = async (
  db: Queryable,
  notificationId: string | null,
): Promise<Referenced[]> => {
  const { rows } = await db.query<Referenced>(
    `select distinct r.provider, r.address, r.reference >> 6 as message from receipt r
     where r.notification_id is null and r.reference >= 64 and r.event = 'delivered'
       and r.received_at > now() - ${PROVES_WITHIN} and ($1::uuid is null or exists (select from delivery_attempt a
         where a.notification_id = $1 and a.finished_at is null and a.provider = r.provider
           and a.message_reference = r.reference >> 6))`,
    [notificationId],
  );
  return rows;
};

type AttemptRow = ReferencedAttempt & { id: string; attempt: number };

/** Not those that another message's id has told the owner of: they may be a second copy. */
const listReceipts = async (
  tx: Queryable,
  { provider, address, message }: Referenced,
  attempts: readonly AttemptRow[],
): Promise<ReferencedReceipt[]> => {
  const { first, last } = referencesOf(message);
  const { rows } = await tx.query<{ id: string; reference: number; received_at: Date }>(
    `select r.provider_message_id as id, r.reference, r.received_at from receipt r
     where r.provider = $1 and r.address = $2 and r.reference between $3 and $4 and r.event = 'delivered'
       and (r.notification_id is null or r.notification_id = any($5)) and not exists (select from delivery_attempt a
         where a.provider = $1 and a.provider_message_ids @> array[r.provider_message_id]
           and a.message_reference is distinct from $6)`,
    [provider, address, first, last, attempts.map(({ id }) => id), message],
  );
  return rows.flatMap(({ id, reference, received_at }) => {
    const decoded = decodeReference(reference);
    return decoded === undefined
      ? []
      : [{ messageId: id, reference: decoded, receivedAt: received_at }];
  });
};

/**
 * Whether a provider hands our references back as it got them: some write numbers of their own there. Told from the last
 * receipts whose message is known by its id.
 */
const echoes = async (tx: Queryable, provider: string): Promise<boolean> => {
  const { rows } = await tx.query<{ agrees: boolean | null }>(
    `select bool_and(agrees) as agrees from (
       select r.reference >> 6 = a.message_reference as agrees from receipt r join delivery_attempt a
         on a.notification_id = r.notification_id and a.provider_message_ids @> array[r.provider_message_id]
       where r.provider = $1 and r.reference is not null and a.message_reference is not null
       order by r.id desc limit 5) latest`,
    [provider],
  );
  return rows[0]?.agrees === true;
};
