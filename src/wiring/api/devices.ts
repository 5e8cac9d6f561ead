import { airspaceRoutes } from '../../airspace/index.ts';
import { deviceImportRoutes, deviceRoutes, landmarkRoutes } from '../../devices/index.ts';
import { droneCommandRoutes } from '../../drones/index.ts';
import { availabilityRoutes } from '../../health/index.ts';
import { deviceEventRoutes, groundHeightOf } from '../../ingest/index.ts';
import type { Context } from '../../pipeline.ts';
import { droneSettings } from '../../shared/drone-config.ts';
import type { LonLat } from '../../shared/geo.ts';
import type { RouteGroup } from '../../shared/http.ts';
import { trackRoutes } from '../../telemetry/index.ts';
import { createPilotRoutes } from '../pilot.ts';
import type { RouteParts } from './api-parts.ts';

/** Cameras, drones and docks: registering them, where they are and were, how well they do, what they are sent to do. */
export const deviceGroups = (
  context: Context,
  { pool, visibleRegions, regions, bus, intake }: RouteParts,
): RouteGroup[] => {
  const { env, config, clock, terrain } = context;
  const places = {
    regionIdAt: (point: LonLat) => regions.regionsAt(point)[0]?.id ?? 'default',
    hasRegion: (id: string) => regions.get(id) !== undefined,
  };
  return [
    deviceRoutes({ ...places, pool, visibleRegions, clock }),
    deviceImportRoutes({ ...places, pool }),
    createPilotRoutes(context, { ...places, pool, visibleRegions, bus }),
    landmarkRoutes({ pool, visibleRegions, clock, groundHeightM: groundHeightOf(terrain) }),
    trackRoutes({ pool, visibleRegions, clock }),
    availabilityRoutes({ pool, visibleRegions, clock, timeZone: env.timeZone }),
    deviceEventRoutes({ pool, visibleRegions }),
    droneCommandRoutes({
      pool,
      commands: intake.commands,
      settings: droneSettings(config),
      terrain,
      visibleRegions,
      clock,
    }),
    airspaceRoutes({ pool, visibleRegions, clock }),
  ];
};
