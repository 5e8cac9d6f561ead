import type { App } from '../shared/http.ts';
import type { Logger } from '../shared/logger.ts';
import type { Metrics } from '../shared/metrics.ts';
import { createFastifyApp } from './fastify-app.ts';
import type { Health } from './health.ts';
import { healthRoutes } from './health-routes.ts';

export type OpsAppOptions = { logger: Logger; health: Health; metrics: Metrics };

/** Probes and metrics alone, for a process without the `api` role. */
export const createOpsApp = async ({ logger, health, metrics }: OpsAppOptions): Promise<App> => {
  const app = createFastifyApp({ logger });
  healthRoutes({ health, metrics })(app);
  await app.ready();
  return app;
};
