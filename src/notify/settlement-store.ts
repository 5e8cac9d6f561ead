import type { Queryable } from '../shared/db.ts';
import { type ReceiptEvent, settleAttempts } from './receipt.ts';

export type Settlement =
  | { kind: 'pending' }
  | { kind: 'delivered' }
  | {
      kind: 'failed';
      reason: string;
      incidentId: string | null;
      channel: string;
      /** Null: trying again cannot help. */
      retryAfterMs: number | null;
    };

type SettlementRow = {
  id: string;
  incident_id: string | null;
  channel: string;
  attempts: { messageIds: string[] }[];
  receipts: {
    messageId: string;
    event: ReceiptEvent;
    detail: string | null;
    retryAfterMs: number | null;
  }[];
};

/** What the receipts of notifications add up to, by id. */
export const readSettlements = async (
  db: Queryable,
  ids: readonly string[],
): Promise<Map<string, Settlement>> => {
  const { rows } = await db.query<SettlementRow>({
    name: 'read-settlements',
    text: `select n.id, n.incident_id, n.channel,
       coalesce((select json_agg(json_build_object('messageIds', a.provider_message_ids) order by a.attempt)
         from delivery_attempt a where a.notification_id = n.id and a.outcome = 'submitted'
           and a.provider_message_ids <> '{}'), '[]') as attempts,
       coalesce((select json_agg(json_build_object('messageId', r.provider_message_id, 'event', r.event,
           'detail', r.detail, 'retryAfterMs', r.retry_after_ms) order by r.id)
         from receipt r where r.notification_id = n.id and r.provider_message_id is not null), '[]') as receipts
     from notification n where n.id = any($1)`,
    values: [ids],
  });
  return new Map(rows.map((row) => [row.id, settlementOf(row)]));
};

const settlementOf = ({ incident_id, channel, attempts, receipts }: SettlementRow): Settlement => {
  const kind = settleAttempts({ attempts, receipts });
  if (kind !== 'failed') return { kind };
  const newest = attempts.at(-1)?.messageIds ?? [];
  const failures = receipts.filter(
    ({ event, messageId }) => event === 'failed' && newest.includes(messageId),
  );
  const pauses = failures.map(({ retryAfterMs }) => retryAfterMs);
  return {
    kind,
    reason: `not delivered: ${failures[0]?.detail ?? 'no reason given'}`,
    incidentId: incident_id,
    channel,
    retryAfterMs: pauses.reduce((a, b) => (a === null || b === null ? null : Math.max(a, b)), 0),
  };
};

/**
 * Sends again what was submitted and not delivered; false when it is not waiting for a receipt, was tried often enough, or
 * is an alert of a fire that somebody has taken meanwhile.
 */
export const requeueUndelivered = async (
  db: Queryable,
  id: string,
  { dueAt, maxAttempts, reason }: { dueAt: Date; maxAttempts: number; reason: string },
): Promise<boolean> => {
  const { rowCount } = await db.query(
    `update notification n set status = 'queued', due_at = $2, last_error = $4
     where id = $1 and status = 'submitted' and attempts < $3 and not exists (select from incident i
       where i.id = n.incident_id and i.status <> 'reported' and n.kind in ('alert', 'audit'))`,
    [id, dueAt, maxAttempts, reason],
  );
  return rowCount === 1;
};

export const markDelivered = async (
  db: Queryable,
  ids: readonly string[],
  now: Date,
): Promise<void> => {
  await db.query({
    name: 'mark-delivered',
    text: `with theirs as materialized (
       select id from notification where id = any($1) and status in ('queued', 'sending', 'submitted')
       order by id for no key update
     )
     update notification n set status = 'delivered', finished_at = $2, claimed_until = null from theirs where n.id = theirs.id`,
    values: [ids, now],
  });
};

/** True when this call made it so. Only what counted as submitted can turn out undelivered. */
export const markUndelivered = async (
  tx: Queryable,
  id: string,
  { now, reason }: { now: Date; reason: string },
): Promise<boolean> => {
  const { rowCount } = await tx.query(
    `update notification set status = 'failed', finished_at = $2, last_error = $3
     where id = $1 and status = 'submitted'`,
    [id, now, reason],
  );
  return rowCount === 1;
};
