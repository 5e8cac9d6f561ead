import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestService, type TestService } from '../support/service.ts';
import { type Smsc, startSmsc } from '../support/smsc.ts';

type Incident = {
  id: string;
  number: string;
  status: string;
  detectionCount: number;
  sources: string[];
  fix: { lon: number; lat: number; method: string };
};

let smsc: Smsc;
let town: TestService;
let camera: MqttClient;
let personId: string;
let personSecret: string;

const TOWER = { lon: 113.2692, lat: 26.7091 };
const publish = (body: Record<string, unknown>, client = camera, id = 'cam-001') =>
  client.publishAsync(`fengsui/v1/camera/${id}/detection`, JSON.stringify(body), { qos: 1 });
const smoke = (id: string, over: Record<string, unknown> = {}) => ({
  id,
  at: new Date().toISOString(),
  kind: 'smoke',
  confidence: 0.86,
  azimuthDeg: 42,
  rangeM: 3200,
  ...over,
});
const incidents = async (): Promise<Incident[]> =>
  (await town.call<{ items: Incident[] }>('GET', 'incidents?limit=500')).body.items;
const deadLetters = async (): Promise<{ id: string; code: string; reason: string }[]> =>
  (
    await town.call<{ items: { id: string; code: string; reason: string }[] }>(
      'GET',
      'dead-letters?limit=500',
    )
  ).body.items;

beforeAll(async () => {
  smsc = await startSmsc({ autoReceipt: 'DELIVRD' });
  town = await startTestService({ SMPP_URL: smsc.url });

  const registered = await town.call<{ secret: string }>('POST', 'devices', {
    id: 'cam-001',
    kind: 'camera',
    name: 'Longhai tower 3',
    ...TOWER,
    hfovDeg: 60,
  });
  expect(registered.status).toBe(201);
  const person = await town.call<{ id: string; mqttSecret: string }>('POST', 'people', {
    name: 'Duty officer',
    roles: ['duty_officer'],
    regionIds: ['default'],
    locale: 'zh-CN',
    contacts: [
      { channel: 'sms', address: '+8613800000001', verified: true },
      { channel: 'app', address: 'phone', verified: true },
    ],
  });
  expect(person.status).toBe(201);
  personId = person.body.id;
  personSecret = person.body.mqttSecret;
  const hour = 3_600_000;
  const shift = await town.call('POST', 'shifts', {
    personId,
    regionId: 'default',
    from: new Date(Date.now() - hour).toISOString(),
    to: new Date(Date.now() + hour).toISOString(),
  });
  expect(shift.status).toBe(201);
  const imported = await town.call('POST', 'resources/import', {
    type: 'FeatureCollection',
    features: [
      [113.281, 26.731],
      [113.264, 26.702],
      [113.3, 26.72],
    ].map((coordinates, index) => ({
      type: 'Feature',
      properties: { id: `w${index + 1}`, kind: 'water', name: `Pond ${index + 1}` },
      geometry: { type: 'Point', coordinates },
    })),
  });
  expect(imported.status).toBe(200);
  camera = await town.connect('cam-001', registered.body.secret);
});

afterAll(async () => {
  await town?.stop();
  await smsc?.stop();
});

