import type { FastifyRequest, RouteOptions } from 'fastify';
import { AppError } from '../shared/app-error.ts';
import type { AccessRole, App, RouteAccess, User } from '../shared/http.ts';

export type Authenticator = {
  /** The user a bearer token speaks for. Throws AppError('unauthorized') for any token that is not (or no longer) good. */
  authenticate(token: string): Promise<User>;
};

/** One row a route: read by the OpenAPI tests and by the 405 answer. */
export type RouteEntry = { method: string; url: string; access: RouteAccess | undefined };

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route of the app; complete once it is ready. */
    routeTable: readonly RouteEntry[];
  }
}

const BEARER = /^Bearer +([\w~+/.=-]+) *$/i;

/** The token of `Authorization: Bearer …`; throws AppError('unauthorized') when there is none. */
export const bearerToken = (request: FastifyRequest): string => {
  const header = request.headers.authorization;
  if (header === undefined) {
    throw new AppError(
      'unauthorized',
      'Log in with POST /api/v1/auth/login and send the token as Authorization: Bearer …',
    );
  }
  const token = BEARER.exec(header)?.[1];
  if (token === undefined) {
    throw new AppError(
      'unauthorized',
      'The Authorization header is not of the form "Bearer <token>"',
    );
  }
  return token;
};

export const admits = (access: readonly AccessRole[], roles: readonly AccessRole[]): boolean =>
  roles.some((role) => role === 'admin' || access.includes(role));

/**
 * Makes forgetting impossible: a route below /api that does not say whom it admits, or is not in the API
 * document, stops the service from starting; a route that is not public is never reached without a user.
 */
export const guardRoutes = (app: App, auth: Authenticator): void => {
  const users = new WeakMap<FastifyRequest, User>();
  const table: RouteEntry[] = [];
  app.decorate('routeTable', table);
  app.decorateRequest('user', {
    getter() {
      const user = users.get(this);
      if (user === undefined) throw new Error('request.user was read on a route without a user');
      return user;
    },
    setter(user) {
      users.set(this, user);
    },
  });

  app.addHook('onRoute', (route) => {
    assertAccess(route);
    for (const method of [route.method].flat()) {
      table.push({ method, url: route.url, access: route.config?.access });
    }
  });

  app.addHook('onRequest', async (request) => {
    const { access } = request.routeOptions.config;
    if (access === undefined || access === 'public') return;
    const user = await auth.authenticate(bearerToken(request));
    request.user = user;
    if (!admits(access, user.roles)) {
      throw new AppError('forbidden', `This needs one of the roles ${rolesAdmitted(access)}`);
    }
  });
};

const rolesAdmitted = (access: readonly AccessRole[]): string =>
  [...new Set([...access, 'admin'])].join(', ');

const assertAccess = (route: RouteOptions): void => {
  if (!route.url.startsWith('/api')) return;
  const name = `${[route.method].flat().join(',')} ${route.url}`;
  const access = route.config?.access;
  if (access !== 'public' && !(Array.isArray(access) && access.length > 0)) {
    throw new Error(`${name} does not say whom it admits: set config.access`);
  }
  // What the API document does not show is not tested for access either.
  if (route.schema?.summary === undefined || route.schema.hide === true) {
    throw new Error(`${name} is not in the API document: set schema.summary`);
  }
};
