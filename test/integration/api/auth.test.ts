import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAuth, ensureAdmin } from '../../../src/api/index.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import {
  ADMIN_PASSWORD,
  givenAccount,
  startTestApi,
  type TestApi,
  type TestApiOptions,
} from './api-harness.ts';

let database: TestDatabase;
const stops: (() => Promise<void>)[] = [];

const start = async (options: TestApiOptions = {}): Promise<TestApi> => {
  const api = await startTestApi(database, options);
  stops.push(() => api.stop());
  return api;
};

const post = (api: TestApi, path: string, body: unknown, token?: string): Promise<Response> =>
  fetch(`${api.url}/api/v1/${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });

const me = (api: TestApi, token: string): Promise<Response> =>
  fetch(`${api.url}/api/v1/auth/me`, { headers: { authorization: `Bearer ${token}` } });

beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
afterAll(() => database.drop());

describe('log in', () => {
  it('gives a token for 12 hours that says who one is', async () => {
    const api = await start();
    const before = Date.now();
    const response = await post(api, 'auth/login', { username: 'admin', password: ADMIN_PASSWORD });
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { token, expiresAt } = (await response.json()) as { token: string; expiresAt: string };
    expect(Date.parse(expiresAt) - before).toBeGreaterThan(12 * 3_600_000 - 10_000);
    const answer = await me(api, token);
    expect(await answer.json()).toEqual({
      username: 'admin',
      personId: null,
      roles: ['admin'],
      regionIds: [],
    });
  });

  it('answers an unknown user, a wrong password and a disabled account the same', async () => {
    await givenAccount(database, 'gone', { password: 'long enough' });
    await database.pool.query(`update account set disabled_at = now() where username = 'gone'`);
    const api = await start();
    const answers = await Promise.all(
      [
        { username: 'admin', password: 'wrong' },
        { username: 'nobody', password: 'wrong' },
        { username: 'gone', password: 'long enough' },
        { username: 'no\u0000body', password: 'wrong' },
      ].map(async (body) => {
        const response = await post(api, 'auth/login', body);
        const { instance: _, ...problem } = (await response.json()) as { instance: string };
        return { status: response.status, problem };
      }),
    );
    expect(answers[0]?.status).toBe(401);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('limits attempts per user name and address, and says when to try again', async () => {
    const api = await start({ limits: { loginPerAccount: 10 } });
    const attempt = (username: string) => post(api, 'auth/login', { username, password: 'guess' });
    const statuses: number[] = [];
    for (let i = 0; i < 12; i += 1) statuses.push((await attempt('victim')).status);
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429, 429]);
    const limited = await attempt('victim');
    expect(limited.headers.get('content-type')).toBe('application/problem+json');
    const retryAfterS = Number(limited.headers.get('retry-after'));
    expect(retryAfterS).toBeGreaterThan(0);
    expect(retryAfterS).toBeLessThanOrEqual(60);
    expect((await attempt('another')).status).toBe(401);
  });

  it('limits attempts per address over all names', async () => {
    const api = await start({ limits: { loginPerAddress: 3 } });
    const statuses: number[] = [];
    for (const username of ['a', 'b', 'c', 'd']) {
      statuses.push((await post(api, 'auth/login', { username, password: 'guess' })).status);
    }
    expect(statuses).toEqual([401, 401, 401, 429]);
  });
});

describe('tokens', () => {
  it('end with the account within 10 s, and roles count as they are now', async () => {
    await givenAccount(database, 'mover', { password: 'long enough', roles: ['viewer'] });
    let nowMs = Date.now();
    const api = await start({ clock: { now: () => new Date(nowMs) } });
    const token = await api.login('mover', 'long enough');
    await database.pool.query(`update account set roles = '{dispatcher}' where username = 'mover'`);
    nowMs += 10_001;
    expect(await (await me(api, token)).json()).toMatchObject({ roles: ['dispatcher'] });
    await database.pool.query(`update account set disabled_at = now() where username = 'mover'`);
    nowMs += 10_001;
    expect((await me(api, token)).status).toBe(401);
  });

  it('carry the regions of the account’s person', async () => {
    const { pool } = database;
    await pool.query(
      `insert into person (id, name, roles, locale) values ('p-1', '李', '{dispatcher}', 'zh-CN')`,
    );
    await pool.query(`insert into person_region (person_id, region_id) values ('p-1', 'default')`);
    await givenAccount(database, 'li', { password: 'long enough', roles: ['dispatcher'] });
    await pool.query(`update account set person_id = 'p-1' where username = 'li'`);
    const api = await start();
    const answer = await me(api, await api.login('li', 'long enough'));
    expect(await answer.json()).toMatchObject({ personId: 'p-1', regionIds: ['default'] });
  });

  it('expire', async () => {
    let nowMs = Date.now();
    const api = await start({ clock: { now: () => new Date(nowMs) } });
    const token = await api.login();
    nowMs += 12 * 3_600_000 + 6_000;
    const answer = await me(api, token);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ detail: 'The token has expired; log in again' });
  });

  it('of one process are good in another, with the key from the database', async () => {
    const [one, two] = [await start(), await start()];
    expect((await me(two, await one.login())).status).toBe(200);
    const other = await start({ jwtSecret: 'x'.repeat(32) });
    expect((await me(other, await one.login())).status).toBe(401);
  });

  it('get one key when many processes start at once', async () => {
    const fresh = await createTestDatabase();
    const options = { pool: fresh.pool, jwtSecret: undefined, jwksUrl: undefined };
    await Promise.all(Array.from({ length: 6 }, () => createAuth(options)));
    const { rowCount } = await fresh.pool.query(
      `select 1 from app_setting where key = 'jwt_secret'`,
    );
    expect(rowCount).toBe(1);
    await fresh.drop();
  });
});

describe('change the password', () => {
  it('ends every other token of the account and gives a new one', async () => {
    await givenAccount(database, 'changer', { password: 'old password' });
    const api = await start();
    const [stolen, own] = [
      await api.login('changer', 'old password'),
      await api.login('changer', 'old password'),
    ];
    const body = { current: 'old password', next: 'new password' };
    const wrong = await post(api, 'auth/password', { ...body, current: 'no' }, own);
    expect(wrong.status).toBe(400);
    const short = await post(api, 'auth/password', { ...body, next: 'short' }, own);
    expect(short.status).toBe(400);
    const changed = await post(api, 'auth/password', body, own);
    expect(changed.status).toBe(200);
    const { token } = (await changed.json()) as { token: string };
    expect((await me(api, token)).status).toBe(200);
    expect((await me(api, stolen)).status).toBe(401);
    const again = { username: 'changer', password: 'old password' };
    expect((await post(api, 'auth/login', again)).status).toBe(401);
  });
});

describe('the first account', () => {
  it('is made once by processes that start together, and its password printed once', async () => {
    const fresh = await createTestDatabase();
    const printed: string[] = [];
    const print = (line: string) => void printed.push(line);
    const options = { password: undefined, print };
    await Promise.all(Array.from({ length: 4 }, () => ensureAdmin(fresh.pool, options)));
    await ensureAdmin(fresh.pool, options);
    expect(printed).toHaveLength(1);
    const password = /password "([^"]+)"/.exec(printed[0] ?? '')?.[1] ?? '';
    expect(password.length).toBeGreaterThanOrEqual(16);
    const api = await startTestApi(fresh);
    expect((await me(api, await api.login('admin', password))).status).toBe(200);
    await api.stop();
    await fresh.drop();
  });

  it('keeps its password when ADMIN_PASSWORD changes later', async () => {
    const api = await start();
    const print = () => undefined;
    await ensureAdmin(database.pool, { password: 'another password', print });
    expect((await me(api, await api.login())).status).toBe(200);
  });
});
