import type { Pool } from '../shared/db.ts';
import type { Device } from './device.ts';
import { registerUnlessKnown } from './register-unless-known.ts';

/** Registers an aircraft its gateway has announced, in the gateway's region. False when the id has been taken meanwhile. */
export const registerAircraft = (
  pool: Pool,
  gateway: Device,
  { id, name, modelKey }: { id: string; name: string | null; modelKey: string | null },
): Promise<boolean> =>
  registerUnlessKnown(pool, {
    id,
    kind: 'drone',
    name: name === null || name.trim() === '' ? id : name,
    regionId: gateway.regionId,
    gatewayId: gateway.id,
    properties: { announcedBy: gateway.id, ...(modelKey === null ? {} : { modelKey }) },
  });
