import { AppError } from '../shared/app-error.ts';
import type { Pool } from '../shared/db.ts';
import type { Device } from './device.ts';
import { registerDevice } from './register-device.ts';

/**
 * Registers an aircraft its gateway has announced, in the gateway's region. Nobody learns its secret: the gateway
 * speaks for it, and who wants it to log in by itself gives it a new one. False when the id has been taken meanwhile.
 */
export const registerAircraft = async (
  pool: Pool,
  gateway: Device,
  aircraft: { id: string; name: string | null; modelKey: string | null },
): Promise<boolean> => {
  const { id, name, modelKey } = aircraft;
  const deps = { pool, regionIdAt: () => gateway.regionId, hasRegion: () => true };
  try {
    await registerDevice(deps, {
      id,
      kind: 'drone',
      name: name === null || name.trim() === '' ? id : name,
      regionId: gateway.regionId,
      gatewayId: gateway.id,
      properties: { announcedBy: gateway.id, ...(modelKey === null ? {} : { modelKey }) },
    });
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'conflict') return false;
    throw error;
  }
};
