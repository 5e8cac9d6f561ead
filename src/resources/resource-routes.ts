import Type from 'typebox';
import { AppError } from '../shared/app-error.ts';
import type { Clock } from '../shared/clock.ts';
import type { Pool } from '../shared/db.ts';
import { LatSchema, LonSchema } from '../shared/geo.ts';
import type { Bbox } from '../shared/geometry.ts';
import {
  type AccessRole,
  ANY_ROLE,
  COMMAND_ROLES,
  DateTimeSchema,
  PageQuery,
  pageOf,
  type RouteGroup,
} from '../shared/http.ts';
import { importResources } from './import-resources.ts';
import { NearbyQuery, NearbySchema, nearbyItems } from './nearby-items.ts';
import { type Resource, ResourceKindSchema, ResourceSchema, toResourceBody } from './resource.ts';
import type { ResourceIndex } from './resource-index.ts';
import { deleteResource, findResource, listResources, moveResource } from './resource-store.ts';

/** A province's roads and rivers in one file; much more should come in several. */
const MAX_IMPORT_BYTES = 64 * 1024 * 1024;
/** Who keeps the county's stock of resources. */
const KEEPERS: readonly AccessRole[] = ['dispatcher', 'admin'];

const IdParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 100 }) });

const FeatureCollectionSchema = Type.Object(
  { type: Type.Literal('FeatureCollection'), features: Type.Array(Type.Unknown()) },
  {
    description:
      'GeoJSON in WGS-84. Feature properties: kind, name, id? (else one is made from the content), personId? (whose positions move this point); all others are kept.',
  },
);

const ListQuery = Type.Object(
  {
    ...PageQuery,
    kind: Type.Optional(ResourceKindSchema),
    bbox: Type.Optional(
      Type.String({ maxLength: 200, description: 'west,south,east,north in degrees' }),
    ),
  },
  { additionalProperties: false },
);

const MoveBody = Type.Object(
  {
    lon: LonSchema,
    lat: LatSchema,
    at: Type.Optional({ ...DateTimeSchema, description: 'When it was there; default now' }),
  },
  { additionalProperties: false },
);

export type ResourceRoutesDeps = { pool: Pool; index: ResourceIndex; clock: Clock };

/** `resources`, `resources/{id}`, `resources/import`, `resources/nearby`, `resources/{id}/position`. */
export const resourceRoutes =
  (deps: ResourceRoutesDeps): RouteGroup =>
  (app) => {
    const { pool, index, clock } = deps;

    app.post(
      '/resources/import',
      {
        bodyLimit: MAX_IMPORT_BYTES,
        config: { access: KEEPERS },
        schema: {
          tags: ['resources'],
          summary:
            'Import resources from GeoJSON; all or nothing, an id known already is updated in place',
          body: FeatureCollectionSchema,
          response: {
            200: Type.Object({
              created: Type.Integer(),
              updated: Type.Integer(),
              total: Type.Integer(),
            }),
          },
        },
      },
      async (request) => {
        const { created, updated, ids } = await importResources(pool, request.body);
        await index.refresh(ids);
        request.log.info({ created, updated }, 'resources imported');
        return { created, updated, total: created + updated };
      },
    );

    app.get(
      '/resources/nearby',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['resources'],
          summary: 'The nearest resources of each kind, by distance',
          querystring: Type.Object(
            { lon: LonSchema, lat: LatSchema, ...NearbyQuery },
            { additionalProperties: false },
          ),
          response: { 200: NearbySchema },
        },
      },
      async ({ query }) => nearbyItems(index, [query.lon, query.lat], query),
    );

    app.get(
      '/resources',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['resources'],
          summary: 'Resources, ordered by id',
          querystring: ListQuery,
          response: { 200: pageOf(ResourceSchema) },
        },
      },
      async ({ query: { limit = 50, cursor, kind, bbox } }) => {
        const found = await listResources(pool, {
          kind,
          bbox: bbox === undefined ? undefined : parseBbox(bbox),
          afterId: cursor,
          limit: limit + 1,
        });
        const items = found.slice(0, limit).map(toResourceBody);
        const last = items.at(-1);
        return found.length > limit && last !== undefined ? { items, next: last.id } : { items };
      },
    );

    app.get(
      '/resources/:id',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['resources'],
          summary: 'One resource',
          params: IdParams,
          response: { 200: ResourceSchema },
        },
      },
      async ({ params: { id } }) => toResourceBody(await getResource(pool, id)),
    );

    app.delete(
      '/resources/:id',
      {
        config: { access: KEEPERS },
        schema: {
          tags: ['resources'],
          summary: 'Delete a resource',
          params: IdParams,
          response: { 204: Type.Null() },
        },
      },
      async ({ params: { id } }, reply) => {
        if (!(await deleteResource(pool, id))) throw notFound(id);
        await index.refresh([id]);
        return reply.code(204).send(null);
      },
    );

    app.put(
      '/resources/:id/position',
      {
        config: { access: COMMAND_ROLES },
        schema: {
          tags: ['resources'],
          summary:
            'Say where a moving resource is; an older position than the known one changes nothing',
          params: IdParams,
          body: MoveBody,
          response: { 200: Type.Object({ moved: Type.Boolean(), resource: ResourceSchema }) },
        },
      },
      async ({ params: { id }, body: { lon, lat, at } }) => {
        if (lon === 0 && lat === 0) {
          const message = '0/0 means an unknown position; give the real one';
          throw new AppError('unprocessable', message, { errors: [{ path: 'lon', message }] });
        }
        const moved = await moveResource(pool, id, {
          lonLat: [lon, lat],
          at: at === undefined ? clock.now() : new Date(at),
        });
        const resource = await getResource(pool, id);
        const { type } = resource.geometry;
        if (type !== 'Point') {
          throw new AppError('unprocessable', `"${id}" is a ${type}; only a Point can move`);
        }
        await index.refresh([id]);
        return { moved, resource: toResourceBody(resource) };
      },
    );
  };

const getResource = async (pool: Pool, id: string): Promise<Resource> => {
  const resource = await findResource(pool, id);
  if (resource === undefined) throw notFound(id);
  return resource;
};

const notFound = (id: string): AppError =>
  new AppError('not_found', `there is no resource "${id}"`);

const parseBbox = (text: string): Bbox => {
  const parts = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [west = Number.NaN, south = Number.NaN, east = Number.NaN, north = Number.NaN] = parts;
  const fits = west >= -180 && west <= east && east <= 180;
  if (parts.length === 4 && fits && south >= -90 && south <= north && north <= 90) {
    return [west, south, east, north];
  }
  const message = 'must be west,south,east,north in degrees, e.g. 113.1,26.5,113.5,26.9';
  throw new AppError('bad_request', `bbox ${message}`, { errors: [{ path: 'bbox', message }] });
};
