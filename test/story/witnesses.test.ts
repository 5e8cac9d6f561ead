import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toGcj02 } from '../../src/shared/gcj02.ts';
import { geodesicInverse, type LonLat } from '../../src/shared/geo.ts';
import type { TakenReport } from '../../src/witnesses/take-report.ts';
import { givenCounty, givenDutyOfficer } from '../support/duty.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { type Smsc, startSmsc } from '../support/smsc.ts';

type Problem = { errors: { path: string; message: string }[] };
type Report = {
  id: string;
  text: string;
  phone: string | null;
  personId: string | null;
  imageId: string | null;
};

const PHONE = '+8613800000001';
const RANGER_PHONE = '+8613800000007';
/** The first bytes of a JPEG are all that is looked at before it is kept. */
const JPEG = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(2_000, 7)]);

let smsc: Smsc;
let town: TestService;
let adminToken: string;
let rangerId: string;

const report = (body: object, token?: string) =>
  town.call<TakenReport & Problem>('POST', 'reports', body, token);
const incidentOf = async (id: string) =>
  (
    await town.call<{
      status: string;
      fix: { lon: number; lat: number; ellipse: { semiMajorM: number } };
    }>('GET', `incidents/${id}`)
  ).body;
const reportsOf = async (id: string, token?: string): Promise<Report[]> =>
  (await town.call<{ items: Report[] }>('GET', `incidents/${id}/reports`, undefined, token)).body
    .items;
const PASSWORD = 'correct-horse-battery';
const givenLogin = async (username: string, role: string, contacts: object[] = []) => {
  const person = {
    name: username,
    roles: [role],
    regionIds: [],
    contacts,
    username,
    password: PASSWORD,
  };
  const { status, body } = await town.call<{ id: string }>('POST', 'people', person);
  expect(status).toBe(201);
  return body.id;
};
const tokenOf = (username: string): Promise<string> => town.logIn(username, PASSWORD);
const sendForm = async (
  fields: Record<string, string | Blob>,
): Promise<{ status: number; body: TakenReport }> => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  const response = await fetch(`${town.service.httpUrl()}/api/v1/reports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}` },
    body: form,
  });
  return { status: response.status, body: (await response.json()) as TakenReport };
};

beforeAll(async () => {
  smsc = await startSmsc({ autoReceipt: 'DELIVRD' });
  town = await startTestService({ SMPP_URL: smsc.url });
  await givenDutyOfficer(town, PHONE);
  await givenCounty(town);
  adminToken = await tokenOf('admin');
  await givenLogin('viewer', 'viewer');
  rangerId = await givenLogin('ranger', 'operator', [
    { channel: 'sms', address: RANGER_PHONE, verified: true },
  ]);
});

afterAll(async () => {
  await town?.stop();
  await smsc?.stop();
});

