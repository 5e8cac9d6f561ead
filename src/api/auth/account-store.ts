import { createHash } from 'node:crypto';
import type { Queryable } from '../../shared/db.ts';
import type { AccessRole } from '../../shared/http.ts';
import { toSafeText } from '../../shared/safe-json.ts';

export type Account = {
  id: string;
  username: string;
  passwordHash: string;
  personId: string | null;
  roles: readonly AccessRole[];
  /** Regions of the account's person; empty = every region. */
  regionIds: readonly string[];
  disabled: boolean;
};

type AccountRow = {
  id: string;
  username: string;
  password_hash: string;
  person_id: string | null;
  roles: AccessRole[];
  region_ids: string[];
  disabled: boolean;
};

export const findAccount = async (
  db: Queryable,
  username: string,
): Promise<Account | undefined> => {
  const { rows } = await db.query<AccountRow>(
    `select a.id, a.username, a.password_hash, a.person_id, a.roles,
            a.disabled_at is not null as disabled,
            array(select r.region_id from person_region r
                   where r.person_id = a.person_id order by r.region_id) as region_ids
       from account a
      where a.username = $1`,
    [toSafeText(username)],
  );
  const row = rows[0];
  return row === undefined
    ? undefined
    : {
        id: row.id,
        username: row.username,
        passwordHash: row.password_hash,
        personId: row.person_id,
        roles: row.roles,
        regionIds: row.region_ids,
        disabled: row.disabled,
      };
};

/** False when the name is taken already. */
export const insertAccount = async (
  db: Queryable,
  account: { id: string; username: string; passwordHash: string; roles: readonly AccessRole[] },
): Promise<boolean> => {
  const { rowCount } = await db.query(
    `insert into account (id, username, password_hash, roles) values ($1, $2, $3, $4)
     on conflict (username) do nothing`,
    [account.id, account.username, account.passwordHash, account.roles],
  );
  return rowCount === 1;
};

/** False when the password was changed by somebody else since `previousHash` was read. */
export const replacePassword = async (
  db: Queryable,
  change: { username: string; previousHash: string; passwordHash: string },
): Promise<boolean> => {
  const { rowCount } = await db.query(
    'update account set password_hash = $3 where username = $1 and password_hash = $2',
    [change.username, change.previousHash, change.passwordHash],
  );
  return rowCount === 1;
};

/**
 * Changes with every new password (the hash is salted) and tells nothing about it. A token carries it, so
 * that changing a stolen password also ends the thief's tokens.
 */
export const passwordVersion = (passwordHash: string): string =>
  createHash('sha256').update(passwordHash).digest('base64url').slice(0, 12);
