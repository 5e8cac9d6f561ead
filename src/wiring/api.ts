import {
  createApp,
  createAuth,
  createEventFeed,
  createHttpServer,
  createOpsApp,
  ensureAdmin,
  streamRoutes,
} from '../api/index.ts';
import { consoleRoutes } from '../console/index.ts';
import { equipmentRoutes } from '../ingest/index.ts';
import { linkRoutes } from '../notify/index.ts';
import { visibleRegions as regionsOf } from '../people/index.ts';
import type { Context } from '../pipeline.ts';
import type { App, VisibleRegions } from '../shared/http.ts';
import type { Part } from '../shared/part.ts';
import { createViewshedJobs } from '../terrain/index.ts';
import { alertGroups } from './api/alerts.ts';
import type { ApiParts } from './api/api-parts.ts';
import { deviceGroups } from './api/devices.ts';
import { fireGroups } from './api/fires.ts';
import { createHealth } from './api/health.ts';
import { peopleGroups } from './api/people.ts';
import { providerHooks } from './api/provider-hooks.ts';
import { terrainGroup } from './api/terrain.ts';

/** The HTTP side: the whole API with the `api` role, else probes and metrics alone. */
export const createApi = async (
  context: Context,
  parts: ApiParts,
): Promise<{ parts: Part[]; url: () => string }> => {
  const { env, metrics } = context;
  const logger = context.logger.child({ stage: 'api' });
  const health = createHealth(context, parts);
  metrics.watchQueueDepth(() => parts.notify.queueDepth());
  if (context.has('notify')) metrics.watchProviders(() => parts.notify.providers());
  const http = (app: App) => createHttpServer({ app, host: env.host, port: env.port, logger });
  if (!context.has('api')) {
    const server = http(await createOpsApp({ logger, health, metrics }));
    return { parts: [server], url: () => server.url() };
  }
  const pool = context.pool('api', { max: 10 });
  await ensureAdmin(pool, { password: env.adminPassword, print: context.print });
  const feed = createEventFeed({ pool, listener: context.listener, logger });
  const auth = await createAuth({
    pool,
    jwtSecret: env.jwtSecret,
    jwksUrl: env.jwksUrl,
    clock: context.clock,
  });
  const viewsheds = context.terrain === undefined ? undefined : createViewshedJobs(context.terrain);
  const visibleRegions: VisibleRegions = (user) => regionsOf(user, parts.regions);
  const routeParts = { ...parts, pool, visibleRegions };
  const app = await createApp({
    logger,
    auth,
    health,
    metrics,
    trustProxy: env.trustProxy,
    rootRoutes: [
      consoleRoutes(),
      providerHooks(context, routeParts),
      linkRoutes({
        ...parts.intake.answers,
        pool,
        logger,
        key: context.linkKey,
        defaultLocale: env.locale,
      }),
      equipmentRoutes({
        ingest: parts.intake.ingest,
        registry: parts.registry,
        clock: context.clock,
      }),
    ],
    routes: [
      auth.routes,
      streamRoutes({ feed, auth, visibleRegions, metrics }),
      ...deviceGroups(context, routeParts),
      terrainGroup(context, { ...routeParts, viewsheds }),
      ...fireGroups(context, routeParts),
      ...peopleGroups(context, routeParts),
      ...alertGroups(context, routeParts),
    ],
  });
  const server = http(app);
  return {
    parts: [feed, ...(viewsheds === undefined ? [] : [viewsheds]), server],
    url: () => server.url(),
  };
};