describe('a smoke alert', () => {
  it('becomes an incident, with what is around it, and an SMS in the duty officer’s hand', async () => {
    await publish(smoke('alarm-1'));
    const sms = await smsc.waitForSms((m) => m.to === '8613800000001');

    await vi.waitFor(async () => expect(await incidents()).toHaveLength(1));
    const [incident] = await incidents();
    if (incident === undefined) throw new Error('no incident');
    expect(incident).toMatchObject({
      status: 'reported',
      detectionCount: 1,
      fix: { method: 'range' },
    });
    expect(sms.text).toContain(incident.number);
    expect(sms.text).toContain(incident.fix.lat.toFixed(5));
    expect(sms.text).toContain('烟');
    expect(sms.parts).toBeLessThanOrEqual(2);

    const nearby = await town.call<{ items: { resourceId: string; distanceM: number }[] }>(
      'GET',
      `incidents/${incident.id}/nearby?kinds=water&limit=5`,
    );
    expect(nearby.body.items.map((item) => item.resourceId)).toEqual(['w1', 'w3', 'w2']);

    await vi.waitFor(async () => {
      const told = await town.call<{ items: { channel: string; status: string }[] }>(
        'GET',
        `notifications?incident=${incident.id}`,
      );
      expect(told.body.items.find((item) => item.channel === 'sms')?.status).toBe('delivered');
    });
  });

  it('changes nothing when it is published again', async () => {
    const before = await incidents();
    const sent = smsc.messages.length;
    const events = await town.call('GET', `incidents/${before[0]?.id ?? ''}/events`);
    await publish(smoke('alarm-1', { at: '2026-01-01T00:00:00Z' }));
    await publish(smoke('alarm-1'));
    // A later alarm through the same pipe shows that the repeats have been through it.
    await publish(smoke('marker', { azimuthDeg: 222 }));
    await vi.waitFor(async () => expect((await incidents()).length).toBe(before.length + 1));
    expect(await town.call('GET', `incidents/${before[0]?.id ?? ''}/events`)).toEqual(events);
    await smsc.waitForSms((m) => !m.text.includes(before[0]?.number ?? 'none'));
    expect(smsc.messages.length).toBe(sent + 1);
  });

  it('reaches the app, whose "acknowledged" takes the incident and stops what is not sent yet', async () => {
    const app = await town.connect(personId, personSecret);
    const inbox: { notificationId: string; incidentId: string; text: string }[] = [];
    app.on('message', (_topic, payload) => void inbox.push(JSON.parse(payload.toString())));
    await app.subscribeAsync(`fengsui/v1/person/${personId}/inbox`, { qos: 1 });
    await publish(smoke('alarm-app', { azimuthDeg: 130 }));
    await vi.waitFor(() => expect(inbox).toHaveLength(1));
    const [message] = inbox;
    if (message === undefined) throw new Error('nothing in the inbox');
    await app.publishAsync(
      `fengsui/v1/person/${personId}/receipt`,
      JSON.stringify({
        notificationId: message.notificationId,
        event: 'acknowledged',
        at: new Date().toISOString(),
      }),
      { qos: 1 },
    );
    await vi.waitFor(async () => {
      const incident = await town.call('GET', `incidents/${message.incidentId}`);
      expect(incident.body).toMatchObject({ status: 'acknowledged' });
    });
    const events = await town.call<{ items: { type: string; actor: string }[] }>(
      'GET',
      `incidents/${message.incidentId}/events`,
    );
    expect(events.body.items).toContainEqual(
      expect.objectContaining({ type: 'acknowledged', actor: `person:${personId}` }),
    );
  });

  it('of a second camera that sees the same smoke joins the incident', async () => {
    const { body } = await town.call<{ secret: string }>('POST', 'devices', {
      id: 'cam-002',
      kind: 'camera',
      name: 'Tower 2',
      lon: 113.33,
      lat: 26.7091,
    });
    const second = await town.connect('cam-002', body.secret);
    const [before] = (await incidents())
      .filter((i) => i.sources.length === 1 && i.fix.method === 'range')
      .slice(-1);
    if (before === undefined) throw new Error('no incident');
    await publish(
      smoke('seen-too', {
        azimuthDeg: undefined,
        rangeM: undefined,
        lon: before.fix.lon,
        lat: before.fix.lat,
      }),
      second,
      'cam-002',
    );
    await vi.waitFor(async () => {
      const after = (await incidents()).find((i) => i.id === before.id);
      expect(after).toMatchObject({
        detectionCount: 2,
        sources: ['cam-001', 'cam-002'],
        fix: { method: 'fused' },
      });
    });
  });
});

describe('what may not be', () => {
  it('is refused at connect: an unknown device, a wrong password', async () => {
    const { connectAsync } = await import('mqtt');
    const url = town.service.mqttUrl();
    const attempt = (username: string, password: string) =>
      connectAsync(url, { username, password, protocolVersion: 4, reconnectPeriod: 0 });
    await expect(attempt('cam-001', 'wrong')).rejects.toThrow(/refused/i);
    await expect(attempt('nobody', 'secret')).rejects.toThrow(/refused/i);
    await expect(connectAsync(url, { protocolVersion: 4, reconnectPeriod: 0 })).rejects.toThrow(
      /not authorized/i,
    );
  });

  it('does not become an incident: an alarm in the name of another camera', async () => {
    const before = (await incidents()).length;
    await camera.publishAsync(
      'fengsui/v1/camera/cam-002/detection',
      JSON.stringify(smoke('forged', { azimuthDeg: 300 })),
      { qos: 1 },
    );
    await publish(smoke('after-forged', { azimuthDeg: 301 }));
    await vi.waitFor(async () => expect((await incidents()).length).toBe(before + 1));
    expect((await incidents())[0]?.sources).toEqual(['cam-001']);
  });
});

