import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findDevice } from '../../src/devices/index.ts';
import { box } from '../support/box.ts';
import { frigateEvent, hikvisionAlert, JPEG, multipart } from '../support/camera-fixtures.ts';
import { givenLogin } from '../support/person.ts';
import { picture, pixelBomb } from '../support/pictures.ts';
import { startTestService, type TestService } from '../support/service.ts';

type Image = {
  id: string;
  url: string;
  thumbnailUrl: string | null;
  type: string;
  widthPx: number | null;
  heightPx: number | null;
  problem: string | null;
};
type Detection = { deviceId: string; images: Image[]; imageProblem: string | null };
type Incident = { id: string; regionId: string; sources: string[]; detections: Detection[] };
type DeadLetter = { topic: string; code: string; reason: string };

const WITHIN = { timeout: 25_000, interval: 100 };

let town: TestService;
const secrets = new Map<string, string>();

/** Regions of half a degree, a camera in the middle of each: no alarm of one joins another's fire. */
const townships = ['a', 'b', 'c', 'd', 'e', 'f'];
const westOf = (id: string): number => 110 + townships.indexOf(id) * 0.5;
const outline = (west: number) => box(west, 26.5, west + 0.5, 27);
const camera = async (id: string, region: string, more: object = {}): Promise<string> => {
  const place = { lon: westOf(region) + 0.25, lat: 26.75 };
  const body = { id, kind: 'camera', name: id, ...place, ...more };
  const { secret } = await town.given<{ secret: string }>('devices', body);
  secrets.set(id, secret);
  return secret;
};

const officerOf = (regionId: string): Promise<string> =>
  givenLogin(town, {
    username: `officer-${regionId}`,
    roles: ['duty_officer'],
    regionIds: [regionId],
  });

const detectionsOf = async (deviceId: string): Promise<Detection[]> => {
  const { items } = (await town.call<{ items: Incident[] }>('GET', 'incidents?limit=500')).body;
  const found = items.find(({ sources }) => sources.includes(deviceId));
  if (found === undefined) throw new Error(`no incident of ${deviceId} yet`);
  const { detections } = (await town.call<Incident>('GET', `incidents/${found.id}`)).body;
  return detections.filter((detection) => detection.deviceId === deviceId);
};
/** Those of the only detection of a device, once `ready`. */
const imagesOf = (deviceId: string, ready: (images: Image[]) => void): Promise<Image[]> =>
  vi.waitFor(async () => {
    const images = (await detectionsOf(deviceId)).flatMap((detection) => detection.images);
    ready(images);
    return images;
  }, WITHIN);
const deadLetter = async (topic: string): Promise<DeadLetter | undefined> =>
  (await town.call<{ items: DeadLetter[] }>('GET', 'dead-letters?limit=500')).body.items.find(
    (letter) => letter.topic === topic,
  );

const get = (path: string, token: string, headers: Record<string, string> = {}) =>
  fetch(`${town.service.httpUrl()}${path}`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
  });

type Sent = Parameters<typeof multipart>[0][number];
const postAlarm = async (
  deviceId: string,
  parts: readonly Sent[],
  dialect = 'hikvision',
): Promise<{ status: number; body: { outcome?: string; id?: string } }> => {
  const { contentType, body } = multipart(parts);
  const response = await fetch(`${town.service.httpUrl()}/equipment/${dialect}/${deviceId}`, {
    method: 'POST',
    headers: {
      'content-type': contentType,
      authorization: `Basic ${btoa(`${deviceId}:${secrets.get(deviceId) ?? ''}`)}`,
    },
    body: new Uint8Array(body),
  });
  return { status: response.status, body: (await response.json()) as { outcome?: string } };
};
const alarm = (): Sent => ({
  name: 'alarm',
  type: 'application/xml',
  body: hikvisionAlert([{}], { dateTime: new Date().toISOString() }),
});
const jpeg = (body: Buffer, name = 'visible'): Sent => ({
  name,
  fileName: `${name}.jpg`,
  type: 'image/jpeg',
  body,
});
const detection = (id: string) =>
  JSON.stringify({
    id,
    at: new Date().toISOString(),
    kind: 'smoke',
    confidence: 0.8,
    azimuthDeg: 90,
  });

