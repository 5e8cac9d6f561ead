import type { Queryable } from '../../shared/db.ts';
import { toSafeText } from '../../shared/safe-json.ts';

export type HttpInbound = {
  provider: string;
  externalId: string;
  /** Phone as the provider writes it. */
  sender: string;
  recipient: string;
  text: string;
};

/** Keeps what somebody wrote, once; who acts on replies looks for it within seconds. */
export const keepHttpInbound = async (
  db: Queryable,
  { provider, externalId, sender, recipient, text }: HttpInbound,
  now: Date,
): Promise<void> => {
  await db.query(
    `insert into inbound_message (provider, external_id, sender, recipient, text, received_at)
     values ($1, $2, $3, $4, $5, $6) on conflict (provider, external_id) do nothing`,
    [
      provider,
      toSafeText(externalId),
      toSafeText(sender),
      toSafeText(recipient),
      toSafeText(text),
      now,
    ],
  );
};

/**
 * Whom a call went to and the short name of the incident it was about (null when it was about several), by the message id of
 * the provider or by our own `{notification}-{attempt}`, which is known before the provider has answered.
 */
export const findCall = async (
  db: Queryable,
  provider: string,
  callId: string,
): Promise<{ address: string; code: string | null } | undefined> => {
  const ours = OWN_REFERENCE.exec(callId)?.[1];
  // What went out together has the id of the first.
  const told =
    ours === undefined
      ? 'a.provider_message_ids @> array[$2]'
      : '(n.id = $2::uuid or n.bundle_id = $2::uuid)';
  const { rows } = await db.query<{ address: string; code: string | null }>(
    `select n.address, case when count(distinct n.payload ->> 'code') = 1 then min(n.payload ->> 'code') end as code
     from delivery_attempt a join notification n on n.id = a.notification_id
     where a.provider = $1 and ${told}
     group by n.address order by max(a.started_at) desc limit 1`,
    [provider, ours ?? callId],
  );
  return rows[0];
};

const OWN_REFERENCE = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-\d{1,4}$/i;
