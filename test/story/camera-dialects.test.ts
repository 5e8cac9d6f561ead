import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  axisEvent,
  dahuaEvent,
  frigateEvent,
  gb28181Alarm,
  gb28181Position,
  hikvisionAlert,
  isecureNotice,
  JPEG,
  onvifEvent,
} from '../support/camera-fixtures.ts';
import { type DahuaServer, startDahuaServer } from '../support/dahua-server.ts';
import { startTestService, type TestService } from '../support/service.ts';

type Seen = { deviceId: string; kind: string; azimuthDeg: number | null; rangeM: number | null };
type Incident = {
  id: string;
  sources: string[];
  detectionCount: number;
  fix: { method: string; lon: number; lat: number };
};
type DeadLetter = { topic: string; code: string; reason: string; publisher: string | null };
type Device = { latest: { state: Record<string, unknown>; online: boolean | null } | null };

const WITHIN = { timeout: 15_000, interval: 50 };

let town: TestService;
/** Secrets by device. */
const secrets = new Map<string, string>();
let masts = 0;

/** Each camera stands half a degree from the next: no alarm of one can join another's fire. */
const register = async (id: string, kind: string, more: Record<string, unknown> = {}) => {
  const place = kind === 'camera' ? { lon: 110 + (masts += 1) * 0.5, lat: 26.7 } : {};
  const { status, body } = await town.call<{ secret: string }>('POST', 'devices', {
    id,
    kind,
    name: id,
    ...place,
    ...more,
  });
  expect(status).toBe(201);
  secrets.set(id, body.secret);
};
const secretOf = (id: string): string => secrets.get(id) ?? '';
const connect = (id: string): Promise<MqttClient> => town.connect(id, secretOf(id));

const incidentOf = async (source: string): Promise<Incident> => {
  const { body } = await town.call<{ items: Incident[] }>('GET', 'incidents?limit=500');
  const found = body.items.find(({ sources }) => sources.includes(source));
  if (found === undefined) throw new Error(`no incident of ${source} yet`);
  return found;
};
const waitForIncident = (source: string, detections = 1): Promise<Incident> =>
  vi.waitFor(async () => {
    const incident = await incidentOf(source);
    expect(incident.detectionCount).toBe(detections);
    return incident;
  }, WITHIN);
const detectionsOf = async ({ id }: Incident): Promise<Seen[]> =>
  (await town.call<{ detections: Seen[] }>('GET', `incidents/${id}`)).body.detections;
const deadLetters = async (): Promise<DeadLetter[]> =>
  (await town.call<{ items: DeadLetter[] }>('GET', 'dead-letters?limit=500')).body.items;

