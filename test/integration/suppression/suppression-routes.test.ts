import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AccessRole, App, VisibleRegions } from '../../../src/shared/http.ts';
import { type LayerRef, suppressionRoutes } from '../../../src/suppression/index.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { givenCamera } from '../../support/fixtures.ts';
import { bearer, createTestApp } from '../../unit/api/test-app.ts';
import { square } from '../../unit/suppression/made-up.ts';

const DAY_MS = 86_400_000;
const START = new Date('2026-03-05T00:00:00.000Z');
const after = (days: number): string => new Date(START.getTime() + days * DAY_MS).toISOString();

let database: TestDatabase;
let app: App;
let now = START;
let onlyRegion: string | undefined;
let told: LayerRef[] = [];
let failTelling = false;

beforeAll(async () => {
  database = await createTestDatabase();
  const { pool } = database;
  await givenCamera(pool, 'cam-1');
  await givenCamera(pool, 'cam-2');
  await pool.query(
    `insert into mqtt_credential (id, owner, secret_hash) values ('dock-1', 'device', 'x')`,
  );
  await pool.query(
    `insert into device (id, kind, name, region_id) values ('dock-1', 'dock', 'dock', 'default')`,
  );
  const visibleRegions: VisibleRegions = () =>
    onlyRegion === undefined ? null : new Set([onlyRegion]);
  const onChanged = async (layer: LayerRef): Promise<void> => {
    told.push(layer);
    if (failTelling) throw new Error('nobody listens');
  };
  app = await createTestApp({
    routes: [suppressionRoutes({ pool, clock: { now: () => now }, visibleRegions, onChanged })],
    limits: { perAddress: 100_000 },
  });
});
afterAll(async () => {
  await app.close();
  await database.drop();
});
beforeEach(async () => {
  now = START;
  onlyRegion = undefined;
  told = [];
  failTelling = false;
  await database.pool.query('truncate permitted_burn, heat_source, view_mask');
});

