import { pino } from 'pino';
import type { Device, DeviceRegistry } from '../../../src/devices/index.ts';
import { createDjiGateway, type DjiSinks } from '../../../src/ingest/dji-gateway.ts';
import { createIngest, type Ingest } from '../../../src/ingest/ingest.ts';
import type { TelemetryRow } from '../../../src/telemetry/index.ts';

export const NOW = new Date('2026-04-05T03:00:05Z');

export const device = (over: Partial<Device> & Pick<Device, 'id' | 'kind'>): Device => ({
  name: over.id,
  regionId: 'default',
  lon: null,
  lat: null,
  groundHeightM: null,
  mountHeightM: null,
  heightRef: 'msl',
  azimuthOffsetDeg: 0,
  tiltOffsetDeg: 0,
  azimuthSigmaDeg: null,
  elevationSigmaDeg: null,
  hfovDeg: null,
  focalScale: 1,
  reports: 'alarms',
  gatewayId: null,
  properties: {},
  ...over,
});

export type DjiHarness = {
  ingest: Ingest;
  devices: Map<string, Device>;
  telemetry: TelemetryRow[];
  letters: { code: string; reason: string }[];
  answers: { topic: string; message: Record<string, unknown> }[];
  online: [id: string, online: boolean][];
  events: { deviceId: string; method: string }[];
  states: { deviceId: string; keys: Record<string, unknown> }[];
};

/** The real ingest and gateway with everything they write to in memory: a dock with one aircraft, and another dock. */
export const djiHarness = (over: Partial<DjiSinks> = {}): DjiHarness => {
  const devices = new Map(
    [
      device({ id: 'DOCK1', kind: 'dock' }),
      device({ id: 'DRONE1', kind: 'drone', gatewayId: 'DOCK1' }),
      device({ id: 'DOCK2', kind: 'dock' }),
    ].map((one) => [one.id, one]),
  );
  const harness: Omit<DjiHarness, 'ingest'> = {
    devices,
    telemetry: [],
    letters: [],
    answers: [],
    online: [],
    events: [],
    states: [],
  };
  const resolve = async (id: string) => devices.get(id);
  const registry: DeviceRegistry = {
    name: 'registry',
    start: async () => undefined,
    stop: async () => undefined,
    get: (id) => devices.get(id),
    all: () => [...devices.values()],
    aircraftOf: (id) => [...devices.values()].filter(({ gatewayId }) => gatewayId === id),
    refresh: resolve,
    resolve,
    cameraBehind: async () => undefined,
    gatewayOf: (id) => devices.get(id)?.gatewayId ?? null,
    authenticate: async () => undefined,
    isRevoked: () => false,
    onCredentialChange: () => undefined,
  };
  const dji = createDjiGateway({
    registry,
    now: () => NOW,
    logger: pino({ level: 'silent' }),
    cloud: {
      organizationId: 'fengsui',
      organizationName: 'Fengsui',
      app: { id: '1', key: 'key', license: 'licence' },
      ntp: { host: '10.0.0.1', port: 123 },
    },
    sinks: {
      publish: async ({ topic, payload }) => {
        harness.answers.push({ topic, message: JSON.parse(payload) as Record<string, unknown> });
      },
      online: async (id, online) => void harness.online.push([id, online]),
      registerAircraft: async (gateway, { sn }) => {
        if (devices.has(sn)) return false;
        devices.set(sn, device({ id: sn, kind: 'drone', gatewayId: gateway.id }));
        return true;
      },
      modelKey: async () => false,
      event: async ({ deviceId, method }) => void harness.events.push({ deviceId, method }),
      state: async (deviceId, keys) => void harness.states.push({ deviceId, keys }),
      serviceReply: async () => false,
      commandProgress: async () => true,
      ...over,
    },
  });
  const ingest = createIngest({
    registry,
    timeZone: 'Asia/Shanghai',
    telemetry: {
      add: (row) => {
        harness.telemetry.push(row);
        return undefined;
      },
    },
    dji,
    mavlink: { take: () => Promise.reject(new Error('a DJI message is no MAVLink')) },
    laserRadiusM: 30,
    now: () => NOW,
    logger: pino({ level: 'silent' }),
    metrics: { received: () => undefined, deadLetter: () => undefined, committed: () => undefined },
    sinks: {
      detection: () => Promise.reject(new Error('a DJI message is no detection')),
      online: async () => undefined,
      aircraft: async () => undefined,
      heard: () => undefined,
      personPosition: async () => undefined,
      receipt: async () => undefined,
      picture: async () => undefined,
      deadLetter: async ({ code, reason }) => String(harness.letters.push({ code, reason })),
    },
  });
  return { ...harness, ingest };
};
