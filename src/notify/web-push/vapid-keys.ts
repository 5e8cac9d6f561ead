import webpush from 'web-push';
import type { Queryable } from '../../shared/db.ts';
import { one } from '../../shared/db.ts';
import type { WebPushConfig } from '../../shared/push-config.ts';

/** By which push services know the sender (RFC 8292); base64url. Browsers subscribe to this public key alone. */
export type VapidKeys = { publicKey: string; privateKey: string };

/** The configured pair, else the stored one: made at first use, then always the same. */
export const vapidKeys = async (
  db: Queryable,
  { publicKey, privateKey }: WebPushConfig,
): Promise<VapidKeys> => {
  if (publicKey !== undefined && privateKey !== undefined) return { publicKey, privateKey };
  const known = await storedKeys(db);
  if (known.length > 0) return one(known);
  await db.query(
    `insert into app_setting (key, value) values ('vapid_keys', $1) on conflict (key) do nothing`,
    [JSON.stringify(webpush.generateVAPIDKeys())],
  );
  return one(await storedKeys(db));
};

const storedKeys = async (db: Queryable): Promise<VapidKeys[]> => {
  const { rows } = await db.query<VapidKeys>(
    `select value ->> 'publicKey' as "publicKey", value ->> 'privateKey' as "privateKey"
     from app_setting where key = 'vapid_keys'`,
  );
  return rows;
};