type Call = { role?: AccessRole; body?: unknown };
const call = async (
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  { role = 'duty_officer', body }: Call = {},
) => {
  const response = await app.inject({
    method,
    url: `/api/v1/${path}`,
    headers: {
      ...bearer(role),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  return {
    status: response.statusCode,
    type: response.headers['content-type'],
    body: response.body === '' ? undefined : response.json(),
  };
};
const post = (path: string, body: unknown, role?: AccessRole) =>
  call('POST', path, { body, ...(role === undefined ? {} : { role }) });
const idsOf = async (path: string): Promise<string[]> =>
  (await call('GET', path)).body.items.map((item: { id: string }) => item.id);
const pathsOf = (body: { errors?: { path: string }[] }) =>
  (body.errors ?? []).map(({ path }) => path).toSorted();

const AREA = { type: 'Polygon', coordinates: [square(113.2, 26.7, 0.01)] };
const burn = {
  name: '炼山 1 号',
  geometry: AREA,
  startsAt: after(0),
  endsAt: after(1),
  permitNumber: '林火许〔2026〕12号',
  contact: '王五 13800000000',
};
const kiln = { name: '砖窑', kind: 'kiln', lon: 113.2, lat: 26.7, radiusM: 300 };
const glint = { azimuthFromDeg: 350, azimuthToDeg: 10, reason: 'glint' };

describe('permitted burns', () => {
  it('are entered, read, changed and cancelled, each with its actor', async () => {
    const made = await post('permitted-burns', burn, 'dispatcher');
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      ...burn,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      createdAt: after(0),
      createdBy: 'user:dispatcher',
      updatedAt: after(0),
      updatedBy: 'user:dispatcher',
    });
    const path = `permitted-burns/${made.body.id}`;
    expect((await call('GET', path, { role: 'viewer' })).body).toEqual(made.body);

    now = new Date(after(0.5));
    const { contact: _contact, ...change } = { ...burn, name: '炼山 2 号', endsAt: after(2) };
    const changed = await call('PUT', path, { body: change });
    expect(changed.body).toMatchObject({
      ...change,
      createdBy: 'user:dispatcher',
      updatedAt: after(0.5),
      updatedBy: 'user:duty_officer',
    });
    expect(changed.body.contact).toBeUndefined();

    now = new Date(after(0.6));
    expect((await call('DELETE', path)).status).toBe(204);
    expect((await call('DELETE', path, { role: 'admin' })).status).toBe(204);
    expect((await call('GET', path)).body).toMatchObject({
      name: '炼山 2 号',
      cancelledAt: after(0.6),
      cancelledBy: 'user:duty_officer',
    });
    expect((await call('PUT', path, { body: change })).status).toBe(409);
    const ref = { kind: 'permitted_burn', id: made.body.id };
    expect(told).toEqual([ref, ref, ref]);
    const { rows } = await database.pool.query(
      `select actor, row_after ->> 'name' as name from suppression_change where layer_id = $1 order by seq`,
      [made.body.id],
    );
    expect(rows).toEqual([
      { actor: 'user:dispatcher', name: '炼山 1 号' },
      { actor: 'user:duty_officer', name: '炼山 2 号' },
      { actor: 'user:duty_officer', name: '炼山 2 号' },
    ]);
  });

  it('keep the id the client gives, and never give it to another', async () => {
    expect((await post('permitted-burns', { ...burn, id: '许可 12/2026' })).status).toBe(201);
    const path = `permitted-burns/${encodeURIComponent('许可 12/2026')}`;
    expect((await call('GET', path)).status).toBe(200);
    expect((await post('permitted-burns', { ...burn, id: '许可 12/2026' })).status).toBe(409);
    await call('DELETE', path);
    const taken = await post('permitted-burns', { ...burn, id: '许可 12/2026' });
    expect(taken.status).toBe(409);
    expect(pathsOf(taken.body)).toEqual(['id']);
  });

  it('take a multipolygon with a hole and leave out what a GIS writes beside it', async () => {
    const geometry = {
      type: 'MultiPolygon',
      coordinates: [
        [square(113.2, 26.7, 0.01), square(113.203, 26.703, 0.004)],
        [square(113.25, 26.7, 0.01)],
      ],
    };
    const bbox = [0, 0, 1, 1];
    const { body } = await post('permitted-burns', { ...burn, geometry: { ...geometry, bbox } });
    expect(body.geometry).toEqual(geometry);
  });

  it('list what is in force at a time, or is not', async () => {
    await post('permitted-burns', { ...burn, id: 'today' });
    await post('permitted-burns', { ...burn, id: 'later', startsAt: after(2), endsAt: after(3) });
    await post('permitted-burns', { ...burn, id: 'cancelled' });
    await call('DELETE', 'permitted-burns/cancelled');
    now = new Date(after(0.5));
    expect(await idsOf('permitted-burns')).toEqual(['later', 'today']);
    expect(await idsOf('permitted-burns?active=true')).toEqual(['today']);
    expect(await idsOf('permitted-burns?active=false')).toEqual(['cancelled', 'later']);
    expect(await idsOf(`permitted-burns?at=${after(2)}`)).toEqual(['later']);
    expect(await idsOf(`permitted-burns?at=${after(1)}`)).toEqual(['today']);
    expect(await idsOf(`permitted-burns?active=false&at=${after(2)}`)).toEqual([
      'cancelled',
      'today',
    ]);
    for (const query of ['at=yesterday', 'active=maybe', 'when=now', 'limit=0']) {
      expect((await call('GET', `permitted-burns?${query}`)).status).toBe(400);
    }
  });

  it('page by cursor', async () => {
    for (const id of ['a', 'b', 'c']) await post('permitted-burns', { ...burn, id });
    const first = (await call('GET', 'permitted-burns?limit=2')).body;
    expect(first.items.map((item: { id: string }) => item.id)).toEqual(['a', 'b']);
    const second = (await call('GET', `permitted-burns?limit=2&cursor=${first.next}`)).body;
    expect(second.items.map((item: { id: string }) => item.id)).toEqual(['c']);
    expect(second.next).toBeUndefined();
  });

  it('are refused with every mistake of fields and outline at once', async () => {
    const open = { type: 'Polygon', coordinates: [square(113.2, 26.7, 0.01).slice(0, 4)] };
    const wrong = { name: '', geometry: open, startsAt: after(2), endsAt: after(1), note: 1 };
    const { status, type, body } = await post('permitted-burns', wrong);
    expect(status).toBe(400);
    expect(type).toContain('application/problem+json');
    expect(pathsOf(body)).toEqual(['endsAt', 'geometry.coordinates[0]', 'name', 'note']);
    expect(body.errors).toContainEqual({
      path: 'geometry.coordinates[0]',
      message: 'the ring is not closed: its last position must repeat its first',
    });
    const wide = { ...burn, geometry: { type: 'Polygon', coordinates: [square(113, 26, 0.2)] } };
    const long = await post('permitted-burns', { ...wide, endsAt: after(40) });
    expect(long.status).toBe(422);
    expect(pathsOf(long.body)).toEqual(['endsAt', 'geometry.coordinates']);
    expect(long.body.detail).toMatch(/km² \(at most 100\)/);
    expect(told).toEqual([]);
    expect(await idsOf('permitted-burns?active=false')).toEqual([]);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a list', []],
    ['a word', 'burn'],
  ])('are not %s', async (_what, body) => {
    for (const method of ['POST', 'PUT'] as const) {
      const path = method === 'POST' ? 'permitted-burns' : 'permitted-burns/x';
      const answer = await call(method, path, { body });
      expect(answer.status).toBe(400);
      expect(answer.body.errors.length).toBeGreaterThan(0);
    }
  });

  it('that are not there', async () => {
    expect((await call('GET', 'permitted-burns/x')).status).toBe(404);
    expect((await call('PUT', 'permitted-burns/x', { body: burn })).status).toBe(404);
    expect((await call('DELETE', 'permitted-burns/x')).status).toBe(404);
  });

  it('are stored even when nobody can be told', async () => {
    failTelling = true;
    expect((await post('permitted-burns', { ...burn, id: 'a' })).status).toBe(201);
    expect(told).toHaveLength(1);
  });
});

describe('heat sources', () => {
  it('last a year unless said otherwise, and keep their end when changed without one', async () => {
    const made = await post('heat-sources', { ...kiln, id: 'kiln' });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ ...kiln, expiresAt: after(365) });
    now = new Date(after(10));
    const changed = await call('PUT', 'heat-sources/kiln', { body: { ...kiln, radiusM: 500 } });
    expect(changed.body).toMatchObject({ radiusM: 500, expiresAt: after(365) });
    const renewed = { ...kiln, expiresAt: after(700) };
    expect((await call('PUT', 'heat-sources/kiln', { body: renewed })).body).toMatchObject(renewed);
    const { kind: _kind, ...unknown } = kiln;
    expect((await post('heat-sources', unknown)).body.kind).toBe('other');
  });

  it('are in force until they expire or are cancelled', async () => {
    await post('heat-sources', { ...kiln, id: 'a', expiresAt: after(5) });
    await post('heat-sources', { ...kiln, id: 'b' });
    await post('heat-sources', { ...kiln, id: 'c' });
    expect((await call('DELETE', 'heat-sources/c')).status).toBe(204);
    now = new Date(after(5));
    expect(await idsOf('heat-sources')).toEqual(['a', 'b']);
    expect(await idsOf('heat-sources?active=true')).toEqual(['b']);
    expect(await idsOf('heat-sources?active=false')).toEqual(['a', 'c']);
    expect(await idsOf(`heat-sources?at=${after(4.9)}`)).toEqual(['a', 'b']);
    expect((await call('GET', 'heat-sources/c')).body.cancelledBy).toBe('user:duty_officer');
    expect(told).toContainEqual({ kind: 'heat_source', id: 'c' });
  });

  it('are refused with every mistake named', async () => {
    const wrong = { name: 'x', kind: 'volcano', lon: 200, lat: 26, radiusM: 5001 };
    const { status, body } = await post('heat-sources', { ...wrong, expiresAt: after(800) });
    expect(status).toBe(400);
    expect(pathsOf(body)).toEqual(['expiresAt', 'kind', 'lon', 'radiusM']);
    expect((await post('heat-sources', { ...kiln, radiusM: 0 })).status).toBe(400);
    const nowhere = await post('heat-sources', { ...kiln, lon: 0, lat: 0, expiresAt: after(-1) });
    expect(nowhere.status).toBe(422);
    expect(pathsOf(nowhere.body)).toEqual(['expiresAt', 'lon']);
    expect((await call('PUT', 'heat-sources/x', { body: kiln })).status).toBe(404);
  });
});

