import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  axisEvent,
  dahuaEvent,
  frigateEvent,
  hikvisionAlert,
  JPEG,
  onvifEvent,
} from '../support/camera-fixtures.ts';
import { heartbeat, mavlinkFrame, position } from '../support/mavlink.ts';
import { curl, mosquittoPub } from '../support/real-clients.ts';
import { remoteIdMessage } from '../support/remote-id-fixtures.ts';
import { startTestService, type TestService } from '../support/service.ts';

type Latest = { lon: number | null; lat: number | null };
type Incident = { id: string; sources: string[]; detectionCount: number };

const WITHIN = { timeout: 15_000, interval: 50 };

let town: TestService;
let dir: string;
let masts = 0;

/** Each stands by itself: no alarm of one joins another's fire. */
const register = async (id: string, kind: string, more: Record<string, unknown> = {}) => {
  masts += 1;
  const place = { lon: 110 + masts * 0.5, lat: 26.7 };
  const device = { id, kind, name: id, ...(kind === 'gateway' ? {} : place), ...more };
  const { status, body } = await town.call<{ secret: string }>('POST', 'devices', device);
  expect(status).toBe(201);
  return { id, secret: body.secret };
};
const waitForIncident = (source: string): Promise<Incident> =>
  vi.waitFor(async () => {
    const { body } = await town.call<{ items: Incident[] }>('GET', 'incidents?limit=100');
    const incident = body.items.find(({ sources }) => sources.includes(source));
    expect(incident).toBeDefined();
    return incident as Incident;
  }, WITHIN);
const now = (): string => new Date().toISOString();

beforeAll(async () => {
  town = await startTestService();
  dir = await mkdtemp(join(tmpdir(), 'fengsui-clients-'));
});
afterAll(async () => {
  await town?.stop();
  await rm(dir, { recursive: true, force: true });
});

describe('mosquitto_pub', () => {
  it.each([
    [
      'our own topics',
      (id: string) => ({
        topic: `fengsui/v1/camera/${id}/detection`,
        payload: { id: 'a-1', at: now(), kind: 'smoke', confidence: 0.9, azimuthDeg: 40 },
      }),
    ],
    [
      'ONVIF',
      (id: string) => ({
        topic: `${id}/onvif-ej/RuleEngine/SmokeDetector/Alarm/&1`,
        payload: onvifEvent({ State: true }, { UtcTime: now() }),
      }),
    ],
    [
      'Axis',
      (id: string) => ({
        topic: `axis/${id}/event/tns:onvif/CameraApplicationPlatform/tns:axis/SmokeFinder/Profile1`,
        payload: { ...axisEvent(), timestamp: Date.now() },
      }),
    ],
  ])('opens an incident over %s', async (dialect, message) => {
    const id = `cam-${dialect.replaceAll(' ', '-')}`;
    const login = await register(id, 'camera');
    const { topic, payload } = message(id);
    await mosquittoPub(town, login, { topic, payload: JSON.stringify(payload) });
    expect((await waitForIncident(id)).detectionCount).toBe(1);
  });

  it('opens an incident over Frigate', async () => {
    const login = await register('frigate', 'gateway');
    await register('ridge_north', 'camera', { gatewayId: 'frigate' });
    const payload = JSON.stringify(frigateEvent({ frame_time: Date.now() / 1000 }));
    await mosquittoPub(town, login, { topic: 'frigate/events', payload });
    expect((await waitForIncident('ridge_north')).detectionCount).toBe(1);
  });

  it('shows a drone that is not ours over Remote ID', async () => {
    const login = await register('rid-1', 'gateway');
    const payload = JSON.stringify(remoteIdMessage());
    const topic = 'fengsui/v1/gateway/rid-1/remote-id';
    await mosquittoPub(town, login, { topic, payload });
    await vi.waitFor(async () => {
      const { body } = await town.call('GET', 'airspace/aircraft');
      expect(body).toMatchObject({ items: [{ id: '1581F4FOREIGN0000001', lon: 113.27 }] });
    }, WITHIN);
  });

  it('moves an aircraft over DJI’s topics', async () => {
    const dock = await register('TESTDOCK1', 'dock');
    const envelope = (method: string, data: unknown) =>
      JSON.stringify({
        tid: 't',
        bid: 'b',
        timestamp: Date.now(),
        gateway: 'TESTDOCK1',
        method,
        data,
      });
    const aircraft = {
      sn: 'TESTAIR1',
      domain: '0',
      type: 100,
      sub_type: 1,
      index: 'A',
      thing_version: '1',
    };
    await mosquittoPub(town, dock, {
      topic: 'sys/product/TESTDOCK1/status',
      payload: envelope('update_topo', {
        domain: '3',
        type: 3,
        sub_type: 0,
        thing_version: '1',
        sub_devices: [aircraft],
      }),
    });
    await vi.waitFor(async () => {
      expect((await town.call('GET', 'devices/TESTAIR1')).status).toBe(200);
    }, WITHIN);
    const osd = { longitude: 113.27, latitude: 26.71, height: 320, elevation: 80, mode_code: 5 };
    // Again and again, as an aircraft does: Mosquitto learns a moment later whose gateway it is.
    await vi.waitFor(async () => {
      const payload = envelope('', osd);
      await mosquittoPub(town, dock, { topic: 'thing/product/TESTAIR1/osd', payload });
      const { body } = await town.call<{ latest: Latest | null }>('GET', 'devices/TESTAIR1');
      expect(body.latest).toMatchObject({ lon: 113.27, lat: 26.71 });
    }, WITHIN);
  });
});

