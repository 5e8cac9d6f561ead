import Type from 'typebox';
import { AppError } from '../shared/app-error.ts';
import { LatSchema, LonSchema } from '../shared/geo.ts';
import { ANY_ROLE, type App, type RouteGroup, type VisibleRegions } from '../shared/http.ts';
import { deviceEye, type Standing } from './device-eye.ts';
import type { GridTerrain } from './grid-terrain.ts';
import { lineOfSight } from './line-of-sight.ts';
import type { ViewshedJobs } from './viewshed-jobs.ts';

export type PlacedDevice = Standing & { id: string; name: string; regionId: string };

export type TerrainRoutesDeps = {
  /** Undefined: no elevation data was imported. */
  terrain: GridTerrain | undefined;
  viewsheds: ViewshedJobs | undefined;
  findDevice: (id: string) => Promise<PlacedDevice | undefined>;
  /** All cameras. */
  cameras: () => PlacedDevice[];
  visibleRegions: VisibleRegions;
};

const TargetHeight = Type.Number({ minimum: 0, maximum: 10_000, default: 0 });
const RangeM = Type.Number({ minimum: 100, maximum: 50_000, default: 15_000 });

/** `devices/{id}/viewshed` and `terrain/seen-from`. */
export const terrainRoutes =
  (deps: TerrainRoutesDeps): RouteGroup =>
  (app) => {
    viewshedRoute(app, deps);
    seenFromRoute(app, deps);
  };

const ViewshedSchema = Type.Object({
  west: LonSchema,
  south: LatSchema,
  east: LonSchema,
  north: LatSchema,
  width: Type.Integer(),
  height: Type.Integer(),
  bits: Type.String({
    description:
      'Base64. One bit per cell, rows from north, cells from west, without gaps between rows; the first cell is the highest bit of the first byte; 1 = seen',
  }),
  visibleShare: Type.Number({
    description: 'Of the cells in range whose ground is known; 0 to 1',
  }),
  eyeHeightM: Type.Number({ description: 'The lens, metres above mean sea level' }),
  rangeM: RangeM,
  targetHeightM: TargetHeight,
  method: Type.String(),
});

const METHOD =
  'each cell against the horizon along the nearest of azimuths one cell apart at the edge; curvature, refraction k=0.13; unknown ground hides';

const viewshedRoute = (app: App, deps: TerrainRoutesDeps): void => {
  app.get(
    '/devices/:id/viewshed',
    {
      config: { access: ANY_ROLE },
      schema: {
        tags: ['terrain'],
        summary: 'What a camera sees of the ground around it, as a bitmap',
        description:
          'Edges are the outer edges of the cells, WGS-84 degrees. `targetHeightM`: how high above the ground something must stand to be seen (0: the ground itself).',
        params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
        querystring: Type.Object(
          { rangeM: Type.Optional(RangeM), targetHeightM: Type.Optional(TargetHeight) },
          { additionalProperties: false },
        ),
        response: { 200: ViewshedSchema },
      },
    },
    async ({ params, query, user }) => {
      const device = await deps.findDevice(params.id);
      const regions = deps.visibleRegions(user);
      if (device === undefined || (regions !== null && !regions.has(device.regionId))) {
        throw new AppError('not_found', `device "${params.id}" is not registered`);
      }
      const { terrain, viewsheds } = deps;
      if (terrain === undefined || viewsheds === undefined) throw noTerrain();
      const placed = deviceEye(terrain, device);
      if (placed.kind === 'nowhere') {
        throw new AppError('conflict', `device "${params.id}": ${placed.reason}`);
      }
      const { rangeM = 15_000, targetHeightM = 0 } = query;
      const seen = await viewsheds.run(placed.eye, { rangeM, targetHeightM });
      if (seen.knownCells === 0) {
        throw new AppError(
          'conflict',
          `no elevation data covers the surroundings of "${params.id}"`,
        );
      }
      const { west, south, east, north, width, height, bits } = seen;
      return {
        west,
        south,
        east,
        north,
        width,
        height,
        bits: Buffer.from(bits.buffer, bits.byteOffset, bits.byteLength).toString('base64'),
        visibleShare: seen.seenCells / seen.knownCells,
        eyeHeightM: placed.eye.heightM,
        rangeM,
        targetHeightM,
        method: METHOD,
      };
    },
  );
};

