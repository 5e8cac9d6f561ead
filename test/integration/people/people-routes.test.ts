import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { verifySecret } from '../../../src/devices/index.ts';
import {
  createRegionIndex,
  personRoutes,
  type RegionIndex,
  regionRoutes,
  shiftRoutes,
} from '../../../src/people/index.ts';
import { AppError } from '../../../src/shared/app-error.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import type { AccessRole, App, User } from '../../../src/shared/http.ts';
import { createListener } from '../../../src/shared/listener.ts';
import { startParts } from '../../../src/shared/part.ts';
import { verifyPassword } from '../../../src/shared/password.ts';
import { box } from '../../support/box.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createTestApp } from '../../unit/api/test-app.ts';

type Problem = { detail: string; errors: { path: string; message: string }[] };
type PersonBody = {
  id: string;
  mqttSecret: string;
  contacts: { channel: string; address: string; verified: boolean }[];
};
type ShiftBody = { id: string; personName: string; from: string; to: string };

let database: TestDatabase;
let regions: RegionIndex;
let app: App;
let stop: () => Promise<void>;

/** The token names the role and the regions: `viewer.lingguan`. */
const users = {
  async authenticate(token: string): Promise<User> {
    const [role, region] = token.split('.');
    if (role === undefined) throw new AppError('unauthorized', 'no token');
    const roles = [role as AccessRole];
    return {
      username: token,
      personId: null,
      roles,
      regionIds: region === undefined ? [] : [region],
    };
  },
};

beforeAll(async () => {
  database = await createTestDatabase();
  const { pool, connectionString } = database;
  const logger = pino({ level: 'silent' });
  const listener = createListener(connectionString, logger);
  regions = createRegionIndex({ pool, listener, logger });
  stop = await startParts([listener, regions]);
  app = await createTestApp({
    auth: users,
    limits: { perAddress: 100_000 },
    routes: [
      regionRoutes({ pool, regions }),
      personRoutes({ pool, regions, defaultLocale: 'zh-CN', allow: ['10.1.0.0/16'] }),
      shiftRoutes({ pool, regions, clock: systemClock }),
    ],
  });
});
afterAll(async () => {
  await app.close();
  await stop();
  await database.drop();
});

