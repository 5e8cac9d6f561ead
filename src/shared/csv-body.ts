import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { AppError } from './app-error.ts';
import type { App } from './http.ts';

/**
 * Routes whose body is a CSV file, whatever a client calls its type. In a scope of their own: nowhere else is a body
 * taken that is not JSON.
 */
export const withCsvBody = (app: App, routes: (scope: App) => void): void => {
  app.register(async (plain) => {
    plain.addContentTypeParser(['text/csv', '*'], { parseAs: 'buffer' }, (_, body, done) => {
      done(null, body);
    });
    routes(plain.withTypeProvider<TypeBoxTypeProvider>());
  });
};

/** Throws `bad_request`. */
export const csvBytes = (body: unknown): Buffer => {
  if (Buffer.isBuffer(body)) return body;
  throw new AppError('bad_request', 'Send the file as the body, Content-Type: text/csv');
};
