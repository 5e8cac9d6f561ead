import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSendCode } from '../../../src/notify/index.ts';
import { contactRoutes, personRoutes } from '../../../src/people/index.ts';
import { createRegionLookup } from '../../../src/people/region-index.ts';
import { AppError } from '../../../src/shared/app-error.ts';
import { ACCESS_ROLES, type App, type User } from '../../../src/shared/http.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createTestApp } from '../../unit/api/test-app.ts';

type Contact = {
  id: string;
  channel: string;
  address: string;
  verified: boolean;
  disabledReason?: string;
};
type Body = {
  id: string;
  contacts: Contact[];
  reachable: boolean;
  warnings: { path: string }[];
  detail: string;
  errors: { path: string; message: string }[];
  items: Body[];
};

let database: TestDatabase;
let app: App;
let now = new Date('2026-11-02T06:00:00Z');
const clock = { now: () => now };
const advance = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1000);
};

/** The token is a role, or `role p-…` for that person. */
const users = {
  async authenticate(token: string): Promise<User> {
    const [name, personId = null] = token.split('~');
    const role = ACCESS_ROLES.find((known) => known === name);
    if (role === undefined) throw new AppError('unauthorized', 'no token');
    return { username: token, personId, roles: [role], regionIds: [] };
  },
};

