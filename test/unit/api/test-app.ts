import { pino } from 'pino';
import { type AppOptions, createApp } from '../../../src/api/app.ts';
import { AppError } from '../../../src/shared/app-error.ts';
import { ACCESS_ROLES, type AccessRole, type App, type User } from '../../../src/shared/http.ts';
import { createMetrics } from '../../../src/shared/metrics.ts';

/** The token is the role: `Bearer viewer`. */
export const roleTokens = {
  async authenticate(token: string): Promise<User> {
    const role = ACCESS_ROLES.find((known) => known === token);
    if (role === undefined) throw new AppError('unauthorized', 'The token is not valid');
    return { username: token, personId: null, roles: [role], regionIds: [] };
  },
};

export const bearer = (role: AccessRole): { authorization: string } => ({
  authorization: `Bearer ${role}`,
});

/** An app with the given routes and tokens that are role names. */
export const createTestApp = (options: Partial<AppOptions> = {}): Promise<App> =>
  createApp({
    logger: pino({ level: 'silent' }),
    auth: roleTokens,
    health: { checks: {} },
    metrics: createMetrics(),
    routes: [],
    ...options,
  });
