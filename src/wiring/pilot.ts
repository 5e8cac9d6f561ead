import type { RegisterDeps } from '../devices/index.ts';
import { insertDeviceEvent } from '../ingest/index.ts';
import { brokerAddress, pilotRoutes } from '../pilot/index.ts';
import type { Context } from '../pipeline.ts';
import { droneSettings } from '../shared/drone-config.ts';
import type { RouteGroup, VisibleRegions } from '../shared/http.ts';
import type { Bus } from './bus.ts';

/** Where controllers with Pilot 2 get their login. */
export const createPilotRoutes = (
  { env, config, clock }: Context,
  { bus, ...deps }: RegisterDeps & { visibleRegions: VisibleRegions; bus: Bus },
): RouteGroup => {
  const { organizationId, organizationName } = droneSettings(config);
  return pilotRoutes({
    ...deps,
    app: env.djiApp,
    organizationId,
    organizationName,
    brokerAddress: (hostname) =>
      brokerAddress(hostname, {
        publicUrl: env.mqttPublicUrl,
        embedded: env.mqttUrl === undefined ? { host: env.mqttHost, url: bus.url() } : undefined,
      }),
    record: ({ gatewayId, by }) => {
      const at = clock.now();
      return insertDeviceEvent(deps.pool, {
        deviceId: gatewayId,
        method: 'pilot_login',
        tid: null,
        observedAt: at,
        receivedAt: at,
        data: { by },
      });
    },
  });
};
