import { type Clock, systemClock } from '../../shared/clock.ts';
import type { Pool } from '../../shared/db.ts';
import type { RouteGroup } from '../../shared/http.ts';
import type { Authenticator } from '../access.ts';
import { DEFAULT_RATE_LIMITS, type RateLimits } from '../rate-limit.ts';
import { createAccountCache } from './account-cache.ts';
import { findAccount } from './account-store.ts';
import { authRoutes } from './auth-routes.ts';
import { createAuthenticator } from './authenticator.ts';
import { loadJwtSecret } from './jwt-secret.ts';
import { createLogin } from './login.ts';
import { createTokens } from './tokens.ts';

export type AuthOptions = {
  pool: Pool;
  jwtSecret: string | undefined;
  jwksUrl: string | undefined;
  clock?: Clock;
  limits?: Partial<RateLimits>;
};

export type Auth = Authenticator & { routes: RouteGroup };

/** Accounts, tokens and their routes, put together. Reads or creates the signing key. */
export const createAuth = async ({
  pool,
  jwtSecret,
  jwksUrl,
  clock = systemClock,
  limits = {},
}: AuthOptions): Promise<Auth> => {
  const tokens = createTokens({ secret: await loadJwtSecret(pool, jwtSecret), jwksUrl, clock });
  const accounts = createAccountCache((username) => findAccount(pool, username), clock);
  const login = createLogin({ pool, tokens, accounts });
  return {
    ...createAuthenticator(tokens, accounts),
    routes: authRoutes({ login, limits: { ...DEFAULT_RATE_LIMITS, ...limits } }),
  };
};
