import {
  answerRoutes,
  escalationRoutes,
  notificationRoutes,
  policyRoutes,
  pushRoutes,
  reportRoutes,
  responseRoutes,
  webhookSecretRoutes,
} from '../../notify/index.ts';
import type { Context } from '../../pipeline.ts';
import type { RouteGroup } from '../../shared/http.ts';
import type { RouteParts } from './api-parts.ts';

/** Who is told of a fire in which order, what was sent, and what came back. */
export const alertGroups = (
  { env, config, channels, clock }: Context,
  { pool, visibleRegions, regions, intake }: RouteParts,
): RouteGroup[] => [
  escalationRoutes({ pool, visibleRegions, clock, reporting: config.reporting }),
  reportRoutes({ pool, visibleRegions, clock }),
  responseRoutes({ pool, visibleRegions, clock }),
  policyRoutes({ pool, regions, policies: config.policies }),
  notificationRoutes({ pool, visibleRegions }),
  pushRoutes({
    pool,
    webPush: channels.webPush,
    allow: channels.webhook?.allow ?? [],
    clock,
  }),
  webhookSecretRoutes({ pool, configured: env.webhookSecret, clock }),
  answerRoutes({ ...intake.answers, pool }),
];