beforeAll(async () => {
  town = await startTestService();
  const features = townships.map((id) => ({
    type: 'Feature',
    properties: { id, name: id, level: 'township', code: id },
    geometry: outline(westOf(id)),
  }));
  await town.given('regions/import', { type: 'FeatureCollection', features });
  await vi.waitUntil(
    async () =>
      (await town.call<{ items: unknown[] }>('GET', 'regions')).body.items.length > features.length,
    WITHIN,
  );
});
afterAll(() => town?.stop());

describe('pictures that come with an alarm over HTTP', () => {
  it('are shown to the officer of its region, small and large, and to nobody else', async () => {
    await camera('cam-a', 'a');
    const [visible, thermal] = [await picture(), await picture({ widthPx: 640, heightPx: 512 })];
    const sent = await postAlarm('cam-a', [alarm(), jpeg(visible), jpeg(thermal, 'thermal')]);
    expect(sent).toMatchObject({ status: 200, body: { outcome: 'recorded' } });
    const images = await imagesOf('cam-a', (shown) => {
      expect(shown.map(({ thumbnailUrl }) => thumbnailUrl)).toEqual([
        expect.any(String),
        expect.any(String),
      ]);
    });
    expect(images.map(({ type, widthPx, heightPx }) => [type, widthPx, heightPx])).toEqual([
      ['image/jpeg', 640, 360],
      ['image/jpeg', 640, 512],
    ]);

    const [first] = images;
    const thumbnailUrl = first?.thumbnailUrl ?? '';
    const officer = await officerOf('a');
    const full = await get(first?.url ?? '', officer);
    expect(full.status).toBe(200);
    expect(Buffer.from(await full.arrayBuffer())).toEqual(visible);
    const small = await get(thumbnailUrl, officer);
    expect(small.status).toBe(200);
    expect(Object.fromEntries(small.headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, max-age=86400, immutable',
    });
    expect((await small.arrayBuffer()).byteLength).toBeLessThan(visible.length / 4);
    const known = { 'if-none-match': small.headers.get('etag') ?? '' };
    expect((await get(thumbnailUrl, officer, known)).status).toBe(304);

    const stranger = await officerOf('b');
    for (const path of [first?.url ?? '', thumbnailUrl]) {
      expect((await get(path, stranger)).status).toBe(404);
      expect((await get(path, 'no.good.token')).status).toBe(401);
    }
  });

  it('come again with the alarm without becoming two', async () => {
    const again = [alarm(), jpeg(await picture())];
    await camera('cam-c', 'c');
    await postAlarm('cam-c', again);
    expect((await postAlarm('cam-c', again)).body.outcome).toBe('duplicate');
    expect(await imagesOf('cam-c', (images) => expect(images).not.toEqual([]))).toHaveLength(1);
  });

  it('never cost the alarm: what is none is a dead letter, what cannot be decoded says so', async () => {
    await camera('cam-d', 'd');
    const large = Buffer.concat([await picture(), Buffer.alloc(11 * 1024 * 1024)]);
    const sent = await postAlarm('cam-d', [
      alarm(),
      jpeg(Buffer.from('<!DOCTYPE html><script>'), 'page'),
      jpeg(JPEG, 'broken'),
      jpeg(await pixelBomb(), 'bomb'),
      jpeg(large, 'large'),
    ]);
    expect(sent).toMatchObject({ status: 200, body: { outcome: 'recorded' } });
    const images = await imagesOf('cam-d', (shown) => {
      expect(shown.map(({ problem }) => problem)).toEqual([expect.any(String), expect.any(String)]);
    });
    expect(images.map(({ type, thumbnailUrl }) => [type, thumbnailUrl])).toEqual([
      ['image/jpeg', null],
      ['image/png', null],
    ]);
    expect(images[1]?.problem).toContain('pixel limit');
    const { body } = await town.call<{ items: DeadLetter[] }>(
      'GET',
      'dead-letters?code=invalid_image',
    );
    expect(body.items.map(({ topic, reason }) => [topic, reason])).toEqual([
      ['http/hikvision/cam-d/picture', expect.stringContaining('at most 10485760 are kept')],
      ['http/hikvision/cam-d/picture', expect.stringContaining('"<!DOCTYPE html><"')],
    ]);
  });
});

