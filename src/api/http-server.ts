import type { AddressInfo } from 'node:net';
import { AppError } from '../shared/app-error.ts';
import type { App } from '../shared/http.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';

/** Requests under way get this long to finish; then every connection is cut. */
const CLOSE_GRACE_MS = 1_500;

export type HttpServer = Part & {
  /** `http://host:port`, with the port that was really bound; known once started. */
  url(): string;
};

export type HttpServerOptions = { app: App; host: string; port: number; logger: Logger };

/** Listens, and nothing else. Stopping takes at most 2 s, whatever streams and idle connections are open. */
export const createHttpServer = ({ app, host, port, logger }: HttpServerOptions): HttpServer => ({
  name: 'http',
  async start() {
    try {
      await app.listen({ host, port, listenTextResolver: () => '' });
    } catch (error) {
      throw listenError(error, host, port);
    }
    logger.info({ url: urlOf(app, host) }, 'listening');
  },
  async stop() {
    const cut = setTimeout(() => app.server.closeAllConnections(), CLOSE_GRACE_MS);
    try {
      await app.close();
    } finally {
      clearTimeout(cut);
    }
  },
  url: () => urlOf(app, host),
});

const urlOf = (app: App, host: string): string => {
  const { port } = app.server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
};

const listenError = (error: unknown, host: string, port: number): AppError => {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const wanted = `PORT=${String(port)}`;
  const other = `PORT=${String(port === 8080 ? 8081 : 8080)}`;
  const notHere = `HOST=${host} is not an address of this machine, so ${wanted} cannot be opened on it; set e.g. HOST=127.0.0.1, or HOST=0.0.0.0 for every address`;
  const known: Record<string, string> = {
    EADDRINUSE: `${wanted} on ${host} is already in use; stop the program that holds it or set another, e.g. ${other}`,
    EACCES: `${wanted} may not be opened by this user; set one above 1023, e.g. ${other}`,
    EADDRNOTAVAIL: notHere,
    ENOTFOUND: notHere,
    EAI_AGAIN: notHere,
  };
  const text = known[code] ?? `cannot listen on ${host}, ${wanted} (${message}); set another`;
  return new AppError('startup', text, { cause: error });
};
