import Type, { type Static } from 'typebox';
import { ANY_ROLE, type App, COMMAND_ROLES, pageOf, type RouteGroup } from '../shared/http.ts';
import { newId } from '../shared/ids.ts';
import { cancelRoute } from './cancel-route.ts';
import {
  HeatSourceInputSchema,
  HeatSourceSchema,
  NewHeatSourceSchema,
  toHeatSourceBody,
} from './heat-source.ts';
import { heatSourceFaults } from './heat-source-check.ts';
import {
  findHeatSource,
  insertHeatSource,
  listHeatSources,
  updateHeatSource,
} from './heat-source-store.ts';
import { LayerIdSchema, type LayerRef } from './layer.ts';
import { defaultExpiry, HEAT_SOURCE_LIFETIME } from './layer-check.ts';
import { filterOf, LayerListQuery, pageFrom } from './layer-list.ts';
import {
  actBy,
  idTaken,
  type LayerRoutesDeps,
  mustBeChanged,
  mustExist,
  tellChanged,
} from './layer-write.ts';
import { refuseFaults } from './refuse-faults.ts';

const IdParams = Type.Object({ id: LayerIdSchema });
const tags = ['suppression'];

/** `heat-sources`: kilns, chimneys, works and whatever else smokes and is no wildfire. */
export const heatSourceRoutes =
  (deps: LayerRoutesDeps): RouteGroup =>
  (app) => {
    readRoutes(app, deps);
    writeRoutes(app, deps);
  };

const ref = (id: string): LayerRef => ({ kind: 'heat_source', id });

const inputOf = (id: string, body: Static<typeof HeatSourceInputSchema>) => ({
  id,
  name: body.name.trim(),
  kind: body.kind ?? ('other' as const),
  description: body.description ?? null,
  lon: body.lon,
  lat: body.lat,
  radiusM: body.radiusM,
  expiresAt: body.expiresAt === undefined ? undefined : new Date(body.expiresAt),
});

const readRoutes = (app: App, { pool, clock }: LayerRoutesDeps): void => {
  app.get(
    '/heat-sources',
    {
      config: { access: ANY_ROLE },
      schema: {
        tags,
        summary: 'Known heat sources 固定热源, by id',
        querystring: LayerListQuery,
        response: { 200: pageOf(HeatSourceSchema) },
      },
    },
    async ({ query }) => {
      const found = await listHeatSources(pool, filterOf(query, clock.now()));
      return pageFrom(found.map(toHeatSourceBody), query);
    },
  );

  app.get(
    '/heat-sources/:id',
    {
      config: { access: ANY_ROLE },
      schema: {
        tags,
        summary: 'A heat source, also when it has expired or is cancelled',
        params: IdParams,
        response: { 200: HeatSourceSchema },
      },
    },
    async ({ params: { id } }) =>
      toHeatSourceBody(mustExist(await findHeatSource(pool, id), ref(id))),
  );
};

const writeRoutes = (app: App, deps: LayerRoutesDeps): void => {
  const { pool, clock } = deps;

  app.post(
    '/heat-sources',
    {
      attachValidation: true,
      config: { access: COMMAND_ROLES },
      schema: {
        tags,
        summary: 'Enter a heat source: alarms within its radius count for less',
        body: NewHeatSourceSchema,
        response: { 201: HeatSourceSchema },
      },
    },
    async (request, reply) => {
      const { body, user, log } = request;
      const act = actBy(user, deps);
      refuseFaults(request, heatSourceFaults(body, act.at));
      const { id = newId(), ...rest } = body;
      const input = inputOf(id, rest);
      const expiresAt = input.expiresAt ?? defaultExpiry(HEAT_SOURCE_LIFETIME, act.at);
      const source = await insertHeatSource(pool, { ...input, expiresAt }, act);
      if (source === undefined) throw idTaken(ref(id));
      await tellChanged(deps, ref(id), log);
      return reply.code(201).send(toHeatSourceBody(source));
    },
  );

  app.put(
    '/heat-sources/:id',
    {
      attachValidation: true,
      config: { access: COMMAND_ROLES },
      schema: {
        tags,
        summary: 'Change a heat source, as a whole, or confirm that it is still there',
        params: IdParams,
        body: HeatSourceInputSchema,
        response: { 200: HeatSourceSchema },
      },
    },
    async (request) => {
      const { body, user, log } = request;
      refuseFaults(request, heatSourceFaults(body, clock.now()));
      const { id } = request.params;
      const updated = await updateHeatSource(pool, inputOf(id, body), actBy(user, deps));
      const source = await mustBeChanged(updated, ref(id), () => findHeatSource(pool, id));
      await tellChanged(deps, ref(id), log);
      return toHeatSourceBody(source);
    },
  );

  cancelRoute(app, deps, {
    kind: 'heat_source',
    path: '/heat-sources',
    summary: 'Cancel a heat source; it stays to be read, with who cancelled it',
    find: findHeatSource,
  });
};