describe('the login a camera asks for before it shows a picture', () => {
  it('is never answered, and stays when the rest is changed', async () => {
    const login = { imageUser: 'admin', imagePassword: 'never shown' };
    const place = { lon: 109, lat: 26 };
    const body = { id: 'cam-l', kind: 'camera', name: 'cam-l', ...place, ...login };
    const answers = [
      await town.call('POST', 'devices', body),
      await town.call('GET', 'devices/cam-l'),
      await town.call('GET', 'devices'),
      await town.call('PATCH', 'devices/cam-l', { properties: { imageUser: 'other' } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 200, 200, 200]);
    expect(JSON.stringify(answers)).toContain('imageUser');
    expect(JSON.stringify(answers)).not.toContain('never shown');
    const { pool } = town.database;
    const known = { imageUser: 'other', imagePassword: 'never shown' };
    expect((await findDevice(pool, 'cam-l'))?.properties).toEqual(known);
    await town.call('PATCH', 'devices/cam-l', { properties: { ...login, imagePassword: null } });
    expect((await findDevice(pool, 'cam-l'))?.properties.imagePassword).toBeNull();
  });
});

describe('pictures over MQTT', () => {
  it('may come before or after their detection', async () => {
    const client = await town.connect('cam-e', await camera('cam-e', 'e'));
    const topic = 'fengsui/v1/camera/cam-e';
    const late = await picture({ widthPx: 64, heightPx: 64, format: 'png' });
    await client.publishAsync(`${topic}/image/alarm%2F7`, await picture(), { qos: 1 });
    await client.publishAsync(`${topic}/detection`, detection('alarm/7'), { qos: 1 });
    await imagesOf('cam-e', (images) => expect(images).toHaveLength(1));
    await client.publishAsync(`${topic}/image/alarm%2F7`, late, { qos: 1 });
    const images = await imagesOf('cam-e', (shown) => expect(shown).toHaveLength(2));
    expect(images.map(({ type }) => type)).toEqual(['image/jpeg', 'image/png']);
  });

  it('are refused under the name of another device, and where they are none', async () => {
    const client = await town.connect('cam-x', await camera('cam-x', 'e'));
    await client.publishAsync('fengsui/v1/camera/cam-e/image/alarm%2F7', await picture());
    await client.publishAsync('fengsui/v1/camera/cam-x/image/8', 'no picture', { qos: 1 });
    await vi.waitFor(async () => {
      expect(await deadLetter('fengsui/v1/camera/cam-x/image/8')).toMatchObject({
        code: 'invalid_image',
        reason: 'neither JPEG, PNG nor WebP: it begins with "no picture"',
      });
    }, WITHIN);
    expect(await imagesOf('cam-e', () => undefined)).toHaveLength(2);
  });

  it('of Frigate belong to what the camera saw then', async () => {
    const { secret } = await town.given<{ secret: string }>('devices', {
      id: 'frigate',
      kind: 'gateway',
      name: 'Frigate',
    });
    const setup = {
      gatewayId: 'frigate',
      externalId: 'ridge_north',
      pose: { panDeg: 90, tiltDeg: 0 },
    };
    await camera('cam-f', 'f', {
      ...setup,
      hfovDeg: 60,
      picture: { widthPx: 1280, heightPx: 720 },
    });
    const box = await town.connect('frigate', secret);
    const event = frigateEvent({ frame_time: Date.now() / 1000 });
    await box.publishAsync('frigate/ridge_north/smoke/snapshot', await picture());
    await box.publishAsync('frigate/ridge_north/cat/snapshot', await picture());
    await box.publishAsync('frigate/events', JSON.stringify(event), { qos: 1 });
    await imagesOf('cam-f', (images) => expect(images).toHaveLength(1));
  });
});
