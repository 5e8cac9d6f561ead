export type { Authenticator, RouteEntry } from './access.ts';
export { API_PREFIX, type AppOptions, createApp } from './app.ts';
export { type Auth, type AuthOptions, createAuth } from './auth/create-auth.ts';
export { ensureAdmin } from './auth/ensure-admin.ts';
export { createEventFeed, type EventFeed } from './event-feed.ts';
export type { Health, HealthCheck } from './health.ts';
export { createHttpServer, type HttpServer } from './http-server.ts';
export { createOpsApp } from './ops-app.ts';
export { type StreamRoutesDeps, streamRoutes } from './stream-routes.ts';
