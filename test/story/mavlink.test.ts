import { createSocket, type Socket } from 'node:dgram';
import type { MavLinkData } from 'node-mavlink';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Clock } from '../../src/shared/clock.ts';
import {
  battery,
  gimbal,
  heartbeat,
  type MavlinkOptions,
  mavlinkFrame,
  position,
  sysStatus,
} from '../support/mavlink.ts';
import { freePort } from '../support/mosquitto.ts';
import { startTestService, type TestService } from '../support/service.ts';

type Listed = {
  properties: Record<string, unknown>;
  latest: {
    lon: number | null;
    lat: number | null;
    online: boolean | null;
    state: Record<string, unknown>;
  } | null;
};
type Detection = { azimuthDeg: number | null; elevationDeg: number | null };
type Incident = { detections: Detection[] };

const KEY = Buffer.alloc(32, 0x5a);
const PLACE = { lat: 267_090_000, lon: 1_132_680_000 };

let county: TestService;
let aircraft: Socket;
let port: number;
/** How far the service's clock is ahead of the machine's: a flight of seconds needs none to pass. */
let aheadMs = 0;
const clock: Clock = { now: () => new Date(Date.now() + aheadMs) };

beforeAll(async () => {
  port = await freePort();
  county = await startTestService({ MAVLINK_PORT: String(port) }, { clock });
  aircraft = createSocket('udp4');
});
afterAll(async () => {
  aircraft?.close();
  await county?.stop();
});

const register = async (id: string, more: Record<string, unknown>): Promise<string> => {
  const { status, body } = await county.call<{ secret: string }>('POST', 'devices', {
    id,
    kind: 'drone',
    name: id,
    ...more,
  });
  expect(status).toBe(201);
  return body.secret;
};
const device = async (id: string): Promise<Listed> =>
  (await county.call<Listed>('GET', `devices/${id}`)).body;
const frames = (messages: MavLinkData[], options: MavlinkOptions): Buffer =>
  Buffer.concat(
    messages.map((message, i) => {
      const { signed } = options;
      // Each timestamp may be used once.
      const own = signed === undefined ? {} : { signed: { ...signed, at: signed.at + i } };
      return mavlinkFrame(message, { ...options, ...own });
    }),
  );
const send = (datagram: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    aircraft.send(datagram, port, '127.0.0.1', (error) =>
      error === null ? resolve() : reject(error),
    );
  });
/** Says it again a second later until it shows: a datagram may be lost, and other processes learn of a change a moment later. */
const sendUntil = (datagram: () => Buffer, shows: () => Promise<void>): Promise<void> =>
  vi.waitFor(
    async () => {
      aheadMs += 1_000;
      await send(datagram());
      await shows();
    },
    { timeout: 20_000, interval: 250 },
  );
const letters = async (topic: string): Promise<string[]> => {
  const { body } = await county.call<{ items: { topic: string; reason: string }[] }>(
    'GET',
    'dead-letters?limit=500',
  );
  return body.items.filter((letter) => letter.topic === topic).map(({ reason }) => reason);
};
const counted = async (outcome: string): Promise<number> => {
  const text = await (await fetch(`${county.service.httpUrl()}/metrics`)).text();
  const [, value] =
    new RegExp(`^fengsui_mavlink_frames_total\\{outcome="${outcome}"\\} (\\d+)`, 'm').exec(text) ??
    [];
  return Number(value ?? 0);
};

