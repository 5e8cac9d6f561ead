import { randomBytes } from 'node:crypto';
import { one, type Queryable } from '../../shared/db.ts';

const KEY = 'jwt_secret';

/** The key tokens are signed with: the one given, or one made at first start and shared by all processes through the database. */
export const loadJwtSecret = async (
  db: Queryable,
  configured: string | undefined,
): Promise<Uint8Array> => {
  if (configured !== undefined) return new TextEncoder().encode(configured);
  // Processes that start at the same time all insert; one wins and all read its value.
  await db.query(
    'insert into app_setting (key, value) values ($1, to_jsonb($2::text)) on conflict (key) do nothing',
    [KEY, randomBytes(32).toString('base64url')],
  );
  const { rows } = await db.query<{ value: string }>(
    'select value from app_setting where key = $1',
    [KEY],
  );
  return new TextEncoder().encode(one(rows).value);
};
