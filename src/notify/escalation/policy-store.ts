import type { Queryable } from '../../shared/db.ts';
import type { Policy } from '../../shared/policy.ts';
import { toJsonb } from '../../shared/safe-json.ts';

/** Policies entered by API, oldest first. */
export const listPolicies = async (db: Queryable): Promise<Policy[]> => {
  const { rows } = await db.query<{ body: Policy }>(
    'select body from policy order by created_at, id',
  );
  return rows.map((row) => row.body);
};

/** False when one with this id is there. */
export const insertPolicy = async (db: Queryable, policy: Policy): Promise<boolean> => {
  const { rowCount } = await db.query(
    'insert into policy (id, body) values ($1, $2) on conflict (id) do nothing',
    [policy.id, toJsonb(policy)],
  );
  return rowCount === 1;
};

export const putPolicy = async (db: Queryable, policy: Policy): Promise<void> => {
  await db.query(
    `insert into policy (id, body) values ($1, $2)
     on conflict (id) do update set body = excluded.body, updated_at = now()`,
    [policy.id, toJsonb(policy)],
  );
};

export const deletePolicy = async (db: Queryable, id: string): Promise<boolean> => {
  const { rowCount } = await db.query('delete from policy where id = $1', [id]);
  return rowCount === 1;
};
