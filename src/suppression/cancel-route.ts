import Type from 'typebox';
import type { Queryable } from '../shared/db.ts';
import { type App, COMMAND_ROLES } from '../shared/http.ts';
import { LayerIdSchema, type SuppressionKind } from './layer.ts';
import { cancelOnce, type LayerRoutesDeps, mustExist } from './layer-write.ts';

/** `DELETE {path}/{id}` of a layer that stands by itself. */
export const cancelRoute = (
  app: App,
  deps: LayerRoutesDeps,
  {
    kind,
    path,
    summary,
    find,
  }: {
    kind: SuppressionKind;
    path: `/${string}`;
    summary: string;
    find: (db: Queryable, id: string) => Promise<unknown>;
  },
): void => {
  app.delete(
    `${path}/:id`,
    {
      config: { access: COMMAND_ROLES },
      schema: {
        tags: ['suppression'],
        summary,
        params: Type.Object({ id: LayerIdSchema }),
        response: { 204: Type.Null() },
      },
    },
    async ({ params: { id }, user, log }, reply) => {
      mustExist(await find(deps.pool, id), { kind, id });
      await cancelOnce(deps, { kind, id }, { user, log });
      return reply.code(204).send(null);
    },
  );
};