const call = async <T = Problem>(
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  { token = 'admin', body }: { token?: string; body?: unknown } = {},
): Promise<{ status: number; body: T }> => {
  const response = await app.inject({
    method,
    url: `/api/v1/${path}`,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  return { status: response.statusCode, body: (response.body === '' ? {} : response.json()) as T };
};

const square = (lon: number, lat: number, size: number) => box(lon, lat, lon + size, lat + size);
const feature = (properties: Record<string, unknown>, geometry: unknown = square(113, 26, 1)) => ({
  type: 'Feature',
  properties,
  geometry,
});
const importRegions = (features: unknown[]) =>
  call<Problem & { imported: number }>('POST', 'regions/import', {
    body: { type: 'FeatureCollection', name: 'exported from a GIS', features },
  });
const anren = feature({ id: 'anren', name: '安仁县', level: 'county', code: 'AR' });
const lingguan = feature(
  { id: 'lingguan', name: '灵官镇', level: 'township', parentId: 'anren', population: 30_000 },
  square(113, 26, 0.5),
);
const yongle = feature(
  { id: 'yongle', name: '永乐江镇', level: 'township', parentId: 'anren' },
  square(113.5, 26, 0.5),
);

describe('regions', () => {
  it('are imported as a whole or not at all, and then known at once', async () => {
    const refused = await importRegions([anren, feature({ id: 'x', name: 'x', level: 'city' })]);
    expect(refused.status).toBe(422);
    expect(refused.body.errors).toEqual([
      {
        path: 'features[1]',
        message: 'properties.level must be one of county, township, village, grid',
      },
    ]);
    expect(regions.all().map(({ id }) => id)).toEqual(['default']);

    const { status, body } = await importRegions([lingguan, anren, yongle]);
    expect({ status, body }).toEqual({ status: 200, body: { imported: 3, placedDevices: 0 } });
    await vi.waitFor(() => expect(regions.all()).toHaveLength(4));
    expect(regions.regionsAt([113.1, 26.1]).map(({ id }) => id)).toEqual([
      'lingguan',
      'anren',
      'default',
    ]);
    expect(regions.placeNames('lingguan')).toEqual(['安仁县', '灵官镇']);
  });

  it('are replaced by id, also in an index that had lost its connection', async () => {
    await database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name = 'fengsui-listen'`,
    );
    const renamed = { ...lingguan, properties: { ...lingguan.properties, name: '灵官乡' } };
    expect((await importRegions([renamed])).status).toBe(200);
    await vi.waitFor(() => expect(regions.get('lingguan')?.name).toBe('灵官乡'), {
      timeout: 5_000,
    });
    expect((await importRegions([lingguan])).status).toBe(200);
    await vi.waitFor(() => expect(regions.get('lingguan')?.name).toBe('灵官镇'));
  });

  it('cannot be made into a circle', async () => {
    const { status, body } = await importRegions([
      feature({ id: 'anren', name: '安仁县', level: 'county', parentId: 'lingguan' }),
    ]);
    expect(status).toBe(422);
    expect(body.errors[0]?.message).toBe('its parents form a circle: anren → lingguan → anren');
  });

  it('are listed by page, with or without their outlines', async () => {
    type Page = { items: { id: string; geometry?: unknown }[]; next?: string };
    const first = await call<Page>('GET', 'regions?limit=3', { token: 'viewer' });
    expect(first.body.items.map(({ id }) => id)).toEqual(['anren', 'default', 'lingguan']);
    expect(first.body.items[0]?.geometry).toEqual(anren.geometry);
    expect(first.body.items[1]?.geometry).toBeNull();
    const rest = await call<Page>('GET', `regions?cursor=${first.body.next}&geometry=false`);
    expect(rest.body.items).toEqual([
      {
        id: 'yongle',
        name: '永乐江镇',
        level: 'township',
        parentId: 'anren',
        code: 'yongle',
        properties: {},
      },
    ]);
    expect(rest.body.next).toBeUndefined();
  });

  it('are imported by admins only', async () => {
    const body = { type: 'FeatureCollection', features: [anren] };
    expect((await call('POST', 'regions/import', { token: 'dispatcher', body })).status).toBe(403);
  });
});

const li = {
  name: '李明',
  roles: ['duty_officer'],
  regionIds: ['lingguan'],
  contacts: [{ channel: 'sms', address: '138 0000 0001', verified: true }, { channel: 'app' }],
};

describe('people', () => {
  afterEach(() => database.pool.query('delete from shift'));

  it('get an id and an MQTT secret that works, once', async () => {
    const { status, body } = await call<PersonBody>('POST', 'people', { body: li });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      id: expect.stringMatching(/^p-[2-9a-z]{8}$/),
      name: '李明',
      locale: 'zh-CN',
      regionIds: ['lingguan'],
      contacts: [
        { channel: 'sms', address: '+8613800000001', verified: true },
        { channel: 'app', address: body.id, verified: false },
      ],
    });
    const stored = await database.pool.query<{ owner: string; secret_hash: string }>(
      'select owner, secret_hash from mqtt_credential where id = $1',
      [body.id],
    );
    expect(stored.rows[0]?.owner).toBe('person');
    expect(verifySecret(body.mqttSecret, stored.rows[0]?.secret_hash ?? '')).toBe(true);
    const read = await call<PersonBody>('GET', `people/${body.id}`);
    expect(read.body).not.toHaveProperty('mqttSecret');
    const again = await call<PersonBody>('POST', `people/${body.id}/mqtt-secret`);
    const renewed = await database.pool.query<{ secret_hash: string }>(
      'select secret_hash from mqtt_credential where id = $1',
      [body.id],
    );
    expect(verifySecret(again.body.mqttSecret, renewed.rows[0]?.secret_hash ?? '')).toBe(true);
    expect(verifySecret(body.mqttSecret, renewed.rows[0]?.secret_hash ?? '')).toBe(false);
  });

  it('are refused with every wrong field named, and leave nothing behind', async () => {
    const before = await database.pool.query('select from mqtt_credential');
    const { status, body } = await call('POST', 'people', {
      body: {
        ...li,
        regionIds: ['lingguan', 'nowhere'],
        contacts: [{ channel: 'sms', address: '12345' }],
        username: 'liming',
      },
    });
    expect(status).toBe(422);
    expect(body.errors.map(({ path }) => path)).toEqual([
      'password',
      'regionIds[1]',
      'contacts[0].address',
    ]);
    expect(body.errors[2]?.message).toContain('write +8613812345678');
    const typo = await call('POST', 'people', { body: { ...li, contact: [] } });
    expect(typo.status).toBe(400);
    expect((await database.pool.query('select from mqtt_credential')).rowCount).toBe(
      before.rowCount,
    );
  });

  it('may have a console account, whose roles follow the person’s', async () => {
    const account = { username: 'liming', password: 'long enough' };
    const { body } = await call<PersonBody>('POST', 'people', { body: { ...li, ...account } });
    const read = async () => {
      const { rows } = await database.pool.query<{ password_hash: string; roles: string[] }>(
        'select password_hash, roles from account where person_id = $1',
        [body.id],
      );
      return rows[0];
    };
    expect(await verifyPassword('long enough', (await read())?.password_hash ?? '')).toBe(true);
    expect((await read())?.roles).toEqual(['duty_officer']);
    await call('PATCH', `people/${body.id}`, { body: { roles: ['viewer'] } });
    expect((await read())?.roles).toEqual(['viewer']);
    const taken = await call('POST', 'people', { body: { ...li, ...account } });
    expect(taken).toMatchObject({ status: 409, body: { errors: [{ path: 'username' }] } });
  });

  it('are changed field by field; a contact that stays keeps what is known of it', async () => {
    const { body } = await call<PersonBody>('POST', 'people', { body: li });
    const changed = await call<PersonBody>('PATCH', `people/${body.id}`, {
      body: {
        name: '李小明',
        contacts: [
          { channel: 'webhook', address: 'https://example.org/h' },
          { channel: 'sms', address: '13800000001' },
        ],
      },
    });
    expect(changed.body).toMatchObject({
      name: '李小明',
      roles: ['duty_officer'],
      regionIds: ['lingguan'],
    });
    expect(changed.body.contacts).toEqual([
      {
        id: expect.any(String),
        channel: 'webhook',
        address: 'https://example.org/h',
        verified: false,
      },
      { id: expect.any(String), channel: 'sms', address: '+8613800000001', verified: true },
    ]);
    expect((await call('PATCH', 'people/p-nobody', { body: { name: 'x' } })).status).toBe(404);
    expect((await call('PATCH', `people/${body.id}`, { body: {} })).status).toBe(400);
  });

  it('are reached at public addresses, and in networks that were allowed', async () => {
    const at = (...addresses: string[]) =>
      call('POST', 'people', {
        body: {
          ...li,
          contacts: addresses.map((address) => ({ channel: 'webhook', address })),
        },
      });
    const refused = await at('https://example.org/h', 'http://169.254.169.254/latest/meta-data');
    expect(refused).toMatchObject({
      status: 422,
      body: {
        errors: [
          {
            path: 'contacts[1].address',
            message:
              '169.254.169.254 is a link-local address; if it is meant, add its network to webhook.allow in channels.json',
          },
        ],
      },
    });
    expect((await at('https://10.1.0.1/h')).status).toBe(201);
    expect((await at('https://10.2.0.1/h')).status).toBe(422);
  });

  it('never show the secret of a robot, and keep it when it is sent back hidden', async () => {
    const robot = (secret: string) => ({
      channel: 'dingtalk',
      address: `https://oapi.dingtalk.com/robot/send?access_token=1#${secret}`,
    });
    const created = await call<PersonBody>('POST', 'people', {
      body: { ...li, contacts: [robot('SEC1')] },
    });
    expect(created.body.contacts[0]?.address).toBe(robot('***').address);
    const contacts = created.body.contacts.map(({ channel, address }) => ({ channel, address }));
    const changed = await call<PersonBody>('PATCH', `people/${created.body.id}`, {
      body: { contacts },
    });
    expect(changed.status).toBe(200);
    const { rows } = await database.pool.query(
      'select address from contact_method where person_id = $1',
      [created.body.id],
    );
    expect(rows).toEqual([{ address: robot('SEC1').address }]);
    const unknown = await call('POST', 'people', { body: { ...li, contacts: [robot('***')] } });
    expect(unknown.status).toBe(422);
  });

  it('keep their numbers from viewers and operators', async () => {
    const { body } = await call<PersonBody>('POST', 'people', { body: li });
    const seen = async (token: string) =>
      (await call<PersonBody>('GET', `people/${body.id}`, { token })).body.contacts[0]?.address;
    expect(await seen('viewer')).toBe('+86138****0001');
    expect(await seen('operator')).toBe('+86138****0001');
    expect(await seen('duty_officer')).toBe('+8613800000001');
    expect((await call('POST', 'people', { token: 'dispatcher', body: li })).status).toBe(403);
  });

  it('are shown to those whose regions they concern, above and below', async () => {
    const county = await call<PersonBody>('POST', 'people', {
      body: { ...li, regionIds: ['anren'] },
    });
    const { body } = await call<PersonBody>('POST', 'people', { body: li });
    const ids = async (token: string) => {
      const list = await call<{ items: PersonBody[] }>('GET', 'people?limit=500', { token });
      return list.body.items.map(({ id }) => id);
    };
    expect(await ids('viewer.lingguan')).toEqual(expect.arrayContaining([body.id, county.body.id]));
    expect(await ids('viewer.yongle')).toContain(county.body.id);
    expect(await ids('viewer.yongle')).not.toContain(body.id);
    expect((await call('GET', `people/${body.id}`, { token: 'viewer.yongle' })).status).toBe(404);
    const page = await call<{ items: PersonBody[]; next: string }>(
      'GET',
      'people?limit=1&role=duty_officer',
    );
    const next = await call<{ items: PersonBody[] }>(
      'GET',
      `people?limit=1&cursor=${page.body.next}`,
    );
    expect(next.body.items[0]?.id).not.toBe(page.body.items[0]?.id);
  });
});

