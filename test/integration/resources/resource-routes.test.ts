import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createResourceIndex, resourceRoutes } from '../../../src/resources/index.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import type { AccessRole, App } from '../../../src/shared/http.ts';
import { createListener } from '../../../src/shared/listener.ts';
import { startParts } from '../../../src/shared/part.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { bearer, createTestApp } from '../../unit/api/test-app.ts';

let database: TestDatabase;
let app: App;
let stop: () => Promise<void>;
let loaded: () => number;

beforeAll(async () => {
  database = await createTestDatabase();
  const logger = pino({ level: 'silent' });
  const { pool } = database;
  const listener = createListener(database.connectionString, logger);
  const index = createResourceIndex({ pool, listener, logger });
  stop = await startParts([listener, index]);
  loaded = () => index.state().resources;
  app = await createTestApp({
    routes: [resourceRoutes({ pool, index, clock: systemClock })],
    limits: { perAddress: 100_000 },
  });
});
afterAll(async () => {
  await app.close();
  await stop();
  await database.drop();
});
beforeEach(async () => {
  // Deleted, not truncated: the index hears of it.
  await database.pool.query('delete from resource');
  await database.pool.query('delete from person');
  await indexHas(0);
});

const indexHas = (count: number): Promise<void> =>
  vi.waitFor(() => expect(loaded()).toBe(count), { timeout: 5_000, interval: 5 });