describe('mosquitto_pub with raw MAVLink frames', () => {
  it('moves an aircraft', async () => {
    const drone = await register('px4-pub', 'drone');
    const payload = Buffer.concat([mavlinkFrame(heartbeat()), mavlinkFrame(position())]);
    await mosquittoPub(town, drone, { topic: 'fengsui/v1/drone/px4-pub/mavlink', payload });
    await vi.waitFor(async () => {
      const { body } = await town.call<{ latest: Latest | null }>('GET', 'devices/px4-pub');
      expect(body.latest).toMatchObject({ lon: 113.268, lat: 26.709, online: true });
    }, WITHIN);
  });
});

describe('curl', () => {
  it('reports as a Hikvision camera does: multipart, XML and pictures', async () => {
    const { id, secret } = await register('cam-hik', 'camera', { hfovDeg: 50 });
    const alert = join(dir, 'fireDetection.xml');
    const picture = join(dir, 'visible.jpg');
    const region = { id: '1', ptz: [1200, 20, 10], distance: 2500 } as const;
    await writeFile(alert, hikvisionAlert([region], { dateTime: now() }));
    await writeFile(picture, JPEG);
    const form = [
      `fireDetection=@${alert};type=application/xml`,
      `visible=@${picture};type=image/jpeg`,
    ];
    const answer = await curl(
      town,
      `equipment/hikvision/${id}/${secret}`,
      form.flatMap((part) => ['-F', part]),
    );
    expect(answer).toMatchObject({ status: 200, body: { outcome: 'recorded' } });
    expect((await waitForIncident(id)).detectionCount).toBe(1);
  });

  it('reports an event of a Dahua camera', async () => {
    const { id, secret } = await register('cam-dahua', 'camera');
    const event = ['--data-binary', dahuaEvent(null)];
    const answer = await curl(town, `equipment/dahua/${id}/${secret}`, event);
    expect(answer).toMatchObject({ status: 200, body: { outcome: 'recorded' } });
    expect((await waitForIncident(id)).detectionCount).toBe(1);
  });

  it('reports as a Pyronear engine does', async () => {
    const { id, secret } = await register('cam-pyro', 'camera', { hfovDeg: 54 });
    const picture = join(dir, 'frame.jpg');
    await writeFile(picture, JPEG);
    const form = [
      'bboxes=[(0.480,0.400,0.520,0.500,0.620)]',
      `recorded_at=${now()}`,
      `file=@${picture};type=image/jpeg`,
    ];
    const answer = await curl(town, 'equipment/pyronear/api/v1/detections', [
      '-H',
      `Authorization: Bearer ${id}.${secret}`,
      ...form.flatMap((part) => ['-F', part]),
    ]);
    expect(answer.status).toBe(201);
    expect((await waitForIncident(id)).detectionCount).toBe(1);
  });
});
