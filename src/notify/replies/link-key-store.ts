import { randomBytes } from 'node:crypto';
import type { Queryable } from '../../shared/db.ts';
import { one } from '../../shared/db.ts';

/** The key reply links are signed with: made at first use, then the same in every process. */
export const storedLinkKey = async (db: Queryable): Promise<Buffer> => {
  await db.query(
    `insert into app_setting (key, value) values ('reply_link_key', to_jsonb($1::text)) on conflict (key) do nothing`,
    [randomBytes(32).toString('base64')],
  );
  const { rows } = await db.query<{ key: string }>(
    `select value #>> '{}' as key from app_setting where key = 'reply_link_key'`,
  );
  return Buffer.from(one(rows).key, 'base64');
};
