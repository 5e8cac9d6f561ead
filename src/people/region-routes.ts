import Type from 'typebox';
import { placeDevices } from '../devices/index.ts';
import { AppError } from '../shared/app-error.ts';
import type { Pool } from '../shared/db.ts';
import { withTransaction } from '../shared/db.ts';
import { ADMIN_ONLY, ANY_ROLE, PageQuery, pageOf, type RouteGroup } from '../shared/http.ts';
import { findRegions } from './find-regions.ts';
import { DEFAULT_REGION_ID, RegionSchema } from './region.ts';
import { checkRegions } from './region-check.ts';
import { createRegionLookup, type RegionIndex } from './region-index.ts';
import { listRegions, lockRegionTree, upsertRegions } from './region-store.ts';

/** A county with its villages in full detail is some 20 MB of GeoJSON. */
const MAX_IMPORT_BYTES = 50 * 1024 * 1024;

const FeatureCollectionSchema = Type.Object(
  {
    type: Type.Literal('FeatureCollection'),
    features: Type.Array(Type.Unknown(), { minItems: 1 }),
  },
  { description: 'GeoJSON; other members (name, crs …) are ignored' },
);

const ListQuery = Type.Object({
  ...PageQuery,
  q: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description:
        'Only those of this name, or whose name holds it where none has it: 龙溪村, 灵官镇龙溪村, 龙溪',
    }),
  ),
  geometry: Type.Optional(
    Type.Boolean({ default: true, description: 'false leaves the outlines out' }),
  ),
});

/** `GET regions`, `POST regions/import`. */
export const regionRoutes =
  (deps: { pool: Pool; regions: RegionIndex }): RouteGroup =>
  (app) => {
    const { pool, regions } = deps;

    app.get(
      '/regions',
      {
        config: { access: ANY_ROLE },
        schema: {
          tags: ['regions'],
          summary: 'Regions, ordered by id; `default` covers everything',
          querystring: ListQuery,
          response: { 200: pageOf(RegionSchema) },
        },
      },
      async (request) => {
        const { limit = 50, cursor, q, geometry: withGeometry = true } = request.query;
        const all = q === undefined ? regions.all() : findRegions(regions, q);
        const rest = all.filter((region) => cursor === undefined || region.id > cursor);
        const items = rest
          .slice(0, limit)
          .map(({ geometry, ...region }) => (withGeometry ? { ...region, geometry } : region));
        const last = items.at(-1);
        return rest.length > limit && last !== undefined ? { items, next: last.id } : { items };
      },
    );

    app.post(
      '/regions/import',
      {
        bodyLimit: MAX_IMPORT_BYTES,
        config: { access: ADMIN_ONLY },
        schema: {
          tags: ['regions'],
          summary:
            'Import regions from a GeoJSON FeatureCollection; all or nothing, an id known already is replaced',
          description:
            'Devices that stand in `default` come to the smallest region around them; one that has another region keeps it.',
          body: FeatureCollectionSchema,
          response: {
            200: Type.Object({ imported: Type.Integer(), placedDevices: Type.Integer() }),
          },
        },
      },
      async (request) => {
        const { features } = request.body;
        const imported = await withTransaction(pool, async (tx) => {
          const result = checkRegions(features, await lockRegionTree(tx));
          if (!result.ok) {
            throw new AppError(
              'unprocessable',
              `${result.errors.length} fault(s) in ${features.length} features; nothing was imported`,
              { errors: result.errors },
            );
          }
          await upsertRegions(tx, result.regions);
          const lookup = createRegionLookup(await listRegions(tx));
          const placedDevices = await placeDevices(
            tx,
            (point) => lookup.regionsAt(point)[0]?.id ?? DEFAULT_REGION_ID,
          );
          return { imported: result.regions.length, placedDevices };
        });
        // A device registered next, with one of these regions, must find it.
        await regions.refresh();
        return imported;
      },
    );
  };
