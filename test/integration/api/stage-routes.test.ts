import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { box } from '../../support/box.ts';
import { givenLogin } from '../../support/person.ts';
import { startTestService, type TestService } from '../../support/service.ts';

type Page<T = Record<string, unknown>> = { items: T[]; next?: string };
type Problem = { detail: string; errors?: { path: string; message: string }[] };
type Incident = {
  id: string;
  number: string;
  status: string;
  regionId: string;
  acknowledgedAt?: string;
  dismissedReason?: string;
  detections: { deviceId: string; azimuthDeg: number | null }[];
};

let service: TestService;
const { stringify } = JSON;

const region = (id: string, west: number) => ({
  type: 'Feature',
  properties: { id, name: `镇 ${id}`, level: 'township', code: id },
  geometry: box(west, 26.6, west + 0.1, 26.7),
});

const camera = { kind: 'camera', name: '云秋山', lat: 26.65, hfovDeg: 6 };

/** A detection that gives its position, so that each is a fire of its own. */
const detect = (deviceId: string, id: string, [lon, lat]: [number, number]) =>
  service.call<{ incidentId: string; detectionId: string }>('POST', 'detections', {
    deviceId,
    id,
    at: new Date().toISOString(),
    kind: 'smoke',
    confidence: 0.8,
    lon,
    lat,
  });

/** Token of a dispatcher responsible for region `a` alone. */
const dispatcherOfA = (): Promise<string> =>
  givenLogin(service, { username: 'dispatcher-a', roles: ['dispatcher'], regionIds: ['a'] });

beforeAll(async () => {
  service = await startTestService();
  const features = [region('a', 113.2), region('b', 113.4)];
  const body = { type: 'FeatureCollection', features };
  await service.given('regions/import', body);
  await vi.waitUntil(
    async () => (await service.call<Page>('GET', 'regions')).body.items.length === 3,
    { timeout: 20_000 },
  );
  for (const [id, lon] of [
    ['cam-a', 113.25],
    ['cam-b', 113.45],
  ] as const) {
    await service.given('devices', { ...camera, id, lon });
  }
});
afterAll(() => service.stop());

