import { pino } from 'pino';
import type { AppOptions } from '../../../src/api/app.ts';
import { insertAccount } from '../../../src/api/auth/account-store.ts';
import {
  createApp,
  createAuth,
  createEventFeed,
  createHttpServer,
  ensureAdmin,
  streamRoutes,
} from '../../../src/api/index.ts';
import type { StreamRoutesDeps } from '../../../src/api/stream-routes.ts';
import { type Clock, systemClock } from '../../../src/shared/clock.ts';
import type { AccessRole, App, RouteGroup } from '../../../src/shared/http.ts';
import { newId } from '../../../src/shared/ids.ts';
import { createListener } from '../../../src/shared/listener.ts';
import { createMetrics, type Metrics } from '../../../src/shared/metrics.ts';
import { startParts } from '../../../src/shared/part.ts';
import { hashPassword } from '../../../src/shared/password.ts';
import type { TestDatabase } from '../../support/database.ts';

export const ADMIN_PASSWORD = 'correct-horse-battery';

export type TestApi = {
  app: App;
  url: string;
  metrics: Metrics;
  /** Token of an account; `admin` exists. */
  login(username?: string, password?: string): Promise<string>;
  stop(): Promise<void>;
};

export type TestApiOptions = {
  clock?: Clock;
  jwtSecret?: string;
  jwksUrl?: string;
  stream?: Partial<StreamRoutesDeps>;
  routes?: readonly RouteGroup[];
  keepEvents?: number;
  /** Far longer than a test: what is seen came by NOTIFY, not by the poll. */
  pollMs?: number;
  limits?: AppOptions['limits'];
};

/** The HTTP side alone, listening on a free port, on the given database. */
export const startTestApi = async (
  database: TestDatabase,
  options: TestApiOptions = {},
): Promise<TestApi> => {
  const logger = pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' });
  const { pool } = database;
  const metrics = createMetrics();
  const limits = { loginPerAccount: 1_000, loginPerAddress: 1_000, ...options.limits };
  await ensureAdmin(pool, { password: ADMIN_PASSWORD, print: () => undefined });
  const auth = await createAuth({
    pool,
    jwtSecret: options.jwtSecret,
    jwksUrl: options.jwksUrl,
    clock: options.clock ?? systemClock,
    limits,
  });
  const listener = createListener(database.connectionString, logger);
  const feed = createEventFeed({
    pool,
    listener,
    logger,
    pollMs: options.pollMs ?? 3_600_000,
    ...(options.keepEvents === undefined ? {} : { keep: options.keepEvents }),
  });
  const stream = { feed, auth, visibleRegions: () => null, metrics, ...options.stream };
  const app = await createApp({
    logger,
    auth,
    metrics,
    limits,
    health: { checks: {} },
    routes: [auth.routes, streamRoutes(stream), ...(options.routes ?? [])],
  });
  const server = createHttpServer({ app, host: '127.0.0.1', port: 0, logger });
  const stop = await startParts([listener, feed, server]);
  const url = server.url();
  return {
    app,
    url,
    metrics,
    stop,
    async login(username = 'admin', password = ADMIN_PASSWORD) {
      const response = await fetch(`${url}/api/v1/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username, password }),
      });
      const { token } = (await response.json()) as { token: string };
      return token;
    },
  };
};

/** An account with this password and these roles. */
export const givenAccount = async (
  database: TestDatabase,
  username: string,
  { password, roles = ['viewer'] }: { password: string; roles?: readonly AccessRole[] },
): Promise<void> => {
  const passwordHash = await hashPassword(password);
  await insertAccount(database.pool, { id: newId(), username, passwordHash, roles });
};