describe('masks of a camera', () => {
  it('last 30 days, belong to their camera, and are cancelled, not changed', async () => {
    const made = await post('devices/cam-1/masks', { ...glint, id: 'm' });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      ...glint,
      id: 'm',
      deviceId: 'cam-1',
      elevationFromDeg: -90,
      elevationToDeg: 90,
      expiresAt: after(30),
      createdBy: 'user:duty_officer',
    });
    await post('devices/cam-2/masks', { ...glint, id: 'n', expiresAt: after(300) });
    expect(await idsOf('devices/cam-1/masks')).toEqual(['m']);
    expect((await call('DELETE', 'devices/cam-2/masks/m')).status).toBe(404);
    expect((await call('DELETE', 'devices/cam-1/masks/m')).status).toBe(204);
    expect(await idsOf('devices/cam-1/masks')).toEqual([]);
    const [cancelled] = (await call('GET', 'devices/cam-1/masks?active=false')).body.items;
    expect(cancelled).toMatchObject({ id: 'm', cancelledBy: 'user:duty_officer' });
    now = new Date(after(300));
    expect(await idsOf('devices/cam-2/masks?active=true')).toEqual([]);
    expect(told).toEqual(['m', 'n', 'm'].map((id) => ({ kind: 'view_mask', id })));
  });

  it('are refused with every mistake named', async () => {
    const wrong = { azimuthFromDeg: 360, azimuthToDeg: -1, reason: 'other', expiresAt: after(400) };
    const { status, body } = await post('devices/cam-1/masks', wrong);
    expect(status).toBe(400);
    expect(pathsOf(body)).toEqual(['azimuthFromDeg', 'azimuthToDeg', 'expiresAt', 'note']);
    const empty = { ...glint, azimuthToDeg: 350, elevationFromDeg: 3, elevationToDeg: 2 };
    const flat = await post('devices/cam-1/masks', empty);
    expect(flat.status).toBe(422);
    expect(pathsOf(flat.body)).toEqual(['azimuthToDeg', 'elevationToDeg']);
  });

  it('need a camera that is there for the user', async () => {
    expect((await post('devices/nobody/masks', glint)).status).toBe(404);
    expect((await call('GET', 'devices/nobody/masks')).status).toBe(404);
    expect((await post('devices/no body/masks', glint)).status).toBe(400);
    expect((await post('devices/dock-1/masks', glint)).body.detail).toMatch(/is a dock/);
    onlyRegion = 'elsewhere';
    expect((await post('devices/cam-1/masks', glint)).status).toBe(404);
    expect((await call('GET', 'devices/cam-1/masks')).status).toBe(404);
  });
});

describe('who may', () => {
  it.each([
    ['permitted-burns', burn],
    ['heat-sources', kiln],
    ['devices/cam-1/masks', glint],
  ])('write %s: those who run an incident; read: everybody', async (path, body) => {
    for (const role of ['viewer', 'operator'] as const) {
      expect((await post(path, body, role)).status).toBe(403);
      expect((await call('DELETE', `${path}/x`, { role })).status).toBe(403);
      expect((await call('GET', path, { role })).status).toBe(200);
    }
    for (const role of ['duty_officer', 'dispatcher', 'admin'] as const) {
      expect((await post(path, body, role)).status).toBe(201);
    }
  });
});

describe('the tables', () => {
  it('let no layer and no record of one be deleted or rewritten', async () => {
    await post('heat-sources', kiln);
    const { pool } = database;
    await expect(pool.query('delete from heat_source')).rejects.toThrow(/append-only/);
    await expect(pool.query('delete from suppression_change')).rejects.toThrow(/append-only/);
    await expect(pool.query(`update suppression_change set actor = 'x'`)).rejects.toThrow(
      /append-only/,
    );
  });
});
