import rateLimit from '@fastify/rate-limit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../shared/http.ts';

/** Requests a minute. */
export type RateLimits = {
  /** From one address, any route. High enough for an office of consoles behind one address. */
  perAddress: number;
  /** Log-ins with one user name from one address: what makes guessing a password hopeless. */
  loginPerAccount: number;
  /** Log-ins from one address: each costs ~50 ms of a core (scrypt). */
  loginPerAddress: number;
};

export const DEFAULT_RATE_LIMITS: RateLimits = {
  perAddress: 30_000,
  loginPerAccount: 30,
  loginPerAddress: 120,
};

const WINDOW_MS = 60_000;
/** A probe or scraper must get through however busy its address is. */
const NEVER_LIMITED = new Set(['/healthz', '/readyz', '/metrics']);

export type Limiter = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/** A limiter of its own; the default key is the client's address (IPv6: its /64). */
export const createLimiter = (
  app: App,
  max: number,
  suffix: (request: FastifyRequest) => string = () => '',
): Limiter => {
  const check = app.createRateLimit({
    max,
    timeWindow: WINDOW_MS,
    keyGenerator: (request) => `${rateLimit.normalizeIP(request.ip)} ${suffix(request)}`,
  });
  return async (request, reply) => {
    const result = await check(request);
    if (result.isAllowed || !result.isExceeded) return;
    void reply.header('retry-after', result.ttlInSeconds);
    throw Object.assign(
      new Error(`Too many requests; try again in ${String(result.ttlInSeconds)} s`),
      { statusCode: 429 },
    );
  };
};

/** Limits every route but the probes; runs before tokens are looked at, so that guessing them is limited too. */
export const limitAddresses = async (app: App, perAddress: number): Promise<void> => {
  await app.register(rateLimit, { global: false });
  const limit = createLimiter(app, perAddress);
  app.addHook('onRequest', async (request, reply) => {
    if (!NEVER_LIMITED.has(request.routeOptions.url ?? '')) await limit(request, reply);
  });
};
