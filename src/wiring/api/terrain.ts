import { type Device, eyeHeightM, findDevice } from '../../devices/index.ts';
import { groundHeightOf } from '../../ingest/index.ts';
import type { Context } from '../../pipeline.ts';
import type { RouteGroup } from '../../shared/http.ts';
import { type PlacedDevice, terrainRoutes, type ViewshedJobs } from '../../terrain/index.ts';
import type { RouteParts } from './api-parts.ts';

/** The ground, and what cameras see of it. */
export const terrainGroup = (
  { terrain }: Context,
  {
    pool,
    registry,
    visibleRegions,
    viewsheds,
  }: RouteParts & { viewsheds: ViewshedJobs | undefined },
): RouteGroup => {
  const groundHeightM = groundHeightOf(terrain);
  const placed = (device: Device): PlacedDevice => ({
    ...device,
    eyeHeightM: eyeHeightM(device, groundHeightM),
  });
  return terrainRoutes({
    terrain,
    viewsheds,
    findDevice: async (id) => {
      const device = await findDevice(pool, id);
      return device === undefined ? undefined : placed(device);
    },
    cameras: () =>
      registry
        .all()
        .filter(({ kind }) => kind === 'camera')
        .map(placed),
    visibleRegions,
  });
};
