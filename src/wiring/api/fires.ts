import {
  findIncident,
  incidentRoutes,
  qualityRoutes,
  regroupRoutes,
} from '../../incidents/index.ts';
import { deadLetterRoutes, detectionRoutes, laserTargetRoutes } from '../../ingest/index.ts';
import type { Context } from '../../pipeline.ts';
import { incidentNearbyRoutes, resourceRoutes } from '../../resources/index.ts';
import type { RouteGroup } from '../../shared/http.ts';
import { imageSettings } from '../../shared/image-config.ts';
import { suppressionRoutes } from '../../suppression/index.ts';
import { witnessRoutes } from '../../witnesses/index.ts';
import type { RouteParts } from './api-parts.ts';

/** What was detected and seen, the fires made of it, what is there to fight them, and what is no wildfire. */
export const fireGroups = (
  { env, config, clock, logger }: Context,
  { pool, visibleRegions, regions, registry, resources, images, intake }: RouteParts,
): RouteGroup[] => {
  const { ingest, onTakenOver } = intake;
  return [
    detectionRoutes({ ingest, findDevice: (id) => registry.resolve(id), visibleRegions }),
    witnessRoutes({
      pool,
      ingest,
      registry,
      regions,
      images: images.store,
      maxPhotoBytes: imageSettings(config).maxBytes,
      visibleRegions,
      clock,
      logger: logger.child({ stage: 'witnesses' }),
    }),
    laserTargetRoutes({ pool, ingest, visibleRegions, clock }),
    deadLetterRoutes({ pool, ingest, clock }),
    images.routes(visibleRegions),
    incidentRoutes({ pool, onTakenOver, visibleRegions, clock }),
    regroupRoutes({ ...intake.incidents, pool, visibleRegions, clock }),
    qualityRoutes({
      pool,
      clock,
      timeZone: env.timeZone,
      visibleRegions,
      regionOfDevice: async (id) => (await registry.resolve(id))?.regionId,
    }),
    incidentNearbyRoutes({
      index: resources,
      findIncident: (id) => findIncident(pool, id),
      visibleRegions,
    }),
    resourceRoutes({ pool, index: resources, clock }),
    suppressionRoutes({
      pool,
      visibleRegions,
      clock,
      onChanged: () => intake.reassessor.now(),
    }),
  ];
};
