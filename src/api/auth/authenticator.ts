import { AppError } from '../../shared/app-error.ts';
import type { User } from '../../shared/http.ts';
import type { Authenticator } from '../access.ts';
import type { AccountCache } from './account-cache.ts';
import { passwordVersion } from './account-store.ts';
import type { Tokens } from './tokens.ts';

/** A good token is not enough: the account behind it must still be there, enabled, with the same password; its roles count as they are now. */
export const createAuthenticator = (tokens: Tokens, accounts: AccountCache): Authenticator => ({
  async authenticate(token): Promise<User> {
    const claims = await tokens.verify(token);
    if (claims.kind === 'external') {
      const { username, roles, regionIds } = claims;
      return { username, personId: null, roles, regionIds };
    }
    const account = await accounts.find(claims.username);
    if (account === undefined || account.disabled) {
      throw new AppError('unauthorized', 'This account is disabled');
    }
    if (passwordVersion(account.passwordHash) !== claims.passwordVersion) {
      throw new AppError('unauthorized', 'The password was changed; log in again');
    }
    const { username, personId, roles, regionIds } = account;
    return { username, personId, roles, regionIds };
  },
});
