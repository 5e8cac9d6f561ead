import { ensureWebPushContact } from '../../people/index.ts';
import type { Queryable } from '../../shared/db.ts';
import { one } from '../../shared/db.ts';
import { newId, uuidOf } from '../../shared/ids.ts';
import { toSafeText } from '../../shared/safe-json.ts';
import type { NewSubscription, PushSubscription, SubscriptionJson } from './subscription.ts';

/** Browsers one person may be told on; the oldest give way. */
const MAX_SUBSCRIPTIONS = 10;

/**
 * Stores a browser's subscription and makes the person's contact. The same browser again replaces what was known of it,
 * and belongs from then on to the person who is logged in there now.
 */
export const subscribe = async (
  tx: Queryable,
  personId: string,
  { endpoint, keys, userAgent, now }: NewSubscription & { userAgent: string; now: Date },
): Promise<SubscriptionJson> => {
  const contactId = await ensureWebPushContact(tx, personId);
  const before = await tx.query<{ contact_id: string }>(
    'select contact_id from push_subscription where endpoint = $1 for update',
    [endpoint],
  );
  const { rows } = await tx.query<Row>(
    `insert into push_subscription (id, contact_id, endpoint, p256dh, auth, user_agent, created_at)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (endpoint) do update set contact_id = excluded.contact_id, p256dh = excluded.p256dh,
       auth = excluded.auth, user_agent = excluded.user_agent, created_at = excluded.created_at,
       last_success_at = null, last_error_at = null, last_error = null
     returning ${COLUMNS}`,
    [newId(), contactId, endpoint, keys.p256dh, keys.auth, toSafeText(userAgent), now],
  );
  for (const row of before.rows) await removeEmptyContact(tx, row.contact_id);
  await tx.query(
    `delete from push_subscription where id in (
       select id from push_subscription where contact_id = $1 order by created_at desc, id desc offset $2)`,
    [contactId, MAX_SUBSCRIPTIONS],
  );
  return toJson(one(rows));
};

const COLUMNS = 'id, endpoint, user_agent, created_at, last_success_at, last_error_at, last_error';
type Row = {
  id: string;
  endpoint: string;
  user_agent: string;
  created_at: Date;
  last_success_at: Date | null;
  last_error_at: Date | null;
  last_error: string | null;
};

const toJson = (row: Row): SubscriptionJson => ({
  id: row.id,
  endpoint: row.endpoint,
  userAgent: row.user_agent,
  createdAt: row.created_at.toISOString(),
  ...(row.last_success_at === null ? {} : { lastSuccessAt: row.last_success_at.toISOString() }),
  ...(row.last_error_at === null ? {} : { lastErrorAt: row.last_error_at.toISOString() }),
  ...(row.last_error === null ? {} : { lastError: row.last_error }),
});

/** The contact goes with its last browser. Its row is locked, so that one who subscribes at the same time waits. */
const removeEmptyContact = async (tx: Queryable, contactId: string): Promise<void> => {
  await lockContact(tx, contactId);
  await tx.query(
    `delete from contact_method where id = $1 and channel = 'web_push'
       and not exists (select from push_subscription s where s.contact_id = $1)`,
    [contactId],
  );
};

const lockContact = async (tx: Queryable, contactId: string): Promise<void> => {
  await tx.query('select from contact_method where id = $1 for update', [contactId]);
};

/** Removes a subscription, of that person alone when one is named; false when there was none. */
export const unsubscribe = async (
  tx: Queryable,
  id: string,
  personId: string | null = null,
): Promise<boolean> => {
  const { rows } = await tx.query<{ contact_id: string }>(
    `select s.contact_id from push_subscription s join contact_method c on c.id = s.contact_id
     where s.id = $1 and ($2::text is null or c.person_id = $2)`,
    [id, personId],
  );
  const [row] = rows;
  if (row === undefined) return false;
  // In the order in which one who subscribes takes them.
  await lockContact(tx, row.contact_id);
  const { rowCount } = await tx.query(
    'delete from push_subscription where id = $1 and contact_id = $2',
    [id, row.contact_id],
  );
  await removeEmptyContact(tx, row.contact_id);
  return rowCount === 1;
};

export const listOwnSubscriptions = async (
  db: Queryable,
  personId: string,
): Promise<SubscriptionJson[]> => {
  const { rows } = await db.query<Row>(
    `select ${COLUMNS.replaceAll(/\w+/g, (name) => `s.${name}`)} from push_subscription s
     join contact_method c on c.id = s.contact_id where c.person_id = $1 order by s.created_at, s.id`,
    [personId],
  );
  return rows.map(toJson);
};

/** Where to send to, and with which keys. */
export const listSubscriptions = async (
  db: Queryable,
  personId: string,
): Promise<PushSubscription[]> => {
  const { rows } = await db.query<PushSubscription>(
    `select s.id, s.endpoint, s.p256dh, s.auth from push_subscription s
     join contact_method c on c.id = s.contact_id where c.person_id = $1 order by s.created_at, s.id`,
    [personId],
  );
  return rows;
};

/** What became of the last message to a browser. */
export const recordPush = async (
  db: Queryable,
  id: string,
  { now, error }: { now: Date; error: string | null },
): Promise<void> => {
  await db.query(
    `update push_subscription set
       last_success_at = case when $3::text is null then $2 else last_success_at end,
       last_error_at = case when $3::text is null then last_error_at else $2 end,
       last_error = coalesce($3, last_error)
     where id = $1`,
    [id, now, error === null ? null : toSafeText(error)],
  );
};

/** Whom a notification by Web Push was for. */
export const personToldByPush = async (
  db: Queryable,
  notificationId: string,
): Promise<string | undefined> => {
  const { rows } = await db.query<{ person_id: string }>(
    `select person_id from notification where id = $1 and channel = 'web_push'`,
    [uuidOf(notificationId)],
  );
  return rows[0]?.person_id;
};