describe('a caller who names a village', () => {
  let first: TakenReport;

  it('rings the duty officer’s phone with a fix as large as the village', async () => {
    const taken = await report({
      source: 'caller',
      text: '后山冒烟',
      phone: '0735-5220119',
      village: '龙溪村',
    });
    expect(taken.status).toBe(201);
    first = taken.body;
    expect(first).toMatchObject({ opened: true, duplicate: false });
    const sms = await smsc.waitForSms((m) => m.text.includes(first.number), 20_000);
    expect(sms.to).toBe(PHONE.slice(1));
    const { fix } = await incidentOf(first.incidentId);
    expect([fix.lon, fix.lat]).toEqual([expect.closeTo(113.22, 3), expect.closeTo(26.715, 3)]);
    expect(fix.ellipse.semiMajorM).toBeGreaterThan(1_500);
  });

  it('stands in the incident with words and number, which not everybody sees whole', async () => {
    expect(await reportsOf(first.incidentId)).toMatchObject([
      {
        id: first.reportId,
        text: '后山冒烟',
        phone: '+867355220119',
        personId: null,
        imageId: null,
      },
    ]);
    const viewer = await tokenOf('viewer');
    expect((await reportsOf(first.incidentId, viewer))[0]?.phone).toBe('+8673****0119');
    expect((await report({ source: 'caller', village: '龙溪村' }, viewer)).status).toBe(403);
  });

  it('is joined by the next caller from there, whose dismissal would not swallow a third', async () => {
    const second = await report({
      source: 'caller',
      text: '看到火了',
      kind: 'flame',
      regionId: 'longxi',
    });
    expect(second.body).toMatchObject({ incidentId: first.incidentId, opened: false });
    const acted = await town.call('POST', `incidents/${first.incidentId}/dismiss`, {
      reason: 'a barbecue',
    });
    expect(acted.status).toBe(200);
    const third = await report({ source: 'caller', text: '还在烧', village: '龙溪村' });
    expect(third.body.opened).toBe(true);
    expect(third.body.incidentId).not.toBe(first.incidentId);
  });

  it('who taps twice has reported once', async () => {
    const body = { id: randomUUID(), source: 'caller', text: '一次', lon: 113.4, lat: 26.9 };
    const both = await Promise.all([report(body), report(body)]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 201]);
    expect(both[0].body.incidentId).toBe(both[1].body.incidentId);
    expect(both[0].body.number).toBe(both[1].body.number);
    expect(await reportsOf(both[0].body.incidentId)).toHaveLength(1);
  });
});

describe('a ranger', () => {
  it('with a position off a Chinese map and a photo, by form', async () => {
    const fire: LonLat = [113.1, 26.6];
    const [lon, lat] = toGcj02(fire);
    const { status, body } = await sendForm({
      source: 'ranger',
      text: '山脊上明火',
      kind: 'flame',
      lon: lon.toFixed(6),
      lat: lat.toFixed(6),
      datum: 'gcj02',
      positionRadiusM: '150',
      phone: '138 0000 0007',
      photo: new Blob([JPEG], { type: 'image/jpeg' }),
    });
    expect(status).toBe(201);
    expect(body.photoProblem).toBeUndefined();
    const { fix } = await incidentOf(body.incidentId);
    expect(geodesicInverse([fix.lon, fix.lat], fire).distanceM).toBeLessThan(1);
    expect(fix.ellipse.semiMajorM).toBe(150);
    const [kept] = await reportsOf(body.incidentId);
    expect(kept).toMatchObject({ personId: rangerId, phone: RANGER_PHONE, text: '山脊上明火' });
    const { rows } = await town.database.pool.query(
      'select image_id from detection_image where detection_id = $1',
      [body.detectionId],
    );
    expect(rows).toEqual([{ image_id: kept?.imageId }]);
  });

  it('whose photo is none has reported all the same', async () => {
    const { status, body } = await sendForm({
      source: 'ranger',
      lon: '113.35',
      lat: '26.55',
      photo: new Blob(['no picture']),
    });
    expect(status).toBe(201);
    expect(body.photoProblem).toContain('neither JPEG, PNG nor WebP');
    expect(body.opened).toBe(true);
  });

  it('who has logged in is known without a number', async () => {
    const token = await tokenOf('ranger');
    const { body } = await report({ source: 'ranger', lon: 113.05, lat: 26.95 }, token);
    expect(await reportsOf(body.incidentId)).toMatchObject([{ personId: rangerId, phone: null }]);
  });
});

it.each([
  [{}, 'lon'],
  [{ lon: 113.2 }, 'lon'],
  [{ village: '无此村' }, 'village'],
  [{ regionId: 'nowhere' }, 'regionId'],
  [{ lon: 113.2, lat: 26.7, observedAt: '2020-01-01T00:00:00Z' }, 'observedAt'],
])('what cannot be placed in space or time is refused by its field: %j', async (where, path) => {
  const before = (await town.call<{ items: unknown[] }>('GET', 'incidents')).body.items.length;
  const { status, body } = await report({ source: 'caller', ...where });
  expect(status).toBe(422);
  expect(body.errors.map((error) => error.path)).toEqual([path]);
  expect((await town.call<{ items: unknown[] }>('GET', 'incidents')).body.items).toHaveLength(
    before,
  );
});
