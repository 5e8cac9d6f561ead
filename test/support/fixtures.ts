import { registerDevice } from '../../src/devices/index.ts';
import type { IncidentDeps, LocatedDetection } from '../../src/incidents/index.ts';
import { loadCountyConfig } from '../../src/shared/county-config.ts';
import type { Pool } from '../../src/shared/db.ts';
import type { LonLat } from '../../src/shared/geo.ts';

/** The settings the project comes with. */
export const shipped = await loadCountyConfig('config');

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
  const fix = over.fix ?? {
    lon: TOWER[0],
    lat: TOWER[1],
    method: 'reported',
    ellipse: { semiMajorM: 200, semiMinorM: 200, orientationDeg: 0 },
  };
  return {
    deviceId: 'cam-1',
    dedupeKey: `id:${Math.random()}`,
    kind: 'smoke',
    confidence: 0.8,
    observedAt: now,
    receivedAt: now,
    source: 'camera',
    fix,
    // It stands for its fix, as a source that reports positions does.
    sighting: {
      station: null,
      bearing: null,
      elevation: null,
      range: null,
      rangePrior: null,
      point: { lon: fix.lon, lat: fix.lat, ellipse: fix.ellipse },
    },
    azimuthDeg: null,
    elevationDeg: null,
    rangeM: null,
    temperatureC: null,
    imageUrl: null,
    deviceProblems: null,
    topic: 'fengsui/v1/camera/cam-1/detection',
    raw: Buffer.from('{}'),
    ...over,
  };
};

/** The incident stage on a test's database, with the shipped settings, without terrain. */
export const incidentDeps = (pool: Pool, over: Partial<IncidentDeps> = {}): IncidentDeps => ({
  pool,
  config: shipped,
  terrain: undefined,
  timeZone: 'Asia/Shanghai',
  regionAt: () => ({ id: 'default', code: 'default' }),
  reportsOf: () => 'alarms',
  onAlert: async () => undefined,
  onTakenOver: async () => undefined,
  ...over,
});
