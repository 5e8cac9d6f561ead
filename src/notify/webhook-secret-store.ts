import { randomBytes } from 'node:crypto';
import type { Pool, Queryable } from '../shared/db.ts';
import { one, withTransaction } from '../shared/db.ts';
import { rotate, type WebhookSecrets } from './webhook-secret.ts';

const freshSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

type Row = { secret: string; previous: { secret: string; until: string }[] | null };

/** The secrets webhooks are signed with when none is configured: the first is made at first use. */
export const storedWebhookSecrets = async (db: Queryable): Promise<WebhookSecrets> => {
  const known = await readSecrets(db);
  if (known !== undefined) return known;
  await db.query(
    `insert into app_setting (key, value) values ('webhook_secret', to_jsonb($1::text)) on conflict (key) do nothing`,
    [freshSecret()],
  );
  return one([await readSecrets(db)].filter((secrets) => secrets !== undefined));
};

const readSecrets = async (db: Queryable): Promise<WebhookSecrets | undefined> => {
  const { rows } = await db.query<Row>(
    `select value #>> '{}' as secret,
       (select value from app_setting where key = 'webhook_secrets_previous') as previous
     from app_setting where key = 'webhook_secret'`,
  );
  return rows.map(({ secret, previous }) => ({
    current: secret,
    previous: (previous ?? []).map((old) => ({ secret: old.secret, until: new Date(old.until) })),
  }))[0];
};

/** Puts a new secret in the place of the current one, which signs along for a day. */
export const rotateWebhookSecret = (pool: Pool, now: Date): Promise<WebhookSecrets> =>
  withTransaction(pool, async (tx) => {
    await storedWebhookSecrets(tx);
    // Two who rotate at once do so one after the other.
    await tx.query(`select from app_setting where key = 'webhook_secret' for update`);
    const rotated = rotate(await storedWebhookSecrets(tx), freshSecret(), now);
    await tx.query(
      `insert into app_setting (key, value) values
         ('webhook_secret', to_jsonb($1::text)), ('webhook_secrets_previous', $2::jsonb)
       on conflict (key) do update set value = excluded.value`,
      [rotated.current, JSON.stringify(rotated.previous)],
    );
    return rotated;
  });