/** As equipment does: to the path, with Basic unless the path holds the secret. */
const post = async (
  path: string,
  body: string | FormData,
  { login, type }: { login?: string; type?: string } = {},
) => {
  const response = await fetch(`${town.service.httpUrl()}/equipment/${path}`, {
    method: 'POST',
    body,
    headers: {
      ...(type === undefined ? {} : { 'content-type': type }),
      ...(login === undefined ? {} : { authorization: `Basic ${btoa(login)}` }),
    },
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const now = (): string => new Date().toISOString();

beforeAll(async () => {
  town = await startTestService({}, { allow: ['127.0.0.0/8'] });
});
afterAll(() => town?.stop());

describe('Frigate, with the prefix it comes with', () => {
  beforeAll(async () => {
    await register('frigate', 'gateway');
    await register('cam-frigate', 'camera', {
      gatewayId: 'frigate',
      externalId: 'ridge_north',
      hfovDeg: 60,
      azimuthOffsetDeg: 10,
      picture: { widthPx: 1280, heightPx: 720 },
      pose: { panDeg: 90, tiltDeg: 0 },
    });
  });

  it('opens an incident along the sight line of the box, once', async () => {
    const box = await connect('frigate');
    await box.publishAsync('frigate/available', 'online', { retain: true, qos: 1 });
    await box.publishAsync('frigate/stats', '{}', { qos: 1 });
    const seconds = Date.now() / 1000;
    const seen = frigateEvent({ frame_time: seconds });
    for (const event of [frigateEvent({ label: 'person' }), seen, { ...seen, type: 'end' }]) {
      await box.publishAsync('frigate/events', JSON.stringify(event), { qos: 1 });
    }
    const later = frigateEvent({ frame_time: seconds + 2, box: [650, 290, 730, 360] }, 'update');
    await box.publishAsync('frigate/events', JSON.stringify(later), { qos: 1 });
    const incident = await waitForIncident('cam-frigate', 2);
    expect(incident.fix.method).toBe('bearing');
    const azimuths = (await detectionsOf(incident)).map(({ azimuthDeg }) => azimuthDeg ?? NaN);
    // 40 and 50 pixels right of the middle at a focal length of 640/tan 30° pixels, 10° of offset.
    expect(Math.min(...azimuths)).toBeCloseTo(100 + 2.0666, 3);
    expect(Math.max(...azimuths)).toBeCloseTo(100 + 2.5826, 3);
    await vi.waitFor(async () => {
      const { body } = await town.call<Device>('GET', 'devices/frigate');
      expect(body.latest?.online).toBe(true);
    }, WITHIN);
  });

  it('makes a dead letter of a camera nobody registered, with what to do', async () => {
    const box = await connect('frigate');
    const event = frigateEvent({ camera: 'cellar', frame_time: Date.now() / 1000 });
    await box.publishAsync('frigate/events', JSON.stringify(event), { qos: 1 });
    await vi.waitFor(async () => {
      const letter = (await deadLetters()).find(({ topic }) => topic === 'frigate/events');
      expect(letter).toMatchObject({ code: 'unknown_device' });
      expect(letter?.reason).toContain('externalId "cellar"');
    }, WITHIN);
  });
});

describe('a second Frigate, below its own prefix', () => {
  it('reports for its own cameras only', async () => {
    await register('frigate-south', 'gateway');
    await register('ridge_south', 'camera', { gatewayId: 'frigate-south' });
    const box = await connect('frigate-south');
    const event = (camera: string) =>
      JSON.stringify(frigateEvent({ camera, frame_time: Date.now() / 1000 }));
    const topic = 'fengsui/v1/gateway/frigate-south/frigate/events';
    await box.publishAsync(topic, event('ridge_north'), { qos: 1 });
    // The first's topic is not its own: refused by the broker, whoever that is.
    await box.publishAsync('frigate/events', event('ridge_north'), { qos: 1 });
    await box.publishAsync(topic, event('ridge_south'), { qos: 1 });
    // Without a registered picture or pose it is still an alarm.
    expect((await waitForIncident('ridge_south')).fix.method).toBe('vicinity');
    expect((await incidentOf('cam-frigate')).detectionCount).toBe(2);
  });
});

describe('an ONVIF camera that turns', () => {
  const DEGREES = 'http://www.onvif.org/ver10/tptz/PanTiltSpaces/SphericalPositionSpaceDegrees';

  it('tells where it looks, and alarms by a retained event that is taken once', async () => {
    await register('cam-onvif', 'camera', { hfovDeg: 55 });
    const camera = await connect('cam-onvif');
    const status = onvifEvent(
      {
        PTZStatus: {
          Position: { PanTilt: { x: -45, y: -3, space: DEGREES }, Zoom: { x: 0 } },
        },
      },
      { UtcTime: now() },
    );
    await camera.publishAsync('cam-onvif/onvif-ej/PTZController/PTZStatus', JSON.stringify(status));
    await vi.waitFor(async () => {
      const { body } = await town.call<Device>('GET', 'devices/cam-onvif');
      expect(body.latest?.state).toMatchObject({ panDeg: 315, tiltDeg: -3, hfovDeg: 55 });
    }, WITHIN);
    const topic = 'cam-onvif/onvif-ej/RuleEngine/SmokeDetector/Alarm/&1';
    const alarm = JSON.stringify(onvifEvent({ State: true }, { UtcTime: now() }));
    await camera.publishAsync(topic, alarm, { qos: 1, retain: true });
    await camera.publishAsync(topic, alarm, { qos: 1, retain: true });
    await camera.publishAsync(topic, JSON.stringify(onvifEvent({ State: false })), { qos: 1 });
    await camera.publishAsync(topic, '', { qos: 1, retain: true });
    await waitForIncident('cam-onvif');
    const again = JSON.stringify(onvifEvent({ State: true }, { UtcTime: now() }));
    await camera.publishAsync(topic, again, { qos: 1 });
    // What came before the second alarm on the same connection has been through by then.
    const incident = await waitForIncident('cam-onvif', 2);
    // Somewhere in the frame it looked at.
    expect(incident.fix.method).toBe('bearing');
    const azimuths = (await detectionsOf(incident)).map(({ azimuthDeg }) => azimuthDeg);
    expect(azimuths).toEqual([315, 315]);
  });
});

describe('an Axis camera with a smoke application', () => {
  it('opens an incident around itself', async () => {
    await register('cam-axis', 'camera');
    const camera = await connect('cam-axis');
    const event = { ...axisEvent(), timestamp: Date.now() };
    const path = 'tns:onvif/CameraApplicationPlatform/tns:axis/SmokeFinder/Profile1';
    await camera.publishAsync(`axis/cam-axis/event/${path}`, JSON.stringify(event), { qos: 1 });
    expect((await waitForIncident('cam-axis')).fix.method).toBe('vicinity');
  });
});

describe('Hikvision over HTTP', () => {
  const form = (alert: string): FormData => {
    const data = new FormData();
    data.append('fireDetection.xml', new Blob([alert], { type: 'application/xml' }));
    data.append('visible', new Blob([new Uint8Array(JPEG)], { type: 'image/jpeg' }), 'v.jpg');
    return data;
  };

  it('takes regions and pictures of a camera that has its secret in the path', async () => {
    await register('cam-hik', 'camera', { hfovDeg: 50 });
    const alert = hikvisionAlert(
      [
        { id: '1', box: [480, 450, 40, 50], ptz: [1200, 20, 10], distance: 2500 },
        { id: '2', box: [500, 450, 40, 50], ptz: [1200, 20, 10], distance: 2500 },
      ],
      { dateTime: now() },
    );
    const path = `hikvision/cam-hik/${secretOf('cam-hik')}`;
    const first = await post(path, form(alert));
    expect(first).toMatchObject({ status: 200, body: { outcome: 'recorded' } });
    // Answered means committed: there is nothing to wait for.
    const incident = await incidentOf('cam-hik');
    expect(incident).toMatchObject({ detectionCount: 2, fix: { method: 'range' } });
    const [detection] = await detectionsOf(incident);
    expect(detection).toMatchObject({ kind: 'heat', rangeM: 2500 });
    expect(await post(path, form(alert))).toMatchObject({
      status: 200,
      body: { outcome: 'duplicate', incidentId: incident.id },
    });
    expect((await incidentOf('cam-hik')).detectionCount).toBe(2);
  });

  it('takes an alarm of a channel of a recorder that logs in', async () => {
    await register('nvr-1', 'gateway');
    await register('cam-channel-7', 'camera', { gatewayId: 'nvr-1', externalId: '7' });
    const alert = hikvisionAlert([{}], { channelID: '7', dateTime: now() });
    const login = `nvr-1:${secretOf('nvr-1')}`;
    const sent = await post('hikvision/nvr-1', alert, { login, type: 'application/xml' });
    expect(sent).toMatchObject({ status: 200, body: { outcome: 'recorded' } });
    expect((await incidentOf('cam-channel-7')).fix.method).toBe('vicinity');
    const recorder = await town.call<Device>('GET', 'devices/nvr-1');
    expect(recorder.body.latest?.online).toBe(true);
    await vi.waitFor(async () => {
      const { rows } = await town.database.pool.query(
        `select seen_at > now() - interval '1 minute' as heard from device_state where device_id = 'cam-channel-7'`,
      );
      expect(rows).toEqual([{ heard: true }]);
    }, WITHIN);
  });

  it('admits nobody without the secret of that very device', async () => {
    const alert = hikvisionAlert([{}], { dateTime: now() });
    const strangers = [
      post('hikvision/nvr-1', alert),
      post('hikvision/nvr-1/wrong', alert),
      post('hikvision/nvr-1', alert, { login: `cam-hik:${secretOf('cam-hik')}` }),
      post(`hikvision/nvr-1/${secretOf('cam-hik')}`, alert),
      post('hikvision/nobody', alert, { login: 'nobody:secret' }),
    ];
    for (const { status } of await Promise.all(strangers)) expect(status).toBe(401);
    const revoked = await town.call('POST', 'devices/nvr-1/revoke');
    expect(revoked.status).toBe(200);
    const login = `nvr-1:${secretOf('nvr-1')}`;
    expect((await post('hikvision/nvr-1', alert, { login })).status).toBe(401);
  });

  it('answers what it cannot use with the reason, and keeps it to be replayed', async () => {
    const bomb = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>';
    const sent = await post(`hikvision/cam-hik/${secretOf('cam-hik')}`, bomb, {
      type: 'application/xml',
    });
    expect(sent.status).toBe(422);
    expect(sent.body.detail).toContain('document type');
    const letter = (await deadLetters()).find(({ code }) => code === 'invalid_xml');
    expect(letter).toMatchObject({ topic: 'http/hikvision/cam-hik', publisher: 'cam-hik' });
  });
});

describe('an iSecure platform', () => {
  it('reports for the camera of an index code', async () => {
    await register('isecure', 'gateway');
    await register('cam-isecure', 'camera', { gatewayId: 'isecure', externalId: 'index-of-ridge' });
    const notice = JSON.stringify(isecureNotice([{}], { happenTime: now() }));
    const path = `isecure/isecure/${secretOf('isecure')}`;
    expect(await post(path, notice, { type: 'application/json' })).toMatchObject({ status: 200 });
    expect(await detectionsOf(await incidentOf('cam-isecure'))).toMatchObject([{ kind: 'heat' }]);
  });
});

describe('a Pyronear engine', () => {
  it('finds its server, shows that it is there and reports what it saw', async () => {
    await register('cam-pyro', 'camera', {
      hfovDeg: 54,
      poses: { 12: { panDeg: 210, tiltDeg: -2 } },
    });
    const server = `${town.service.httpUrl()}/equipment/pyronear`;
    const headers = { authorization: `Bearer cam-pyro.${secretOf('cam-pyro')}` };
    expect((await fetch(`${server}/status`)).status).toBe(200);
    expect((await fetch(`${server}/api/v1/login/validate`, { headers })).status).toBe(200);
    expect((await fetch(`${server}/api/v1/login/validate`)).status).toBe(401);
    const beat = await fetch(`${server}/api/v1/cameras/heartbeat`, { method: 'PATCH', headers });
    expect(beat.status).toBe(200);
    const device = await town.call<Device>('GET', 'devices/cam-pyro');
    expect(device.body.latest?.online).toBe(true);

    const body = new FormData();
    body.append('bboxes', '[(0.480,0.400,0.520,0.500,0.620)]');
    body.append('pose_id', '12');
    body.append('recorded_at', now());
    body.append('file', new Blob([new Uint8Array(JPEG)], { type: 'image/jpeg' }), 'frame.jpg');
    const sent = await fetch(`${server}/api/v1/detections`, { method: 'POST', headers, body });
    expect(sent.status).toBe(201);
    expect(await sent.json()).toMatchObject({ id: expect.any(String) as string });
    const [seen] = await detectionsOf(await incidentOf('cam-pyro'));
    expect(seen?.kind).toBe('smoke');
    expect(seen?.azimuthDeg).toBeCloseTo(210, 6);
    // What a frozen picture would be told by.
    await vi.waitFor(async () => {
      const { rows } = await town.database.pool.query(
        `select length(frame_sha256) as length from device_state where device_id = 'cam-pyro'`,
      );
      expect(rows).toEqual([{ length: 64 }]);
    }, WITHIN);
  });
});

describe('a GB/T 28181 bridge', () => {
  it('hands on alarms and positions of its cameras', async () => {
    await register('gb-bridge', 'gateway');
    const externalId = '43102800001320000007';
    await register('cam-gb', 'camera', { gatewayId: 'gb-bridge', externalId });
    const path = `gb28181/gb-bridge/${secretOf('gb-bridge')}`;
    const local = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 19);
    const alarm = gb28181Alarm({ time: local, deviceId: externalId });
    expect(await post(path, alarm, { type: 'Application/MANSCDP+xml' })).toMatchObject({
      status: 200,
      body: { outcome: 'recorded' },
    });
    expect(await detectionsOf(await incidentOf('cam-gb'))).toMatchObject([{ kind: 'smoke' }]);
    expect(await post(path, gb28181Position())).toMatchObject({ body: { outcome: 'taken' } });
    await vi.waitFor(async () => {
      const { body } = await town.call<{ latest: { lon: number } | null }>('GET', 'devices/cam-gb');
      expect(body.latest?.lon).toBe(113.3);
    }, WITHIN);
  });
});

describe('Dahua, asked for its events', () => {
  let recorder: DahuaServer;
  let mast: DahuaServer;
  beforeAll(async () => {
    [recorder, mast] = await Promise.all([startDahuaServer(), startDahuaServer()]);
  });
  afterAll(() => Promise.all([recorder?.stop(), mast?.stop()]));
  const settings = ({ url, user, password }: DahuaServer) => ({ url, user, password });
  const isOnline = async (id: string): Promise<boolean | null | undefined> =>
    (await town.call<Device>('GET', `devices/${id}`)).body.latest?.online;

  it('makes one detection of a fire that it tells of every second, over a broken line as well', async () => {
    await register('cam-dahua', 'camera', {
      hfovDeg: 20,
      poses: { 3: { panDeg: 210, tiltDeg: -2 } },
      dahua: settings(mast),
    });
    await vi.waitFor(() => expect(mast.open()).toBe(1), WITHIN);
    expect(mast.attached[0]).toContain('codes=[FireWarning]&heartbeat=5');
    const fire = {
      LocaleTime: undefined,
      GpsPoint: undefined,
      BoundingBox: [4096, 4096, 4096, 4096],
    };
    mast.say(dahuaEvent(fire));
    const incident = await waitForIncident('cam-dahua');
    const [seen] = await detectionsOf(incident);
    expect(seen).toMatchObject({ kind: 'heat', rangeM: 2350 });
    expect(seen?.azimuthDeg).toBeCloseTo(210, 6);
    await vi.waitFor(async () => expect(await isOnline('cam-dahua')).toBe(true), WITHIN);

    mast.drop();
    await vi.waitFor(async () => expect(await isOnline('cam-dahua')).toBe(false), WITHIN);
    await vi.waitFor(() => expect(mast.open()).toBe(1), WITHIN);
    for (const action of ['Start', 'Stop', 'Start']) mast.say(dahuaEvent(fire, { action }));
    mast.say(dahuaEvent({ ...fire, FSID: 8 }));
    await waitForIncident('cam-dahua', 2);
  });

  it('finds the channels of a recorder, and keeps what of no camera is to be replayed', async () => {
    await register('nvr-dahua', 'gateway', { dahua: settings(recorder) });
    await register('cam-channel', 'camera', { gatewayId: 'nvr-dahua', externalId: '4' });
    await vi.waitFor(() => expect(recorder.open()).toBe(1), WITHIN);
    recorder.say(dahuaEvent(null, { index: 5 }));
    recorder.say(dahuaEvent(null, { index: 4 }));
    await waitForIncident('cam-channel');
    const topic = 'http/dahua/nvr-dahua';
    const letter = (await deadLetters()).find((each) => each.topic === topic);
    expect(letter?.reason).toContain('externalId "5"');
  });

  it('never shows the password, keeps it when the rest is sent back, and hangs up when told to', async () => {
    const read = await town.call<{ properties: { dahua: object } }>('GET', 'devices/cam-dahua');
    const shown = { url: mast.url, user: mast.user, password: '***' };
    expect(read.body.properties.dahua).toEqual(shown);
    const codes = ['FireWarning', 'SmokeDetection'];
    const changed = await town.call('PATCH', 'devices/cam-dahua', { dahua: { ...shown, codes } });
    expect(changed).toMatchObject({ status: 200, body: { properties: { dahua: { codes } } } });
    expect(JSON.stringify([read, changed])).not.toContain(mast.password);
    await vi.waitFor(() => expect(mast.attached.at(-1)).toContain(codes.join(',')), WITHIN);
    expect(mast.open()).toBe(1);

    expect(await town.call('POST', 'devices/cam-dahua/revoke')).toMatchObject({ status: 200 });
    await vi.waitFor(() => expect(mast.open()).toBe(0), WITHIN);
    expect(await town.call('PATCH', 'devices/nvr-dahua', { dahua: null })).toMatchObject({
      status: 200,
    });
    await vi.waitFor(() => expect(recorder.open()).toBe(0), WITHIN);
  });

  it.each([
    ['dahua.url', { url: 'http://user:secret@10.0.0.1/', user: 'a', password: 'b' }],
    ['dahua.url', { url: 'file:///etc/passwd', user: 'a', password: 'b' }],
    ['dahua', { url: 'http://10.0.0.1', user: 'a' }],
  ])('says what is wrong with %s', async (path, dahua) => {
    const body = { id: 'cam-wrong', kind: 'camera', name: 'x', lon: 113, lat: 26, dahua };
    expect(await town.call('POST', 'devices', body)).toMatchObject({
      status: 422,
      body: { errors: [{ path }] },
    });
  });
});

describe('registration', () => {
  it('gives no two cameras the same name at a gateway, and no device the name of a topic', async () => {
    const twin = { kind: 'camera', name: 'Twin', lon: 113, lat: 26 };
    const behind = { gatewayId: 'frigate', externalId: 'ridge_north' };
    const taken = await town.call('POST', 'devices', { id: 'twin', ...twin, ...behind });
    expect(taken).toMatchObject({ status: 409 });
    expect(await town.call('POST', 'devices', { id: 'axis', ...twin })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'id' }] },
    });
  });
});
