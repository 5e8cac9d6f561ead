import type { Queryable } from '../shared/db.ts';
import { toJsonb, toSafeText } from '../shared/safe-json.ts';
import {
  type AttemptCandidate,
  matchReceipt,
  messageIdForms,
  type ProviderReceipt,
  type ReceiptEvent,
} from './receipt.ts';

/** Receipts name messages of the last days; older ids may have been given out again by the provider. */
const MATCH_WITHIN = `interval '7 days'`;
/** A receipt that says the same of the same id so soon is a copy, and not of a later message under an id given out again. */
const COPY_WITHIN = `interval '1 hour'`;
/** Between the machine that sent a message and the one its receipt comes to. */
const CLOCK_SKEW = `interval '2 seconds'`;

/** Keeps receipts, not yet matched; each once, while it waits, however often it is repeated. */
export const insertProviderReceipts = async (
  db: Queryable,
  receipts: readonly ProviderReceipt[],
  receivedAt: Date,
): Promise<void> => {
  const rows = receipts.map(({ messageId, detail, ...receipt }) => ({
    ...receipt,
    messageId: toSafeText(messageId),
    detail: toSafeText(detail),
  }));
  await db.query({
    name: 'insert-provider-receipts',
    text: `insert into receipt (provider, provider_message_id, address, event, at, received_at, detail, retry_after_ms, reference)
     select distinct on (n.provider, lower(n."messageId"), n.address, n.event) n.provider, n."messageId", n.address, n.event,
       n.at, $2::timestamptz, n.detail, n."retryAfterMs", n.reference
     from jsonb_to_recordset($1::jsonb) as n (provider text, "messageId" text, address text, event text, at timestamptz,
       detail text, "retryAfterMs" int, reference int)
     where not exists (select from receipt r where r.notification_id is null
       and r.provider = n.provider and lower(r.provider_message_id) = lower(n."messageId")
       and r.address is not distinct from n.address and r.event = n.event
       and r.received_at > $2::timestamptz - ${COPY_WITHIN})`,
    values: [toJsonb(rows), receivedAt],
  });
};

const formsOf = (messageIds: readonly string[]): string[] => [
  ...new Set(messageIds.flatMap(messageIdForms)),
];

/** Message ids that a provider has given out. */
export type GivenIds = { provider: string; messageIds: readonly string[] };

/** For each, whether any receipt that may name one of its ids still waits for its notification. */
export const haveUnmatched = async (
  db: Queryable,
  given: readonly GivenIds[],
): Promise<boolean[]> => {
  const forms = given.flatMap(({ provider, messageIds }, index) =>
    formsOf(messageIds).map((form) => ({ index, provider, form })),
  );
  if (forms.length === 0) return given.map(() => false);
  const { rows } = await db.query<{ index: number }>({
    name: 'have-unmatched',
    text: `select distinct f.index from jsonb_to_recordset($1::jsonb) as f (index int, provider text, form text)
     join receipt r on r.notification_id is null and r.provider = f.provider and lower(r.provider_message_id) = f.form`,
    values: [toJsonb(forms)],
  });
  const found = new Set(rows.map(({ index }) => index));
  return given.map((_, index) => found.has(index));
};

type UnmatchedRow = {
  id: string;
  provider_message_id: string;
  address: string | null;
  event: ReceiptEvent;
  received_at: Date;
};
type CandidateRow = {
  notification_id: string;
  attempt: number;
  address: string;
  provider_message_ids: string[];
};

/**
 * Ties receipts that name any of these message ids to their notifications; returns those whose count may have changed.
 * Called after the commit on both sides, by who stores a receipt and by who stores message ids: whichever comes second
 * sees the other.
 */
export const matchReceipts = async (
  tx: Queryable,
  provider: string,
  messageIds: readonly string[],
): Promise<string[]> => {
  const unmatched = await tx.query<UnmatchedRow>({
    name: 'lock-unmatched',
    text: `select id, provider_message_id, address, event, received_at from receipt
     where notification_id is null and provider = $1 and lower(provider_message_id) = any($2)
     order by id for update`,
    values: [provider, formsOf(messageIds)],
  });
  const touched = new Set<string>();
  for (const row of unmatched.rows) {
    const receipt = { messageId: row.provider_message_id, address: row.address ?? '' };
    const match =
      matchReceipt(receipt, await listAttemptsWithId(tx, provider, row)) ??
      matchReceipt(receipt, await listAttemptsToPhone(tx, provider, row));
    if (match === undefined) continue;
    touched.add(match.candidate.notificationId);
    const tied = await tx.query({
      name: 'tie-receipt',
      text: `update receipt set notification_id = $2, provider_message_id = $3 where id = $1 and not exists
         (select from receipt r where r.notification_id = $2 and r.provider_message_id = $3 and r.event = $4)`,
      values: [row.id, match.candidate.notificationId, match.messageId, row.event],
    });
    if (tied.rowCount === 0) await dropCopy(tx, row, match);
    const told = { notificationId: match.candidate.notificationId, messageId: match.messageId };
    for (const id of await copyToOthers(tx, { ...told, receiptId: row.id, event: row.event })) {
      touched.add(id);
    }
  }
  return [...touched];
};