describe('telemetry', () => {
  it('of a native drone and of a DJI dock lands in tracks and latest states', async () => {
    const dock = await town.call<{ secret: string }>('POST', 'devices', {
      id: 'DOCK1',
      kind: 'dock',
      name: 'Dock 1',
      lon: 113.3,
      lat: 26.6,
    });
    const drone = await town.call<{ secret: string }>('POST', 'devices', {
      id: 'DRONE1',
      kind: 'drone',
      name: 'Drone 1',
      gatewayId: 'DOCK1',
    });
    expect([dock.status, drone.status]).toEqual([201, 201]);
    const gateway = await town.connect('DOCK1', dock.body.secret);
    const osd = (sn: string, data: unknown) =>
      gateway.publishAsync(
        `thing/product/${sn}/osd`,
        JSON.stringify({ tid: 't', bid: 'b', timestamp: Date.now(), gateway: 'DOCK1', data }),
        { qos: 0 },
      );
    await osd('DRONE1', {
      '53-0-0': { gimbal_pitch: -30, gimbal_yaw: 10 },
      latitude: 0,
      longitude: 0,
      height: 50,
      mode_code: 0,
    });
    await osd('DRONE1', {
      '53-0-0': { gimbal_pitch: -40, gimbal_yaw: 10 },
      latitude: 26.61,
      longitude: 113.31,
      height: 480.5,
      attitude_head: -90,
      mode_code: 5,
      new_field: 'kept',
    });
    await osd('DOCK1', { job_number: 492 });
    await osd('DOCK1', { wireless_link: { sdr_quality: 5 } });
    await osd('DOCK1', { latitude: 26.6001, longitude: 113.3001, wind_speed: 32767 });

    type WithLatest = {
      latest: {
        lon: number;
        lat: number;
        state: { osd: Record<string, unknown>; headingDeg?: number };
      };
    };
    await vi.waitFor(async () => {
      const { body } = await town.call<WithLatest>('GET', 'devices/DRONE1');
      expect(body.latest).toMatchObject({
        lon: 113.31,
        lat: 26.61,
        state: { headingDeg: 270, osd: { new_field: 'kept', mode_code: 5 } },
      });
    });
    await vi.waitFor(async () => {
      const { body } = await town.call<WithLatest>('GET', 'devices/DOCK1');
      expect(body.latest.state.osd).toEqual({
        job_number: 492,
        wireless_link: { sdr_quality: 5 },
        latitude: 26.6001,
        longitude: 113.3001,
        wind_speed: null,
      });
    });
    const from = new Date(Date.now() - 60_000).toISOString();
    const to = new Date(Date.now() + 60_000).toISOString();
    const track = await town.call<{ items: { lon: number | null }[] }>(
      'GET',
      `devices/DRONE1/track?from=${from}&to=${to}`,
    );
    expect(track.body.items.map((point) => point.lon)).toEqual([null, 113.31]);
  });

  it('of an aircraft that is not registered to the gateway is refused', async () => {
    const other = await town.call<{ secret: string }>('POST', 'devices', {
      id: 'DOCK2',
      kind: 'dock',
      name: 'Dock 2',
    });
    const gateway = await town.connect('DOCK2', other.body.secret);
    const data = { latitude: 26.99, longitude: 113.99 };
    await gateway.publishAsync(
      'thing/product/DRONE1/osd',
      JSON.stringify({ timestamp: Date.now(), data }),
      { qos: 1 },
    );
    await gateway.publishAsync(
      'thing/product/DOCK2/osd',
      JSON.stringify({ timestamp: Date.now(), data }),
      { qos: 1 },
    );
    await vi.waitFor(async () => {
      const { body } = await town.call<{ latest: { lon: number } | null }>('GET', 'devices/DOCK2');
      expect(body.latest?.lon).toBe(113.99);
    });
    const { body } = await town.call<{ latest: { lon: number } }>('GET', 'devices/DRONE1');
    expect(body.latest.lon).toBe(113.31);
  });
});

describe('dead letters', () => {
  it('keep what could not be understood, with its reason', async () => {
    await camera.publishAsync('fengsui/v1/camera/cam-001/detection', '{"id":"cut', { qos: 1 });
    await vi.waitFor(async () => {
      expect(await deadLetters()).toContainEqual(expect.objectContaining({ code: 'invalid_json' }));
    });
  });

  it('become an incident on replay, once what was missing is there', async () => {
    const { body } = await town.call<{ secret: string }>('POST', 'devices', {
      id: 'drone-9',
      kind: 'drone',
      name: 'Drone 9',
    });
    const drone = await town.connect('drone-9', body.secret);
    const before = (await incidents()).length;
    await drone.publishAsync(
      'fengsui/v1/drone/drone-9/detection',
      JSON.stringify(smoke('from-nowhere', { azimuthDeg: 10 })),
      { qos: 1 },
    );
    let letterId = '';
    await vi.waitFor(async () => {
      const letter = (await deadLetters()).find(({ code }) => code === 'unlocated');
      if (letter === undefined) throw new Error('no dead letter yet');
      letterId = letter.id;
    });
    await drone.publishAsync(
      'fengsui/v1/drone/drone-9/telemetry',
      JSON.stringify({ at: new Date().toISOString(), lon: 113.9, lat: 26.2 }),
      { qos: 1 },
    );
    await vi.waitFor(async () => {
      const device = await town.call<{ latest: { lon: number } | null }>('GET', 'devices/drone-9');
      expect(device.body.latest?.lon).toBe(113.9);
    });
    const replayed = await town.call('POST', `dead-letters/${letterId}/replay`);
    expect(replayed.status).toBe(200);
    expect((await incidents()).length).toBe(before + 1);
    expect((await incidents())[0]?.sources).toEqual(['drone-9']);
  });
});
