import fastifyStatic from '@fastify/static';
import type { RouteGroup } from '../shared/http.ts';
import { packageFile } from '../shared/package-root.ts';

/** The page at `/` and the one for controllers with Pilot 2 at `/pilot`: plain files, served as they stand in `src/console/public` (from `dist` too). */
export const consoleRoutes = (): RouteGroup => (app) => {
  void app.register(fastifyStatic, {
    root: packageFile('src/console/public'),
    // One route a file, so that an unknown path stays an unknown path.
    wildcard: false,
    // Files are few and small: asking each time beats a page that is half of one version.
    cacheControl: false,
    setHeaders: (reply) => {
      reply.header('cache-control', 'no-cache');
    },
  });
  app.get('/pilot', { config: { access: 'public' }, schema: { hide: true } }, (_, reply) =>
    reply.sendFile('pilot.html'),
  );
};