describe('a PX4 aircraft that sends MAVLink by UDP', () => {
  it('is on the map with battery and mode, leaves a track, and its smoke is located by its gimbal', async () => {
    await register('px4-1', { mavlinkSystemId: 1 });
    const from = clock.now();
    let step = 0;
    const flight = () => {
      step += 1;
      const lon = PLACE.lon + step * 1_000;
      return frames(
        [
          heartbeat(),
          sysStatus(72),
          battery(),
          gimbal({ pitchDeg: -20, yawDeg: 120 }),
          position({ ...PLACE, lon }),
        ],
        { systemId: 1 },
      );
    };
    await sendUntil(flight, async () => {
      expect(step).toBeGreaterThanOrEqual(5);
      expect((await device('px4-1')).latest).toMatchObject({
        lat: 26.709,
        online: true,
        state: {
          altitudeM: 412.5,
          altitudeRef: 'msl',
          batteryPct: 71,
          mode: { zh: '航线飞行' },
          osd: { armed: true, relativeAltitudeM: 118 },
        },
      });
    });

    const until = new Date(clock.now().getTime() + 60_000);
    const track = await county.call<{ items: { lon: number | null }[] }>(
      'GET',
      `devices/px4-1/track?from=${from.toISOString()}&to=${until.toISOString()}`,
    );
    const lons = track.body.items.flatMap(({ lon }) => lon ?? []);
    expect(lons.length).toBeGreaterThanOrEqual(3);
    expect(lons).toEqual(lons.toSorted((a, b) => a - b));

    const reported = await county.call<{ incidentId: string }>('POST', 'detections', {
      deviceId: 'px4-1',
      at: clock.now().toISOString(),
      kind: 'smoke',
      confidence: 0.9,
    });
    expect(reported.status).toBe(201);
    const incident = await county.call<Incident>('GET', `incidents/${reported.body.incidentId}`);
    const [seen] = incident.body.detections;
    expect(seen?.azimuthDeg).toBeCloseTo(120, 3);
    expect(seen?.elevationDeg).toBeCloseTo(-20, 3);
  });

  it('is not believed with a system id nobody has; that is counted and told once', async () => {
    const before = await counted('foreign');
    await sendUntil(
      () => frames([position(), position()], { systemId: 99 }),
      async () => {
        expect(await counted('foreign')).toBeGreaterThanOrEqual(before + 6);
      },
    );
    expect(await letters('udp/mavlink/127.0.0.1')).toEqual([
      'system id 99 is not one of a registered drone; register mavlinkSystemId',
    ]);
  });

  it('must sign once a key is registered, which nobody is shown; and is refused when it is revoked', async () => {
    await register('px4-2', { mavlinkSystemId: 2, properties: { model: 'X500' } });
    const changed = await county.call<Listed>('PATCH', 'devices/px4-2', {
      properties: { model: 'X650', mavlinkSigningKey: KEY.toString('hex') },
      mavlinkSystemId: 2,
    });
    expect(changed.status).toBe(200);
    for (const { properties } of [changed.body, await device('px4-2')]) {
      expect(properties).toEqual({ model: 'X650', mavlinkSystemId: 2, mavlinkSigningKey: '***' });
    }
    const said = (signed?: MavlinkOptions['signed'], altitudeM = 500) =>
      frames([heartbeat(), position({ ...PLACE, alt: altitudeM * 1_000 })], {
        systemId: 2,
        ...(signed === undefined ? {} : { signed }),
      });
    const unsigned = await counted('unsigned');
    await sendUntil(
      () => said(),
      async () => expect(await counted('unsigned')).toBeGreaterThan(unsigned),
    );

    const signed = () => said({ key: KEY, at: clock.now().getTime() });
    await sendUntil(signed, async () => {
      expect((await device('px4-2')).latest).toMatchObject({ lat: 26.709, online: true });
    });

    await county.call('POST', 'devices/px4-2/revoke');
    await sendUntil(signed, async () => expect(await counted('revoked')).toBeGreaterThan(0));
    const revoked = await counted('revoked');
    const higher = () => said({ key: KEY, at: clock.now().getTime() }, 600);
    await sendUntil(higher, async () =>
      expect(await counted('revoked')).toBeGreaterThanOrEqual(revoked + 2),
    );
    // What it said before may still be on its way to the table; of this nothing is.
    const { rows } = await county.database.pool.query(
      `select from telemetry where device_id = 'px4-2' and altitude_m = 600`,
    );
    expect(rows).toEqual([]);
  });

  it('is refused when its key, address or system id is none', async () => {
    const { status, body } = await county.call<{ errors: { path: string }[] }>('POST', 'devices', {
      id: 'px4-3',
      kind: 'drone',
      name: 'px4-3',
      mavlinkSystemId: 300,
      mavlinkAddress: 'drone.example.org',
      mavlinkSigningKey: 'secret',
    });
    expect(status).toBe(422);
    expect(body.errors.map(({ path }) => path)).toEqual([
      'mavlinkSystemId',
      'mavlinkAddress',
      'mavlinkSigningKey',
    ]);
    expect(JSON.stringify(body)).not.toContain('"secret"');
  });
});

describe('an aircraft whose companion computer publishes raw frames on the bus', () => {
  it('is located by them, cut anywhere; frames of another are refused', async () => {
    const secret = await register('ardu-1', { mavlinkSystemId: 5 });
    const client = await county.connect('ardu-1', secret);
    const topic = 'fengsui/v1/drone/ardu-1/mavlink';
    const stream = frames([heartbeat(), sysStatus(64), position()], { systemId: 5 });
    const half = mavlinkFrame(position(), { systemId: 5 });
    await vi.waitFor(
      async () => {
        aheadMs += 1_000;
        await client.publishAsync(
          topic,
          Buffer.concat([half.subarray(9), stream, half.subarray(0, 9)]),
        );
        expect((await device('ardu-1')).latest).toMatchObject({
          lon: 113.268,
          online: true,
          state: { batteryPct: 64, headingDeg: 84 },
        });
      },
      { timeout: 20_000, interval: 250 },
    );
    await client.publishAsync(topic, frames([position()], { systemId: 6 }), { qos: 1 });
    await vi.waitFor(async () =>
      expect(await letters(topic)).toEqual([
        'system id 6 is not the one registered with this drone',
      ]),
    );
  });
});
