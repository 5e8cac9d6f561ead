import type { IncomingMessage } from 'node:http';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { App } from '../shared/http.ts';
import { newId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { instanceOf, PROBLEM_MEDIA_TYPE, problemHandler, sendProblem } from './problem.ts';
import { validatorCompiler } from './validator.ts';

/** Enough for any request but an import, whose routes raise it. */
const BODY_LIMIT_BYTES = 1024 * 1024;
/** To receive a whole request: a client that sends a byte a minute must not hold a connection. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than the 60 s most proxies keep an idle connection, so that it is they who close it. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;

export type FastifyAppOptions = {
  logger: Logger;
  /** Believe X-Forwarded-For. Only behind a proxy that sets it: else a client chooses its own address. */
  trustProxy?: boolean;
};

/** A Fastify instance with the parts every app of the service shares: ids, logging, problem+json, validation. */
export const createFastifyApp = ({ logger, trustProxy = false }: FastifyAppOptions): App => {
  const loggerInstance: FastifyBaseLogger = logger;
  const app: App = Fastify({
    loggerInstance,
    trustProxy,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    genReqId: () => newId(),
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'requestId',
    }),
    frameworkErrors: (error, request: FastifyRequest, reply: FastifyReply) => {
      void problemHandler(error, request, reply);
    },
    clientErrorHandler: refuseMalformed,
  });

  app.setValidatorCompiler(validatorCompiler);
  app.setErrorHandler(problemHandler);
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const allowed = methodsAt(app, path).filter((method) => method !== request.method);
    if (allowed.length > 0) void reply.header('allow', allowed.join(', '));
    return sendProblem(reply, {
      type: 'about:blank',
      ...(allowed.length > 0
        ? {
            title: 'Method Not Allowed',
            status: 405,
            detail: `${request.method} is not possible here; use ${allowed.join(', ')}`,
          }
        : { title: 'Not Found', status: 404, detail: `There is nothing at ${path}` }),
      instance: instanceOf(request),
    });
  });
  acceptJson(app);
  logRequests(app);
  return app;
};

/** GeoJSON is JSON; and an empty body with a JSON content type (`POST …/acknowledge`) is no body, not a mistake. */
const acceptJson = (app: App): void => {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser<string>(
    ['application/json', 'application/geo+json'],
    { parseAs: 'string' },
    (request, body, done) => {
      if (body === '') done(null, undefined);
      else void parse(request, body, done);
    },
  );
};

const logRequests = (app: App): void => {
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    const read = request.method === 'GET' || request.method === 'HEAD';
    const level = read && reply.statusCode < 400 ? 'debug' : 'info';
    request.log[level](
      {
        method: request.method,
        url: withoutSecret(request.url),
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime),
      },
      'request',
    );
  });
};

/**
 * What stands in a path instead of a login (equipment that has none, a provider's callback, a link that answers an alert)
 * is a password, also where it was called in a wrong way; it must not stand in the log.
 */
export const withoutSecret = (url: string): string =>
  url.replace(/^(\/equipment\/[^/?]*\/[^/?]*\/|\/hooks\/[^/?]*\/|\/r\/).+$/i, '$1…');

/** The methods some route has at this path. Only asked when none matched, so a scan is good enough. */
const methodsAt = (app: App, path: string): string[] => {
  if (!app.hasDecorator('routeTable')) return [];
  const found = app.routeTable.filter(({ url }) => patternOf(url).test(path));
  return [...new Set(found.map(({ method }) => method))].toSorted();
};

const patternOf = (url: string): RegExp =>
  new RegExp(
    `^${url
      .split('/')
      .map((part) => (part.startsWith(':') ? '[^/]+' : part === '*' ? '.*' : escapeRegExp(part)))
      .join('/')}$`,
  );

const escapeRegExp = (text: string): string => text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');

/** What is not even HTTP (or came too slowly) is answered on the bare socket. */
const refuseMalformed = (
  error: Error & { code?: string },
  socket: IncomingMessage['socket'],
): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, title] =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? [408, 'Request Timeout']
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? [431, 'Request Header Fields Too Large']
        : [400, 'Bad Request'];
  const body = JSON.stringify({ type: 'about:blank', title, status });
  socket.end(
    `HTTP/1.1 ${String(status)} ${String(title)}\r\nConnection: close\r\nContent-Type: ${PROBLEM_MEDIA_TYPE}\r\n` +
      `Content-Length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`,
  );
};