describe('shifts', () => {
  const shift = {
    regionId: 'lingguan',
    from: '2026-11-02T08:00:00+08:00',
    to: '2026-11-02T20:00:00+08:00',
  };
  let personId = '';
  beforeAll(async () => {
    personId = (await call<PersonBody>('POST', 'people', { body: li })).body.id;
  });
  afterEach(() => database.pool.query('delete from shift'));

  const list = async (query: string, token = 'admin') => {
    const { body } = await call<{ items: ShiftBody[]; next?: string }>('GET', `shifts?${query}`, {
      token,
    });
    return body;
  };

  it('are made, found by the hour they cover, and taken off again', async () => {
    const { status, body } = await call<ShiftBody>('POST', 'shifts', {
      body: { ...shift, personId },
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      personId,
      personName: '李明',
      from: '2026-11-02T00:00:00.000Z',
      to: '2026-11-02T12:00:00.000Z',
    });
    const at = async (time: string) => (await list(`at=${encodeURIComponent(time)}`)).items.length;
    expect(await at('2026-11-02T07:59:59+08:00')).toBe(0);
    expect(await at('2026-11-02T08:00:00+08:00')).toBe(1);
    expect(await at('2026-11-02T19:59:59+08:00')).toBe(1);
    expect(await at('2026-11-02T20:00:00+08:00')).toBe(0);
    expect(
      (await list('from=2026-11-02T11:00:00Z&to=2026-11-03T00:00:00Z&regionId=lingguan')).items,
    ).toHaveLength(1);
    expect((await list('from=2026-11-02T12:00:00Z')).items).toHaveLength(0);
    expect((await list('from=2026-11-01T00:00:00Z&regionId=yongle')).items).toHaveLength(0);
    expect((await call('DELETE', `shifts/${body.id}`)).status).toBe(204);
    expect((await call('DELETE', `shifts/${body.id}`)).status).toBe(404);
  });

  it('are listed by page', async () => {
    for (let day = 1; day <= 5; day++) {
      const [from, to] = [`2026-12-0${day}T00:00:00Z`, `2026-12-0${day}T12:00:00Z`];
      await call('POST', 'shifts', { body: { ...shift, personId, from, to } });
    }
    const first = await list('from=2026-12-01T00:00:00Z&limit=3');
    const second = await list(
      `from=2026-12-01T00:00:00Z&limit=3&cursor=${encodeURIComponent(first.next ?? '')}`,
    );
    const days = [...first.items, ...second.items].map(({ from }) => from.slice(8, 10));
    expect(days).toEqual(['01', '02', '03', '04', '05']);
    expect(second.next).toBeUndefined();
    expect((await call('GET', 'shifts?cursor=nonsense')).status).toBe(400);
  });

  it('name what is wrong with them', async () => {
    const { status, body } = await call('POST', 'shifts', {
      body: { personId: 'p-nobody', regionId: 'nowhere', from: shift.to, to: shift.from },
    });
    expect(status).toBe(422);
    expect(body.errors.map(({ path }) => path)).toEqual(['to', 'personId', 'regionId']);
    const bad = await call('POST', 'shifts', { body: { ...shift, personId, from: 'tomorrow' } });
    expect(bad.status).toBe(400);
  });

  it('are written by those who run the roster, for the regions they run', async () => {
    const body = { ...shift, personId };
    expect((await call('POST', 'shifts', { token: 'duty_officer', body })).status).toBe(403);
    expect((await call('POST', 'shifts', { token: 'dispatcher.yongle', body })).status).toBe(403);
    expect((await call('POST', 'shifts', { token: 'dispatcher.anren', body })).status).toBe(201);
    const again = await call('POST', 'shifts', { body });
    expect(again).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'from', message: expect.stringContaining('overlaps shift') }] },
    });
    expect((await list('at=2026-11-02T01:00:00Z', 'viewer.lingguan')).items).toHaveLength(1);
    expect((await list('at=2026-11-02T01:00:00Z', 'viewer.yongle')).items).toHaveLength(0);
  });
});
