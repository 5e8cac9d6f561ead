import { randomBytes } from 'node:crypto';
import { AppError } from '../../shared/app-error.ts';
import type { Pool } from '../../shared/db.ts';
import { hashPassword, verifyPassword } from '../../shared/password.ts';
import type { AccountCache } from './account-cache.ts';
import { findAccount, passwordVersion, replacePassword } from './account-store.ts';
import type { Tokens } from './tokens.ts';

export type IssuedToken = { token: string; expiresAt: string };

export type Login = {
  /** Throws AppError('unauthorized'), the same for an unknown name, a wrong password and a disabled account. */
  login(username: string, password: string): Promise<IssuedToken>;
  /** Ends every other token of the account. Throws `bad_request` when `current` is wrong. */
  changePassword(username: string, current: string, next: string): Promise<IssuedToken>;
};

export type LoginDeps = { pool: Pool; tokens: Tokens; accounts: AccountCache };

export const createLogin = ({ pool, tokens, accounts }: LoginDeps): Login => {
  // Compared against when the name is unknown, so that the time taken does not tell which names exist.
  const nobodysHash = hashPassword(randomBytes(16).toString('hex'));

  return {
    async login(username, password) {
      const account = await findAccount(pool, username);
      const matches = await verifyPassword(password, account?.passwordHash ?? (await nobodysHash));
      if (account === undefined || !matches || account.disabled) {
        throw new AppError('unauthorized', 'The user name or the password is wrong');
      }
      accounts.forget(username);
      return tokens.issue(account.username, passwordVersion(account.passwordHash));
    },

    async changePassword(username, current, next) {
      const account = await findAccount(pool, username);
      if (account === undefined) {
        throw new AppError(
          'bad_request',
          'The password of this user is kept by the identity provider',
        );
      }
      if (!(await verifyPassword(current, account.passwordHash))) {
        throw new AppError('bad_request', 'The current password is wrong', {
          errors: [{ path: 'current', message: 'is not the current password' }],
        });
      }
      const passwordHash = await hashPassword(next);
      const previousHash = account.passwordHash;
      if (!(await replacePassword(pool, { username, previousHash, passwordHash }))) {
        throw new AppError('conflict', 'The password was changed by somebody else just now');
      }
      accounts.forget(username);
      return tokens.issue(username, passwordVersion(passwordHash));
    },
  };
};