const call = async (method: 'GET' | 'POST', path: string, token = 'admin', body?: unknown) => {
  const response = await app.inject({
    method,
    url: `/api/v1/${path}`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  return { status: response.statusCode, body: response.json<Body>() };
};
const person = async (contacts: unknown[]) =>
  (await call('POST', 'people', 'admin', { name: '李明', roles: [], regionIds: [], contacts }))
    .body;

/** The codes as they go out, newest first. */
const codes = async (personId: string) => {
  const { rows } = await database.pool.query<{
    text: string;
    channel: string;
    address: string;
    status: string;
  }>(
    `select text, channel, address, status from notification
     where kind = 'verification' and person_id = $1 order by id desc`,
    [personId],
  );
  return rows;
};
const codeOf = (text: string | undefined): string =>
  /验证码(\d{6})/.exec(text ?? '')?.[1] ?? 'none';
const wrongCode = (code: string): string => (code === '000000' ? '000001' : '000000');

beforeAll(async () => {
  database = await createTestDatabase();
  const { pool } = database;
  const sendCode = createSendCode({ smsSignature: '【烽燧】', timeZone: 'Asia/Shanghai' });
  app = await createTestApp({
    auth: users,
    limits: { perAddress: 100_000 },
    routes: [
      personRoutes({ pool, regions: createRegionLookup([]), defaultLocale: 'zh-CN' }),
      contactRoutes({ pool, clock, sendCode, allow: [] }),
    ],
  });
});
afterAll(async () => {
  await app?.close();
  await database?.drop();
});

describe('a contact', () => {
  let li: Body;
  let sms: Contact;
  const at = (path = '') => `people/${li.id}/contacts/${sms.id}${path}`;
  const send = (token?: string) => call('POST', at('/verification'), token);
  const confirm = (code: string, token?: string) =>
    call('POST', at('/verification/confirm'), token, { code });

  beforeEach(async () => {
    li = await person([{ channel: 'sms', address: '13800000001' }]);
    const [first] = li.contacts;
    if (first === undefined) throw new Error('no contact');
    sms = first;
    advance(7200);
  });

  it('is verified by the code that was sent to it', async () => {
    expect(li).toMatchObject({ reachable: true, warnings: [{ path: 'contacts[0]' }] });
    const sent = await send(`viewer~${li.id}`);
    expect(sent).toMatchObject({
      status: 202,
      body: { contactId: sms.id, expiresAt: new Date(now.getTime() + 600_000).toISOString() },
    });
    const [message] = await codes(li.id);
    expect(message).toMatchObject({ channel: 'sms', address: '+8613800000001', status: 'queued' });
    expect(message?.text).toMatch(/^【烽燧】验证码\d{6}，\d\d:\d\d前有效/);
    const code = codeOf(message?.text);
    expect(await confirm(wrongCode(code))).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'code', message: 'is not the code that was sent' }] },
    });
    const done = await confirm(` ${code}`, `viewer~${li.id}`);
    expect(done).toMatchObject({
      status: 200,
      body: { contacts: [{ verified: true }], warnings: [] },
    });
    expect((await confirm(code)).status).toBe(422);
    expect((await send()).status).toBe(409);
  });

  it('keeps no code in the clear, and takes the last one only', async () => {
    await send();
    const first = codeOf((await codes(li.id))[0]?.text);
    advance(61);
    await send();
    const [second, before] = await codes(li.id);
    expect(before).toMatchObject({ status: 'cancelled' });
    expect(before?.text).not.toContain(first);
    const { rows } = await database.pool.query<{ code_hash: string }>(
      'select code_hash from contact_verification where contact_id = $1',
      [sms.id],
    );
    expect(rows.map(({ code_hash }) => code_hash.slice(0, 7))).toEqual(['scrypt$', 'scrypt$']);
    const code = codeOf(second?.text);
    // One in a million times the two are the same.
    const ofFirst = first === code ? 422 : (await confirm(first)).status;
    expect([ofFirst, (await confirm(code)).status]).toEqual([422, 200]);
  });

  it('takes no code after ten minutes', async () => {
    await send();
    const code = codeOf((await codes(li.id))[0]?.text);
    advance(600);
    expect(await confirm(code)).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'code', message: 'has expired; ask for a new one' }] },
    });
  });

  it('takes no code after five tries', async () => {
    await send();
    const code = codeOf((await codes(li.id))[0]?.text);
    for (let n = 0; n < 5; n++) await confirm(wrongCode(code));
    expect(await confirm(code)).toMatchObject({
      status: 422,
      body: { errors: [{ message: 'was tried too often; ask for a new one' }] },
    });
  });

  it('is not sent codes without end', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 6; n++) {
      statuses.push((await send()).status, (await send()).status);
      advance(60);
    }
    expect(statuses).toEqual([202, 429, 202, 429, 202, 429, 202, 429, 202, 429, 429, 429]);
    expect((await send()).body.detail).toBe(
      '5 codes were sent within an hour; ask for another later',
    );
    advance(3600);
    expect((await send()).status).toBe(202);
  });

  it('is for an admin and for whose it is', async () => {
    for (const token of ['duty_officer', 'viewer~p-22222222']) {
      for (const path of ['/verification', '/disable', '/enable']) {
        expect((await call('POST', at(path), token)).status).toBe(403);
      }
      expect((await confirm('000000', token)).status).toBe(403);
    }
    const path = `people/${li.id}/contacts/none/verification`;
    expect((await call('POST', path)).status).toBe(404);
  });

  it('can be added by whose it is, but not vouched for', async () => {
    const own = `viewer~${li.id}`;
    const add = (body: unknown, token = own) =>
      call('POST', `people/${li.id}/contacts`, token, body);
    expect(
      await add({ channel: 'email', address: 'li@example.org', verified: true }),
    ).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'verified' }] },
    });
    expect(await add({ channel: 'webhook', address: 'https://example.org/' })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'channel' }] },
    });
    expect(await add({ channel: 'sms', address: '12345' })).toMatchObject({
      status: 422,
      body: {
        errors: [{ path: 'address', message: expect.stringContaining('not a phone number') }],
      },
    });
    const added = await add({ channel: 'email', address: 'li@example.org' });
    expect(added).toMatchObject({
      status: 201,
      body: { contacts: [{ channel: 'sms' }, { channel: 'email', verified: false }] },
    });
    expect((await add({ channel: 'email', address: 'li@example.org' })).status).toBe(409);
    const verified = await add({ channel: 'sms', address: '13800000009', verified: true }, 'admin');
    expect(verified.body.warnings.map(({ path }) => path)).toEqual(['contacts[0]', 'contacts[1]']);
  });

  it('is disabled and enabled, and who cannot be told is listed', async () => {
    const off = await call('POST', at('/disable'), `viewer~${li.id}`);
    expect(off.body).toMatchObject({
      reachable: false,
      warnings: [{ path: 'contacts' }],
      contacts: [{ disabledReason: 'self', disabledAt: now.toISOString() }],
    });
    expect((await send()).status).toBe(409);
    const listed = await call('GET', 'people?reachable=false');
    expect(listed.body.items.map(({ id }) => id)).toContain(li.id);
    const on = await call('POST', at('/enable'));
    expect(on.body).toMatchObject({ reachable: true });
    expect(on.body.contacts[0]).not.toHaveProperty('disabledReason');
    const after = await call('GET', 'people?reachable=false');
    expect(after.body.items.map(({ id }) => id)).not.toContain(li.id);
  });
});