type Call = { role?: AccessRole; body?: unknown };
const call = async (
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  { role = 'admin', body }: Call = {},
) => {
  const response = await app.inject({
    method,
    url: `/api/v1${path}`,
    headers: {
      ...bearer(role),
      ...(body === undefined ? {} : { 'content-type': 'application/geo+json' }),
    },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  return { status: response.statusCode, body: response.body === '' ? undefined : response.json() };
};

const feature = (id: string | undefined, geometry: unknown, properties: object = {}) => ({
  type: 'Feature',
  geometry,
  properties: { id, kind: 'water', name: `name of ${id}`, ...properties },
});
const point = (lon: number, lat: number) => ({ type: 'Point', coordinates: [lon, lat] });
const collection = (...features: unknown[]) => ({ type: 'FeatureCollection', features });
const importAll = (...features: unknown[]) =>
  call('POST', '/resources/import', { role: 'dispatcher', body: collection(...features) });

const POND = {
  type: 'Polygon',
  coordinates: [
    [
      [113.2, 26.7],
      [113.21, 26.7],
      [113.21, 26.71],
      [113.2, 26.71],
      [113.2, 26.7],
    ],
  ],
};

describe('POST /resources/import', () => {
  it('creates, then updates in place, counting both', async () => {
    const first = await importAll(feature('a', point(113, 26)), feature('b', POND, { depthM: 3 }));
    expect(first).toEqual({ status: 200, body: { created: 2, updated: 0, total: 2 } });
    const second = await importAll(
      feature('a', point(113.5, 26.5), { name: 'renamed' }),
      feature('b', POND, { depthM: 3 }),
      feature('c', point(113, 26)),
    );
    expect(second.body).toEqual({ created: 1, updated: 2, total: 3 });
    const { body } = await call('GET', '/resources/a');
    expect(body).toMatchObject({ id: 'a', name: 'renamed', geometry: point(113.5, 26.5) });
    expect((await call('GET', '/resources/b')).body).toMatchObject({
      geometry: POND,
      properties: { depthM: 3 },
    });
  });

  it('the same file again tells nobody of changes', async () => {
    await importAll(feature('a', point(113, 26)), feature('b', POND));
    const before = await database.pool.query('select id, updated_at from resource order by id');
    expect((await importAll(feature('a', point(113, 26)), feature('b', POND))).body).toEqual({
      created: 0,
      updated: 2,
      total: 2,
    });
    const after = await database.pool.query('select id, updated_at from resource order by id');
    expect(after.rows).toEqual(before.rows);
  });

  it('a file without ids does not double at the second import', async () => {
    const file = [
      feature(undefined, point(113, 26)),
      feature(undefined, point(113, 26)),
      feature(undefined, POND),
    ];
    expect((await importAll(...file)).body).toMatchObject({ created: 3 });
    expect((await importAll(...file)).body).toMatchObject({ created: 0, updated: 3 });
  });

  it('one bad feature refuses all, and every bad one is named', async () => {
    const { status, body } = await importAll(
      feature('a', point(113, 26)),
      feature('b', point(26, 113)),
      feature('c', point(113, 26), { kind: 'lake' }),
    );
    expect(status).toBe(422);
    expect(body.errors.map((error: { path: string }) => error.path)).toEqual([
      'features[1].geometry.coordinates',
      'features[2].properties.kind',
    ]);
    expect(body.detail).toMatch(/2 mistakes .* nothing was imported/);
    expect((await call('GET', '/resources')).body.items).toEqual([]);
  });

  it('a person who does not exist is named with the feature', async () => {
    await database.pool.query(
      `insert into person (id, name, roles, locale) values ('li', 'Li', '{viewer}', 'en')`,
    );
    const crew = { kind: 'crew', personId: 'li' };
    const refused = await importAll(
      feature('z', point(113, 26), crew),
      feature('a', point(113, 26), { kind: 'crew', personId: 'wang' }),
    );
    expect(refused.status).toBe(422);
    expect(refused.body.errors).toEqual([
      {
        path: 'features[1].properties.personId',
        message: '"wang" is not a person; register the person first',
      },
    ]);
    expect((await importAll(feature('z', point(113, 26), crew))).status).toBe(200);
    expect((await call('GET', '/resources/z')).body).toMatchObject({
      personId: 'li',
      properties: {},
    });
  });

  it('keeps text PostgreSQL cannot hold from failing the import', async () => {
    const odd = feature('a', point(113, 26), { note: 'a\u0000b\ud800', 'k\u0000': 1 });
    expect((await importAll(odd)).status).toBe(200);
    expect((await call('GET', '/resources/a')).body.properties.note).toBe('a\uFFFDb\uFFFD');
  });

  it('two imports of the same ids at once both succeed', async () => {
    const file = (shift: number) =>
      Array.from({ length: 2_500 }, (_, i) =>
        feature(`w${i}`, point(113 + shift, 26 + i / 10_000)),
      );
    const results = await Promise.all([importAll(...file(0)), importAll(...file(1).toReversed())]);
    expect(results.map(({ status }) => status)).toEqual([200, 200]);
    expect(results.reduce((sum, { body }) => sum + body.created, 0)).toBe(2_500);
    await indexHas(2_500);
  });

  it.each<AccessRole>(['viewer', 'operator', 'duty_officer'])('is not for a %s', async (role) => {
    expect((await call('POST', '/resources/import', { role, body: collection() })).status).toBe(
      403,
    );
  });
});

describe('GET /resources', () => {
  it('pages by cursor through a kind', async () => {
    await importAll(
      ...['a', 'b', 'c', 'd', 'e'].map((id) => feature(id, point(113, 26))),
      feature('b2', point(113, 26), { kind: 'crew' }),
    );
    const first = (await call('GET', '/resources?kind=water&limit=2')).body;
    expect(first.items.map((item: { id: string }) => item.id)).toEqual(['a', 'b']);
    const second = (await call('GET', `/resources?kind=water&limit=3&cursor=${first.next}`)).body;
    expect(second.items.map((item: { id: string }) => item.id)).toEqual(['c', 'd', 'e']);
    expect(second.next).toBeUndefined();
  });

  it('lists what is in view', async () => {
    await importAll(feature('pond', POND), feature('well', point(113.3, 26.7)));
    const ids = async (bbox: string) =>
      (await call('GET', `/resources?bbox=${bbox}`)).body.items.map(
        (item: { id: string }) => item.id,
      );
    expect(await ids('113.205,26.705,113.206,26.706')).toEqual(['pond']);
    expect(await ids('113.25,26,114,27')).toEqual(['well']);
    expect(await ids('113,26,114,27')).toEqual(['pond', 'well']);
    for (const bad of ['113,26,112,27', '1,2,3', 'a,b,c,d', ',,,', '113,26,114,97']) {
      expect((await call('GET', `/resources?bbox=${bad}`)).status).toBe(400);
    }
  });
});

describe('one resource', () => {
  it('can be read and deleted, by an id in any script', async () => {
    await importAll(feature('水源 1', point(113, 26)));
    const path = `/resources/${encodeURIComponent('水源 1')}`;
    expect((await call('GET', path, { role: 'viewer' })).status).toBe(200);
    expect((await call('DELETE', path, { role: 'viewer' })).status).toBe(403);
    expect((await call('DELETE', path)).status).toBe(204);
    expect((await call('DELETE', path)).status).toBe(404);
    expect((await call('GET', path)).status).toBe(404);
  });

  it('moves to a later position only', async () => {
    await importAll(feature('crew', point(113, 26), { kind: 'crew' }));
    const put = (body: object, id = 'crew') =>
      call('PUT', `/resources/${id}/position`, { role: 'duty_officer', body });
    const moved = await put({ lon: 113.1, lat: 26.1, at: '2026-11-01T08:00:00+08:00' });
    expect(moved.body).toMatchObject({
      moved: true,
      resource: { geometry: point(113.1, 26.1), positionAt: '2026-11-01T00:00:00.000Z' },
    });
    const older = await put({ lon: 113.9, lat: 26.9, at: '2026-10-31T23:59:59Z' });
    expect(older.body).toMatchObject({ moved: false, resource: { geometry: point(113.1, 26.1) } });
    expect((await put({ lon: 113.2, lat: 26.2 })).body).toMatchObject({ moved: true });
    await importAll(feature('pond', POND));
    expect((await put({ lon: 113, lat: 26 }, 'pond')).status).toBe(422);
    expect((await put({ lon: 113, lat: 26 }, 'nobody')).status).toBe(404);
    expect((await put({ lon: 0, lat: 0 })).status).toBe(422);
    expect((await put({ lon: 113, lat: 91 })).status).toBe(400);
    expect((await put({ lon: 113, lat: 26, when: 'now' })).status).toBe(400);
  });

  it('imported again stands where the file says, until its next position', async () => {
    await importAll(feature('crew', point(113, 26), { kind: 'crew' }));
    await call('PUT', '/resources/crew/position', { body: { lon: 113.1, lat: 26.1 } });
    await importAll(feature('crew', point(113, 26), { kind: 'crew' }));
    const { body } = await call('GET', '/resources/crew');
    expect(body).toMatchObject({ geometry: point(113, 26) });
    expect(body.positionAt).toBeUndefined();
  });
});

describe('GET /resources/nearby', () => {
  const near = async (query: string, role: AccessRole = 'viewer') =>
    call('GET', `/resources/nearby?${query}`, { role });

  beforeEach(async () => {
    await importAll(
      feature('pond', POND, { volumeM3: 900 }),
      feature('well', point(113.22, 26.705)),
      feature('crew-1', point(113.205, 26.705), { kind: 'crew', phone: { main: '1' } }),
      feature('crew-2', point(113.3, 26.705), { kind: 'crew' }),
    );
    await indexHas(4);
  });

  it('gives, by kind, distance, direction and the nearest point', async () => {
    const { status, body } = await near('lon=113.205&lat=26.705');
    expect(status).toBe(200);
    expect(body.items.map((item: { resourceId: string }) => item.resourceId)).toEqual([
      'crew-1',
      'crew-2',
      'pond',
      'well',
    ]);
    expect(body.items[2]).toEqual({
      resourceId: 'pond',
      kind: 'water',
      name: 'name of pond',
      distanceM: 0,
      azimuthDeg: 0,
      nearest: [113.205, 26.705],
      geometryType: 'Polygon',
      properties: { volumeM3: 900 },
    });
    expect(body.items[0].properties).toEqual({ phone: { main: '1' } });
    // GeodSolve -i for 26.705 113.205 → 26.705 113.22.
    expect(body.items[3].distanceM).toBeCloseTo(1493.0, 0);
    expect(body.items[3].azimuthDeg).toBeCloseTo(90, 1);
  });

  it('takes kinds in the order asked, and a limit per kind', async () => {
    const { body } = await near('lon=113.25&lat=26.705&kinds=water,crew&limit=1');
    expect(body.items.map((item: { resourceId: string }) => item.resourceId)).toEqual([
      'well',
      'crew-1',
    ]);
    expect(body.items[0].nearest).toEqual([113.22, 26.705]);
    expect(body.items[0].azimuthDeg).toBeCloseTo(270, 1);
  });

  it.each(['kinds=lake', 'kinds=', 'kinds=water,,lake'])(
    '%s: 400, naming the kinds there are',
    async (kinds) => {
      const { status, body } = await near(`lon=113&lat=26&${kinds}`);
      expect(status).toBe(400);
      expect(body.detail).toMatch(/crew, equipment, firebreak/);
    },
  );

  it.each([
    'lat=26',
    'lon=113',
    'lon=&lat=26',
    'lon=113&lat=96',
    'lon=113&lat=26&limit=0',
    'lon=113&lat=26&limit=51',
    'lon=113&lat=26&kind=water',
  ])('%s: 400', async (query) => {
    expect((await near(query)).status).toBe(400);
  });
});