describe('devices', () => {
  it('keep what the schema does not know, and tell the secret once', async () => {
    const body = { ...camera, id: 'cam-x', lon: 113.21, mastOwner: '铁塔', lens: { mm: 755 } };
    const made = await service.call<{ secret: string; regionId: string }>('POST', 'devices', body);
    expect(made.status).toBe(201);
    expect(made.body.secret).toMatch(/^[\w-]{32}$/);
    expect(made.body).toMatchObject({
      id: 'cam-x',
      regionId: 'a',
      heightRef: 'msl',
      tiltOffsetDeg: 0,
      elevationSigmaDeg: null,
      focalScale: 1,
      reports: 'alarms',
      properties: { mastOwner: '铁塔', lens: { mm: 755 } },
    });
    const read = await service.call('GET', 'devices/cam-x');
    expect(read.body).toMatchObject({ id: 'cam-x', revoked: false, latest: null });
    expect(read.body).toMatchObject({ calibratedAt: null, landmarkCount: 0, calibration: null });
    expect(stringify(read.body)).not.toContain(made.body.secret);
    const taken = await service.call('POST', 'devices', body);
    expect(taken.status).toBe(409);
  });

  it('are refused with every mistake named', async () => {
    const wrong = { id: 'no spaces', kind: 'kite', name: '', lon: 200, lat: 26 };
    const { status, body } = await service.call<Problem>('POST', 'devices', wrong);
    expect(status).toBe(400);
    expect(body.errors?.map(({ path }) => path).toSorted()).toEqual(['id', 'kind', 'lon', 'name']);
    const nowhere = { id: 'cam-0', kind: 'camera', name: 'x', lon: 0, lat: 0 };
    expect((await service.call('POST', 'devices', nowhere)).status).toBe(422);
  });

  it('take a lens table that is one, by zoom', async () => {
    const lens = async (hfovByZoom: unknown) =>
      service.call<Problem>('PATCH', 'devices/cam-x', { hfovByZoom });
    const table = [
      [1, 60],
      [30, 2.3],
    ];
    expect((await lens(table)).body).toMatchObject({
      properties: { hfovByZoom: table, mastOwner: '铁塔' },
    });
    for (const wrong of [[], 'wide', [[1, 60, 2]], [[0.5, 60]], table.toReversed()]) {
      const { status, body } = await lens(wrong);
      expect([status, body.errors?.[0]?.path]).toEqual([422, 'hfovByZoom']);
    }
  });

  it('page by id without skipping or repeating', async () => {
    const seen: unknown[] = [];
    let cursor = '';
    do {
      const { body } = await service.call<Page<{ id: string }>>('GET', `devices?limit=2${cursor}`);
      seen.push(...body.items.map(({ id }) => id));
      cursor = body.next === undefined ? '' : `&cursor=${body.next}`;
    } while (cursor !== '');
    expect(seen).toEqual(['cam-a', 'cam-b', 'cam-x']);
  });

  it('change, get a new secret, lose their login', async () => {
    const aim = { hfovDeg: 9, tiltOffsetDeg: -1.5, elevationSigmaDeg: 0.2, focalScale: 1.1 };
    const change = { name: '新名', reports: 'frames', ...aim };
    const changed = await service.call('PATCH', 'devices/cam-x', change);
    expect(changed.body).toMatchObject({ ...change, lon: 113.21 });
    expect((await service.call('GET', 'devices/cam-x')).body).toMatchObject(change);
    expect((await service.call('PATCH', 'devices/none', { name: 'x' })).status).toBe(404);
    const renewed = await service.call<{ secret: string }>('POST', 'devices/cam-x/secret');
    const client = await service.connect('cam-x', renewed.body.secret);
    await client.endAsync();
    const revoked = await service.call('POST', 'devices/cam-x/revoke');
    expect(revoked.body).toMatchObject({ id: 'cam-x', revoked: true });
  });

  it('have a track by their own clock, page by page', async () => {
    const start = Date.parse('2026-03-05T00:00:00Z');
    await service.database.pool.query(
      `insert into telemetry (device_id, observed_at, received_at, lon, lat, pan_deg)
       select 'cam-a', $1::timestamptz + (i / 2) * interval '1 second', now(), null, null, i
         from generate_series(0, 9) i`,
      [new Date(start)],
    );
    const span = 'from=2026-03-05T00:00:00Z&to=2026-03-05T00:00:04Z';
    const path = `devices/cam-a/track?${span}&limit=3`;
    const pans: unknown[] = [];
    let cursor = '';
    do {
      const { body } = await service.call<Page<{ panDeg: number }>>('GET', path + cursor);
      pans.push(...body.items.map(({ panDeg }) => panDeg));
      cursor = body.next === undefined ? '' : `&cursor=${body.next}`;
    } while (cursor !== '');
    // Two readings each second; the end is not included.
    expect(pans).toHaveLength(8);
    expect(new Set(pans)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
    const backwards = 'devices/cam-a/track?from=2026-03-05T00:00:04Z&to=2026-03-05T00:00:00Z';
    expect((await service.call('GET', backwards)).status).toBe(400);
  });
});

describe('detections by HTTP', () => {
  it('become an incident once, however often they are sent', async () => {
    const first = await detect('cam-a', 'e-1', [113.25, 26.62]);
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({ opened: true });
    const again = await detect('cam-a', 'e-1', [113.25, 26.62]);
    expect([again.status, again.body]).toEqual([
      200,
      {
        detectionId: first.body.detectionId,
        incidentId: first.body.incidentId,
        duplicate: true,
      },
    ]);
  });

  it('are refused for an unknown device and for a body that is not one', async () => {
    const unknown = await detect('nobody', 'e-2', [113.25, 26.62]);
    expect(unknown.status).toBe(422);
    const { status, body } = await service.call<Problem>('POST', 'detections', {
      deviceId: 'cam-a',
      at: 'yesterday',
      kind: 'fog',
      confidence: 2,
    });
    expect(status).toBe(400);
    expect(body.errors?.map(({ path }) => path).toSorted()).toEqual(['at', 'confidence', 'kind']);
  });
});

describe('incidents', () => {
  it('are listed newest first, by page, status, box and time', async () => {
    for (let i = 0; i < 4; i += 1) {
      const made = await detect('cam-b', `list-${String(i)}`, [113.42 + i * 0.02, 26.62]);
      expect(made.status).toBe(201);
    }
    const all: Incident[] = [];
    let cursor = '';
    do {
      const page = await service.call<Page<Incident>>('GET', `incidents?limit=2${cursor}`);
      all.push(...page.body.items);
      cursor = page.body.next === undefined ? '' : `&cursor=${page.body.next}`;
    } while (cursor !== '');
    const ids = all.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(ids.toSorted().toReversed());
    const count = async (query: string): Promise<number> =>
      (await service.call<Page>('GET', `incidents?${query}`)).body.items.length;
    expect(await count('bbox=113.4,26.6,113.43,26.65')).toBe(1);
    expect(await count('status=closed,dismissed')).toBe(0);
    expect(await count('since=2100-01-01T00:00:00Z')).toBe(0);
    for (const query of ['status=burning', 'bbox=1,2,3', 'bbox=,,,', 'cursor=abc', 'limit=0']) {
      expect((await service.call('GET', `incidents?${query}`)).status).toBe(400);
    }
  });

  it('take acts once each, with actor and reason in the timeline', async () => {
    const { incidentId } = (await detect('cam-a', 'act-1', [113.28, 26.68])).body;
    const act = (name: string, body?: unknown) =>
      service.call<Incident>('POST', `incidents/${incidentId}/${name}`, body);
    const acknowledged = await act('acknowledge');
    expect(acknowledged.body).toMatchObject({ id: incidentId, status: 'acknowledged' });
    expect((await act('acknowledge')).body.acknowledgedAt).toBe(acknowledged.body.acknowledgedAt);
    expect((await act('contain')).status).toBe(409);
    expect((await act('dismiss')).status).toBe(400);
    expect((await act('dismiss', { why: 'x' })).status).toBe(400);
    const dismissed = await act('dismiss', { reason: '农民烧田' });
    expect(dismissed.body).toMatchObject({ status: 'dismissed', dismissedReason: '农民烧田' });
    const timeline = await service.call<Page<{ type: string; actor: string }>>(
      'GET',
      `incidents/${incidentId}/events`,
    );
    const acts = timeline.body.items.filter(({ actor }) => actor === 'user:admin');
    expect(acts.map(({ type }) => type)).toEqual(['acknowledged', 'dismissed']);
    const page = await service.call<Page>('GET', `incidents/${incidentId}/events?limit=1`);
    expect(page.body.items).toHaveLength(1);
    expect(page.body.next).toMatch(/^\d+$/);
    const { body } = await service.call<Incident>('GET', `incidents/${incidentId}`);
    expect(body.detections.map(({ deviceId }) => deviceId)).toEqual(['cam-a']);
  });

  it('are there only for those responsible for their region', async () => {
    const token = await dispatcherOfA();
    const inA = (await detect('cam-a', 'vis-a', [113.22, 26.66])).body.incidentId;
    const inB = (await detect('cam-b', 'vis-b', [113.44, 26.66])).body.incidentId;
    const get = (path: string) => service.call<Page<Incident>>('GET', path, undefined, token);
    const listed = (await get('incidents?limit=500')).body.items;
    expect(new Set(listed.map(({ regionId }) => regionId))).toEqual(new Set(['a']));
    expect((await get(`incidents/${inA}`)).status).toBe(200);
    expect((await get(`incidents/${inB}`)).status).toBe(404);
    expect((await get(`incidents/${inB}/events`)).status).toBe(404);
    expect((await get('devices/cam-b')).status).toBe(404);
    expect((await get('devices/cam-b/track')).status).toBe(404);
    const devices = (await get('devices')).body.items.map(({ id }) => id);
    expect(devices).toEqual(['cam-a', 'cam-x']);
    const act = `incidents/${inB}/acknowledge`;
    expect((await service.call('POST', act, undefined, token)).status).toBe(404);
    const report = {
      deviceId: 'cam-b',
      at: new Date().toISOString(),
      kind: 'smoke',
      confidence: 1,
    };
    expect((await service.call('POST', 'detections', report, token)).status).toBe(422);
  });
});

describe('dead letters', () => {
  it('are listed with their reason, counted, and taken again once the cause is mended', async () => {
    const made = await service.call<{ secret: string }>('POST', 'devices', {
      ...camera,
      id: 'cam-d',
      lon: 113.25,
    });
    const client = await service.connect('cam-d', made.body.secret);
    const topic = 'fengsui/v1/camera/cam-d/detection';
    await client.publishAsync(topic, '{"at":', { qos: 1 });
    await client.publishAsync(topic, Buffer.from([0xff, 0xfe]), { qos: 1 });
    type Letter = { id: string; code: string; topic: string; payload: string };
    const letters = async (query = ''): Promise<Letter[]> =>
      (await service.call<Page<Letter>>('GET', `dead-letters?${query}`)).body.items;
    await vi.waitUntil(async () => (await letters()).length === 2, { timeout: 20_000 });
    const [newest, oldest] = await letters();
    expect(newest).toMatchObject({
      code: 'invalid_utf8',
      payloadEncoding: 'base64',
      payload: '//4=',
    });
    expect(oldest).toMatchObject({
      code: 'invalid_json',
      topic,
      payload: '{"at":',
      payloadBytes: 6,
    });
    expect(await letters('code=invalid_utf8')).toHaveLength(1);
    expect(await letters(`cursor=${newest?.id ?? ''}`)).toEqual([oldest]);
    const counts = await service.call<Page>('GET', 'dead-letters/counts');
    expect(counts.body.items).toContainEqual({ code: 'invalid_json', count: 1 });

    const replay = async (id: string) =>
      (await service.call<{ replayOutcome: string }>('POST', `dead-letters/${id}/replay`)).body;
    expect((await replay(newest?.id ?? '')).replayOutcome).toMatch(/^refused again: .*dead letter/);

    const good = { id: 'later', at: new Date().toISOString(), kind: 'smoke', confidence: 0.9 };
    const payload = Buffer.from(stringify({ ...good, lon: 113.29, lat: 26.61 }));
    const { rows } = await service.database.pool.query<{ id: string }>(
      `insert into dead_letter (received_at, topic, publisher, code, reason, payload, payload_bytes)
       values (now(), $1, 'cam-d', 'unknown_device', 'not registered', $2, $3) returning id`,
      [topic, payload, payload.length],
    );
    const id = rows[0]?.id ?? '';
    expect((await replay(id)).replayOutcome).toMatch(/^taken: incident a-\d{8}-\d{3}$/);
    expect((await replay(id)).replayOutcome).toMatch(/^known already/);
    expect((await service.call('POST', 'dead-letters/999999/replay')).status).toBe(404);
  });
});