const SightSchema = Type.Object({
  deviceId: Type.String(),
  name: Type.String(),
  sight: Type.Union([Type.Literal('visible'), Type.Literal('hidden'), Type.Literal('unknown')]),
  distanceM: Type.Optional(Type.Number()),
  azimuthDeg: Type.Optional(Type.Number({ description: 'From the camera, from true north' })),
  elevationDeg: Type.Optional(Type.Number({ description: 'From the camera, refraction in' })),
  clearanceDeg: Type.Optional(
    Type.Number({
      description: 'Visible: smallest angle between the line and the ground below it',
    }),
  ),
  hiddenAtM: Type.Optional(
    Type.Number({ description: 'Hidden: distance from the camera to what is in the way' }),
  ),
  reason: Type.Optional(Type.String({ description: 'Unknown: why' })),
});
type Sight = Type.Static<typeof SightSchema>;

const seenFromRoute = (app: App, deps: TerrainRoutesDeps): void => {
  app.get(
    '/terrain/seen-from',
    {
      config: { access: ANY_ROLE },
      schema: {
        tags: ['terrain'],
        summary: 'Which cameras of the regions you see have a line of sight to a point',
        description:
          '`heightM`: of the point above the ground. Cameras within `rangeM` (30 km), those that see it first, then by distance.',
        querystring: Type.Object(
          {
            lon: LonSchema,
            lat: LatSchema,
            heightM: Type.Optional(TargetHeight),
            rangeM: Type.Optional(Type.Number({ minimum: 100, maximum: 50_000, default: 30_000 })),
          },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ items: Type.Array(SightSchema) }) },
      },
    },
    ({ query, user }) => {
      const { terrain } = deps;
      if (terrain === undefined) throw noTerrain();
      const { heightM = 0, rangeM = 30_000, ...point } = query;
      if (Number.isNaN(terrain.elevationM(point.lon, point.lat))) {
        throw new AppError('conflict', 'no elevation data covers this point');
      }
      const regions = deps.visibleRegions(user);
      const items = deps
        .cameras()
        .filter(({ regionId }) => regions === null || regions.has(regionId))
        .map((camera) => sightOf(terrain, camera, point, heightM))
        .filter(({ distanceM }) => distanceM === undefined || distanceM <= rangeM)
        .sort(bySight);
      return { items };
    },
  );
};

const sightOf = (
  terrain: GridTerrain,
  camera: PlacedDevice,
  point: { lon: number; lat: number },
  heightM: number,
): Sight => {
  const named = { deviceId: camera.id, name: camera.name };
  const placed = deviceEye(terrain, camera);
  if (placed.kind === 'nowhere') return { ...named, sight: 'unknown', reason: placed.reason };
  const seen = lineOfSight(terrain, placed.eye, point, heightM);
  switch (seen.kind) {
    case 'visible': {
      const { kind: sight, ...direction } = seen;
      return { ...named, sight, ...direction };
    }
    case 'hidden': {
      const { kind: sight, atM, ...direction } = seen;
      return { ...named, sight, ...direction, hiddenAtM: atM };
    }
    case 'unknown': {
      const { kind: sight, reason, ...direction } = seen;
      const lacking = reason === 'void' ? 'has a void' : 'ends';
      return { ...named, sight, ...direction, reason: `the elevation data ${lacking} on the way` };
    }
  }
};

const ORDER = { visible: 0, unknown: 1, hidden: 2 };

const bySight = (a: Sight, b: Sight): number =>
  ORDER[a.sight] - ORDER[b.sight] || (a.distanceM ?? 0) - (b.distanceM ?? 0);

const noTerrain = (): AppError =>
  new AppError(
    'conflict',
    'no elevation data was imported; on the server: npm run terrain -- import FILE…, then restart the service',
  );
