import helmet from '@fastify/helmet';
import type { App, RouteGroup } from '../shared/http.ts';
import type { Logger } from '../shared/logger.ts';
import type { Metrics } from '../shared/metrics.ts';
import { type Authenticator, guardRoutes } from './access.ts';
import { asyncapiRoutes } from './asyncapi-routes.ts';
import { createFastifyApp } from './fastify-app.ts';
import type { Health } from './health.ts';
import { healthRoutes } from './health-routes.ts';
import { describeApi, serveApiDocs } from './open-api.ts';
import { DEFAULT_RATE_LIMITS, limitAddresses, type RateLimits } from './rate-limit.ts';

export const API_PREFIX = '/api/v1';

export type AppOptions = {
  logger: Logger;
  auth: Authenticator;
  health: Health;
  metrics: Metrics;
  /** Mounted below /api/v1. */
  routes: readonly RouteGroup[];
  /** Mounted at the root: the console. */
  rootRoutes?: readonly RouteGroup[];
  limits?: Partial<RateLimits>;
  trustProxy?: boolean;
};

/** Puts the HTTP side together; it does not listen. Throws when a route does not say whom it admits. */
export const createApp = async ({
  logger,
  auth,
  health,
  metrics,
  routes,
  rootRoutes = [],
  limits = {},
  trustProxy = false,
}: AppOptions): Promise<App> => {
  const app = createFastifyApp({ logger, trustProxy });
  const { perAddress } = { ...DEFAULT_RATE_LIMITS, ...limits };
  await protect(app);
  await limitAddresses(app, perAddress);
  guardRoutes(app, auth);
  measureRequests(app, metrics);
  await describeApi(app);
  await serveApiDocs(app);
  const atRoot = [healthRoutes({ health, metrics }), asyncapiRoutes, ...rootRoutes];
  for (const group of atRoot) group(app);
  await app.register(
    async (api: App) => {
      for (const group of routes) group(api);
    },
    { prefix: API_PREFIX },
  );
  await app.ready();
  return app;
};

/** Security headers. TLS ends at a proxy in front, so upgrading requests and HSTS are its business. */
const protect = async (app: App): Promise<void> => {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        // blob: the page fetches pictures with its token.
        imgSrc: ["'self'", 'data:', 'blob:'],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'no-referrer' },
  });
};

const measureRequests = (app: App, metrics: Metrics): void => {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    // A stream lasts for hours: its duration says nothing about how fast answers are.
    if (reply.getHeader('content-type') === 'text/event-stream') return;
    metrics.httpRequests.observe(
      { method: request.method, route, status: String(reply.statusCode) },
      reply.elapsedTime / 1000,
    );
  });
};