/**
 * A second copy says nothing new: providers repeat what a crash kept us from answering, and each start would look at all of
 * them again. One that comes much later stays unmatched: it may belong to a later message.
 */
const dropCopy = async (
  tx: Queryable,
  { id, event, received_at }: UnmatchedRow,
  { candidate, messageId }: { candidate: { notificationId: string }; messageId: string },
): Promise<void> => {
  await tx.query(
    `delete from receipt where id = $1 and exists (select from receipt r where r.notification_id = $2
       and r.provider_message_id = $3 and r.event = $4 and r.received_at > $5::timestamptz - ${COPY_WITHIN})`,
    [id, candidate.notificationId, messageId, event, received_at],
  );
};

/** What is said of a message holds for every notification that went out in it. Returns the ids of the others. */
const copyToOthers = async (
  tx: Queryable,
  receipt: { receiptId: string; notificationId: string; messageId: string; event: ReceiptEvent },
): Promise<string[]> => {
  const { rows } = await tx.query<{ id: string }>({
    name: 'copy-receipt',
    text: `with others as (
       select distinct n.id from notification n join delivery_attempt a on a.notification_id = n.id
       where n.bundle_id = (select bundle_id from notification where id = $2) and n.id <> $2
         and $3 = any(a.provider_message_ids)
     ), copied as (
       insert into receipt (notification_id, provider, provider_message_id, address, event, at, received_at, detail,
         retry_after_ms)
       select o.id, r.provider, $3, r.address, r.event, r.at, r.received_at, r.detail, r.retry_after_ms
       from receipt r, others o
       where r.id = $1 and not exists
         (select from receipt e where e.notification_id = o.id and e.provider_message_id = $3 and e.event = $4)
     )
     select id from others`,
    values: [receipt.receiptId, receipt.notificationId, receipt.messageId, receipt.event],
  });
  return rows.map(({ id }) => id);
};

/** Ids of receipts still without their notification, by provider, such as those a crash came between. */
export const listUnmatchedIds = async (db: Queryable): Promise<Map<string, string[]>> => {
  const { rows } = await db.query<{ provider: string; id: string }>(
    `select provider, provider_message_id as id from receipt
     where notification_id is null and provider_message_id is not null and received_at > now() - ${MATCH_WITHIN}
     order by receipt.id desc limit 1000`,
  );
  const ids = new Map<string, string[]>();
  for (const { provider, id } of rows) ids.set(provider, [...(ids.get(provider) ?? []), id]);
  return ids;
};

/** A receipt never comes before its attempt began. */
const BEGUN_BEFORE = `a.provider = $1 and a.started_at between $3::timestamptz - ${MATCH_WITHIN}
  and $3::timestamptz + ${CLOCK_SKEW}`;

/** Attempts that have been given the very id, newest first. */
const listAttemptsWithId = async (
  tx: Queryable,
  provider: string,
  { provider_message_id: id, received_at }: UnmatchedRow,
): Promise<AttemptCandidate[]> => {
  const { rows } = await tx.query<CandidateRow>({
    name: 'list-attempts-with-id',
    text: `select a.notification_id, a.attempt, n.address, a.provider_message_ids
     from delivery_attempt a join notification n on n.id = a.notification_id
     where a.provider_message_ids && $2 and ${BEGUN_BEFORE} order by a.started_at desc limit 50`,
    values: [provider, [id, id.toLowerCase(), id.toUpperCase()], received_at],
  });
  return rows.map(attemptCandidateOf);
};

/** Attempts to the number, newest first: one of them may know the id in another notation. */
const listAttemptsToPhone = async (
  tx: Queryable,
  provider: string,
  { address, received_at }: UnmatchedRow,
): Promise<AttemptCandidate[]> => {
  const digits = (address ?? '').replaceAll(/\D/g, '');
  const { rows } = await tx.query<CandidateRow>({
    name: 'list-attempts-to-phone',
    text: `select a.notification_id, a.attempt, n.address, a.provider_message_ids
     from notification n join delivery_attempt a on a.notification_id = n.id
     where n.address = any($2) and n.last_attempt_at >= $3::timestamptz - ${MATCH_WITHIN} and ${BEGUN_BEFORE}
     order by a.started_at desc limit 50`,
    values: [provider, [`+${digits}`, `+86${digits}`], received_at],
  });
  return rows.map(attemptCandidateOf);
};

const attemptCandidateOf = (row: CandidateRow): AttemptCandidate => ({
  notificationId: row.notification_id,
  attempt: row.attempt,
  address: row.address,
  providerMessageIds: row.provider_message_ids,
});
