import { readFile } from 'node:fs/promises';
import Type from 'typebox';
import type { RouteGroup } from '../shared/http.ts';
import { packageFile } from '../shared/package-root.ts';

/** How devices and apps speak MQTT with the service, as AsyncAPI 3. */
export const asyncapiRoutes: RouteGroup = (app) => {
  app.get(
    '/docs/asyncapi.yaml',
    {
      config: { access: 'public' },
      schema: {
        tags: ['operations'],
        summary: 'MQTT topics and messages, AsyncAPI 3.0',
        response: {
          200: {
            description: 'YAML',
            content: { 'application/yaml': { schema: Type.String() } },
          },
        },
      },
    },
    async (_request, reply) =>
      reply
        .type('application/yaml')
        .send(await readFile(packageFile('docs/asyncapi.yaml'), 'utf8')),
  );
};
