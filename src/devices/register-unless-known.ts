import { AppError } from '../shared/app-error.ts';
import type { Pool } from '../shared/db.ts';
import type { DeviceRegistration } from './device.ts';
import { registerDevice } from './register-device.ts';

/**
 * Registers a source that the service itself has learnt of, in its region or in none. Nobody learns its secret: who wants
 * it to log in by itself gives it a new one. False when the id is taken.
 */
export const registerUnlessKnown = async (
  pool: Pool,
  body: DeviceRegistration,
): Promise<boolean> => {
  const regionId = body.regionId ?? 'default';
  try {
    await registerDevice({ pool, regionIdAt: () => regionId, hasRegion: () => true }, body);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'conflict') return false;
    throw error;
  }
};
