import { type DeviceRegistry, registerAircraft, setModelKey } from '../devices/index.ts';
import type { DroneCommands } from '../drones/index.ts';
import { createDjiGateway, type DjiGateway, insertDeviceEvent } from '../ingest/index.ts';
import type { Context } from '../pipeline.ts';
import type { Pool } from '../shared/db.ts';
import { droneSettings } from '../shared/drone-config.ts';
import type { Publish } from '../shared/mqtt-publisher.ts';
import { mergeState, setOnline } from '../telemetry/index.ts';

/** The cloud that DJI docks log in to. */
export const createDji = (
  { env, config, clock, logger }: Context,
  {
    shared,
    registry,
    publish,
    commands,
  }: { shared: Pool; registry: DeviceRegistry; publish: Publish; commands: DroneCommands },
): DjiGateway => {
  const { organizationId, organizationName } = droneSettings(config);
  return createDjiGateway({
    registry,
    cloud: { organizationId, organizationName, app: env.djiApp, ntp: env.djiNtp },
    now: () => clock.now(),
    logger: logger.child({ stage: 'dji' }),
    sinks: {
      publish: (message) => publish({ ...message, qos: 1 }),
      online: (deviceId, online, at) => setOnline(shared, deviceId, { online, at, link: 'bus' }),
      registerAircraft: (gateway, { sn, name, modelKey }) =>
        registerAircraft(shared, gateway, { id: sn, name, modelKey }),
      modelKey: (deviceId, modelKey) => setModelKey(shared, deviceId, modelKey),
      event: (event) => insertDeviceEvent(shared, event),
      state: (deviceId, keys) => mergeState(shared, deviceId, keys),
      serviceReply: ({ gatewayId, bid, ...reply }) => commands.replied(gatewayId, bid, reply),
      commandProgress: (gatewayId, { method, commandId, ...progress }, data) =>
        commands.progressed(gatewayId, { method, commandId }, { ...progress, data }),
    },
  });
};
