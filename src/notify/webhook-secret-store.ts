import { randomBytes } from 'node:crypto';
import type { Queryable } from '../shared/db.ts';
import { one } from '../shared/db.ts';

/** The secret all webhooks are signed with when none is configured: made at first use, then always the same. */
export const storedWebhookSecret = async (db: Queryable): Promise<string> => {
  const fresh = `whsec_${randomBytes(32).toString('base64')}`;
  await db.query(
    `insert into app_setting (key, value) values ('webhook_secret', to_jsonb($1::text)) on conflict (key) do nothing`,
    [fresh],
  );
  const { rows } = await db.query<{ secret: string }>(
    `select value #>> '{}' as secret from app_setting where key = 'webhook_secret'`,
  );
  return one(rows).secret;
};
