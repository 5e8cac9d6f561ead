import Type, { type Static } from 'typebox';
import { ANY_ROLE, type App, COMMAND_ROLES, pageOf, type RouteGroup } from '../shared/http.ts';
import { newId } from '../shared/ids.ts';
import { burnFaults } from './burn-check.ts';
import { cancelRoute } from './cancel-route.ts';
import { LayerIdSchema, type LayerRef } from './layer.ts';
import { filterOf, LayerListQuery, pageFrom } from './layer-list.ts';
import {
  actBy,
  idTaken,
  type LayerRoutesDeps,
  mustBeChanged,
  mustExist,
  tellChanged,
} from './layer-write.ts';
import {
  type BurnGeometry,
  BurnInputSchema,
  BurnSchema,
  NewBurnSchema,
  toBurnBody,
} from './permitted-burn.ts';
import {
  type BurnInput,
  findBurn,
  insertBurn,
  listBurns,
  updateBurn,
} from './permitted-burn-store.ts';
import { refuseFaults } from './refuse-faults.ts';

/** An outline of 2,000 positions with all their digits is half of it. */
const MAX_BODY_BYTES = 256 * 1024;

const IdParams = Type.Object({ id: LayerIdSchema });
const tags = ['suppression'];

/** `permitted-burns`: where and when fire is allowed. */
export const permittedBurnRoutes =
  (deps: LayerRoutesDeps): RouteGroup =>
  (app) => {
    readRoutes(app, deps);
    writeRoutes(app, deps);
  };

const ref = (id: string): LayerRef => ({ kind: 'permitted_burn', id });

const inputOf = (id: string, body: Static<typeof BurnInputSchema>): BurnInput => ({
  id,
  name: body.name.trim(),
  // Checked by burnFaults.
  geometry: geometryOf(body.geometry as BurnGeometry),
  startsAt: new Date(body.startsAt),
  endsAt: new Date(body.endsAt),
  permitNumber: body.permitNumber ?? null,
  contact: body.contact ?? null,
});

/** Without the bbox, crs and whatever else a GIS writes beside them. */
const geometryOf = ({ type, coordinates }: BurnGeometry): BurnGeometry =>
  ({ type, coordinates }) as BurnGeometry;

const readRoutes = (app: App, { pool, clock }: LayerRoutesDeps): void => {
  app.get(
    '/permitted-burns',
    {
      config: { access: ANY_ROLE },
      schema: {
        tags,
        summary: 'Permitted burns 计划烧除, by id',
        querystring: LayerListQuery,
        response: { 200: pageOf(BurnSchema) },
      },
    },
    async ({ query }) => {
      const found = await listBurns(pool, filterOf(query, clock.now()));
      return pageFrom(found.map(toBurnBody), query);
    },
  );

  app.get(
    '/permitted-burns/:id',
    {
      config: { access: ANY_ROLE },
      schema: {
        tags,
        summary: 'A permitted burn, also when it is over or cancelled',
        params: IdParams,
        response: { 200: BurnSchema },
      },
    },
    async ({ params: { id } }) => toBurnBody(mustExist(await findBurn(pool, id), ref(id))),
  );
};

const writeRoutes = (app: App, deps: LayerRoutesDeps): void => {
  const { pool } = deps;

  app.post(
    '/permitted-burns',
    {
      bodyLimit: MAX_BODY_BYTES,
      attachValidation: true,
      config: { access: COMMAND_ROLES },
      schema: {
        tags,
        summary: 'Enter a permitted burn: alarms inside it and its window count for less',
        body: NewBurnSchema,
        response: { 201: BurnSchema },
      },
    },
    async (request, reply) => {
      const { body, user, log } = request;
      refuseFaults(request, burnFaults(body));
      const { id = newId(), ...rest } = body;
      const burn = await insertBurn(pool, inputOf(id, rest), actBy(user, deps));
      if (burn === undefined) throw idTaken(ref(id));
      await tellChanged(deps, ref(id), log);
      return reply.code(201).send(toBurnBody(burn));
    },
  );

  app.put(
    '/permitted-burns/:id',
    {
      bodyLimit: MAX_BODY_BYTES,
      attachValidation: true,
      config: { access: COMMAND_ROLES },
      schema: {
        tags,
        summary: 'Change a permitted burn, as a whole',
        params: IdParams,
        body: BurnInputSchema,
        response: { 200: BurnSchema },
      },
    },
    async (request) => {
      const { body, user, log } = request;
      refuseFaults(request, burnFaults(body));
      const { id } = request.params;
      const updated = await updateBurn(pool, inputOf(id, body), actBy(user, deps));
      const burn = await mustBeChanged(updated, ref(id), () => findBurn(pool, id));
      await tellChanged(deps, ref(id), log);
      return toBurnBody(burn);
    },
  );

  cancelRoute(app, deps, {
    kind: 'permitted_burn',
    path: '/permitted-burns',
    summary: 'Cancel a permitted burn; it stays to be read, with who cancelled it',
    find: findBurn,
  });
};
