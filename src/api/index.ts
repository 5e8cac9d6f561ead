export { createApp } from './app.ts';
export { createAuth } from './auth/create-auth.ts';
export { ensureAdmin } from './auth/ensure-admin.ts';
export { createEventFeed } from './event-feed.ts';
export type { Health } from './health.ts';
export { createHttpServer } from './http-server.ts';
export { createOpsApp } from './ops-app.ts';
export { streamRoutes } from './stream-routes.ts';
