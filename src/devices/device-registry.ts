import type { Pool } from '../shared/db.ts';
import type { Listener } from '../shared/listener.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';
import { findCredential } from './credential-store.ts';
import type { Device } from './device.ts';
import { findCameraBehind, findDevice, listAllDevices } from './device-store.ts';
import { createLoginWatch } from './login-watch.ts';
import { verifySecret } from './secret.ts';
import type { GatewayOf, Principal } from './topic-access.ts';

export type DeviceRegistry = Part & {
  /** From the database, also when it is known: it has just been changed here. */
  refresh(id: string): Promise<Device | undefined>;
  /** From memory, else from the database: a device registered a moment ago in another process counts. */
  resolve(id: string): Promise<Device | undefined>;
  get(id: string): Device | undefined;
  all(): Device[];
  /** The aircraft registered to a gateway. */
  aircraftOf(gatewayId: string): Device[];
  gatewayOf: GatewayOf;
  /** The camera a gateway calls `name`; from memory, else from the database as `resolve`. */
  cameraBehind(gatewayId: string, name: string): Promise<Device | undefined>;
  /** Undefined for an unknown id, a wrong secret and a revoked login alike. */
  authenticate(username: string, secret: Buffer): Promise<Principal | undefined>;
  /** Whether that device's or person's login was revoked, wherever its messages come from. */
  isRevoked(id: string): boolean;
  /** Called with the id of a device or person whose login was changed or revoked. */
  onCredentialChange(handler: (id: string) => void): void;
};

/** As it is said at registration, else its own id. */
const nameAtGateway = ({ id, properties: { externalId } }: Device): string =>
  typeof externalId === 'string' ? externalId : id;

/** Verified against when the id is unknown, so that the answer takes as long as for a known one. */
const NOBODY =
  '$7$101$AAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==';

/** All devices in memory, kept current by LISTEN/NOTIFY and reloaded after a lost connection. */
export const createDeviceRegistry = (deps: {
  pool: Pool;
  listener: Listener;
  logger: Logger;
}): DeviceRegistry => {
  const { pool, listener, logger } = deps;
  const devices = new Map<string, Device>();
  const logins = createLoginWatch(deps);
  const unsubscribe: (() => void)[] = [];
  const logFailure = (error: unknown): void =>
    logger.error({ err: error }, 'device registry could not be refreshed');

  const reload = async (): Promise<void> => {
    const all = await listAllDevices(pool);
    devices.clear();
    for (const device of all) devices.set(device.id, device);
  };
  const refresh = async (id: string): Promise<Device | undefined> => {
    const device = await findDevice(pool, id);
    if (device === undefined) devices.delete(id);
    else devices.set(id, device);
    return device;
  };

  return {
    name: 'device-registry',
    async start() {
      unsubscribe.push(
        listener.on('device_changed', {
          changed: (id) => void refresh(id).catch(logFailure),
          reconnected: () => void reload().catch(logFailure),
        }),
      );
      await reload();
      await logins.start();
    },
    async stop() {
      await logins.stop();
      for (const off of unsubscribe) off();
    },
    get: (id) => devices.get(id),
    all: () => [...devices.values()],
    aircraftOf: (gatewayId) => {
      const found: Device[] = [];
      for (const device of devices.values()) if (device.gatewayId === gatewayId) found.push(device);
      return found;
    },
    refresh,
    resolve: async (id) => devices.get(id) ?? (await refresh(id)),
    async cameraBehind(gatewayId, name) {
      for (const device of devices.values()) {
        if (device.gatewayId === gatewayId && nameAtGateway(device) === name) return device;
      }
      const found = await findCameraBehind(pool, gatewayId, name);
      if (found !== undefined) devices.set(found.id, found);
      return found;
    },
    gatewayOf: (id) => devices.get(id)?.gatewayId ?? null,
    async authenticate(username, secret) {
      const credential = await findCredential(pool, username);
      const correct = verifySecret(secret, credential?.secretHash ?? NOBODY);
      if (!correct || credential === undefined || credential.revoked) return undefined;
      if (credential.owner === 'person') return { owner: 'person', id: credential.id };
      await refresh(credential.id);
      return { owner: 'device', id: credential.id, kind: credential.kind };
    },
    isRevoked: (id) => logins.isRevoked(id),
    onCredentialChange: (handler) => logins.onChange(handler),
  };
};
