import { randomBytes } from 'node:crypto';
import type { Queryable } from '../../shared/db.ts';
import { newId } from '../../shared/ids.ts';
import { hashPassword } from '../../shared/password.ts';
import { findAccount, insertAccount } from './account-store.ts';

const USERNAME = 'admin';

export type EnsureAdminOptions = {
  /** ADMIN_PASSWORD. Only read when the account is created: a later value does not change the stored password. */
  password: string | undefined;
  /** Shows a generated password, the one time it can be shown. */
  print: (line: string) => void;
};

/** First start creates the account `admin`; safe when several processes start at once: one creates, one prints. */
export const ensureAdmin = async (
  db: Queryable,
  { password, print }: EnsureAdminOptions,
): Promise<void> => {
  if ((await findAccount(db, USERNAME)) !== undefined) return;
  const chosen = password ?? randomBytes(12).toString('base64url');
  const created = await insertAccount(db, {
    id: newId(),
    username: USERNAME,
    passwordHash: await hashPassword(chosen),
    roles: ['admin'],
  });
  if (created && password === undefined) {
    print(`First start: log in as "${USERNAME}" with password "${chosen}" (shown only this once)`);
  }
};
