import { registerDevice } from '../../src/devices/index.ts';
import type { LocatedDetection } from '../../src/incidents/index.ts';
import type { Pool } from '../../src/shared/db.ts';
import type { LonLat } from '../../src/shared/geo.ts';

export const TOWER: LonLat = [113.27, 26.71];

/** Registers a camera at `position`; returns its MQTT secret. */
export const givenCamera = async (
  pool: Pool,
  id: string,
  [lon, lat]: LonLat = TOWER,
): Promise<string> => {
  const { secret } = await registerDevice(
    { pool, regionIdAt: () => 'default', hasRegion: (region) => region === 'default' },
    { id, kind: 'camera', name: id, lon, lat },
  );
  return secret;
};

/** A located smoke detection of `deviceId`, as ingest hands it to the incident stage. */
export const locatedDetection = (over: Partial<LocatedDetection> = {}): LocatedDetection => {
  const now = new Date();
  return {
    deviceId: 'cam-1',
    dedupeKey: `id:${Math.random()}`,
    kind: 'smoke',
    confidence: 0.8,
    observedAt: now,
    receivedAt: now,
    fix: {
      lon: TOWER[0],
      lat: TOWER[1],
      method: 'reported',
      ellipse: { semiMajorM: 200, semiMinorM: 200, orientationDeg: 0 },
    },
    azimuthDeg: null,
    elevationDeg: null,
    rangeM: null,
    temperatureC: null,
    imageUrl: null,
    topic: 'fengsui/v1/camera/cam-1/detection',
    raw: Buffer.from('{}'),
    ...over,
  };
};
