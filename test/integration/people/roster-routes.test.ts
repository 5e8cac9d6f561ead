import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readDuty } from '../../../src/people/index.ts';
import { type DutyHarness, startDuty } from './duty-harness.ts';

type Roster = { id: string; rotation: string[][]; warnings: { path: string }[] };
type Page<T> = { items: T[]; next?: string };
type Duty = {
  regionId: string;
  people: { name: string; source: string; until: string; reachable: boolean; insteadOf?: string }[];
  coveredBy?: { level: string; regionId?: string; people: { name: string }[] };
};

let duty: DutyHarness;
let li = '';
let wang = '';
let zhao = '';
let mute = '';
let boss = '';

beforeAll(async () => {
  duty = await startDuty();
  li = await duty.givenOfficer('李明', { phone: '13800000001' });
  wang = await duty.givenOfficer('王强', { phone: '13800000002' });
  zhao = await duty.givenOfficer('赵', { phone: '13800000003', regionIds: ['yongle'] });
  boss = await duty.givenOfficer('局长', { phone: '13800000004', regionIds: ['anren'] });
  mute = await duty.givenOfficer('无号');
});
afterAll(() => duty.stop());
afterEach(() =>
  duty.database.pool.query(
    'delete from roster; delete from duty_override; delete from person_leave; delete from shift',
  ),
);

const roster = (options: Record<string, unknown> = {}) => ({
  regionId: 'lingguan',
  name: '值班',
  rotation: [[li], [wang]],
  handover: '08:00',
  startsOn: '2026-11-01',
  ...options,
});

const onDuty = async (at: string, regionId = 'lingguan') => {
  const query = `at=${encodeURIComponent(at)}&regionId=${regionId}`;
  const { body } = await duty.call<Page<Duty>>('GET', `duty?${query}`);
  return body.items[0];
};
const names = async (at: string, regionId = 'lingguan') =>
  (await onDuty(at, regionId))?.people.map(({ name }) => name);
const ORDER = ['李明', '王强', '赵', '局长', '无号'];
const inOrder = (given: string[]): string[] => ORDER.filter((name) => given.includes(name));
/** Whom an incident's alert goes to. */
const alerted = async (at: string, regionId = 'lingguan') => {
  const { regions, database } = duty;
  const found = await readDuty(database.pool, regions.chain(regionId), new Date(at));
  return found.kind === 'nobody'
    ? []
    : [found.kind, ...inOrder(found.people.map(({ name }) => name))];
};

describe('rosters', () => {
  it('are made with defaults, read, changed, listed and deleted', async () => {
    const made = await duty.call<Roster>('POST', 'rosters', { body: roster() });
    expect(made).toMatchObject({
      status: 201,
      body: { timeZone: 'Asia/Shanghai', daysPerTurn: 1, endsOn: null, warnings: [] },
    });
    const { id } = made.body;
    const rotation = [[wang], [li, mute]];
    const body = { rotation, daysPerTurn: 7, endsOn: '2027-05-01', timeZone: 'Europe/Berlin' };
    const changed = await duty.call<Roster>('PATCH', `rosters/${id}`, { body });
    expect(changed.body).toMatchObject(body);
    expect(changed.body.warnings).toMatchObject([{ path: 'rotation[1][1]' }]);
    expect((await duty.call('GET', `rosters/${id}`)).body).toEqual(changed.body);
    await duty.given('rosters', roster({ name: '备班', regionId: 'anren' }));
    const list = async (query: string, token = 'admin') =>
      (await duty.call<Page<Roster>>('GET', `rosters?${query}`, { token })).body;
    expect((await list('')).items.map((item) => item.id)).toHaveLength(2);
    expect((await list('regionId=lingguan')).items.map((item) => item.id)).toEqual([id]);
    const first = await list('limit=1');
    expect((await list(`limit=1&cursor=${first.next}`)).items).toHaveLength(1);
    expect((await list('', 'viewer.yongle')).items).toMatchObject([{ regionId: 'anren' }]);
    expect((await duty.call('DELETE', `rosters/${id}`)).status).toBe(204);
    expect((await duty.call('GET', `rosters/${id}`)).status).toBe(404);
    expect((await duty.call('DELETE', `rosters/${id}`)).status).toBe(404);
  });

  it('are refused with every wrong field named', async () => {
    const body = roster({
      regionId: 'nowhere',
      timeZone: 'Asia/Anren',
      rotation: [[], ['p-nobody']],
      handover: '8',
      startsOn: 'soon',
    });
    const { status, body: problem } = await duty.call('POST', 'rosters', { body });
    expect(status).toBe(422);
    expect(problem.errors.map(({ path }) => path)).toEqual([
      'regionId',
      'timeZone',
      'handover',
      'startsOn',
      'rotation[0]',
      'rotation[1][0]',
    ]);
    await duty.given('rosters', roster());
    const twin = await duty.call('POST', 'rosters', { body: roster() });
    expect(twin).toMatchObject({ status: 409, body: { errors: [{ path: 'name' }] } });
    const overlap = await duty.call('POST', 'rosters', { body: roster({ name: 'other' }) });
    expect(overlap).toMatchObject({
      status: 422,
      body: { errors: [{ path: expect.stringMatching(/^rotation\[\d\]\[\d\]$/) }, {}] },
    });
    const chen = await duty.givenOfficer('陈晨', { phone: '13800000077', roles: ['viewer'] });
    const id = await duty.given('rosters', roster({ name: 'other', rotation: [[chen]] }));
    const renamed = await duty.call('PATCH', `rosters/${id}`, { body: { name: '值班' } });
    expect(renamed.status).toBe(409);
    const emptied = await duty.call('PATCH', `rosters/${id}`, { body: { rotation: [] } });
    expect(emptied).toMatchObject({ status: 422, body: { errors: [{ path: 'rotation' }] } });
    expect((await duty.call('POST', 'rosters', { body: { ...roster(), hours: 8 } })).status).toBe(
      400,
    );
  });

  it('are edited by officers of the region and admins, read by all', async () => {
    const as = (token: string) => duty.call<Roster>('POST', 'rosters', { token, body: roster() });
    expect((await as('viewer')).status).toBe(403);
    expect((await as('operator.lingguan')).status).toBe(403);
    expect((await as('duty_officer.yongle')).status).toBe(403);
    const { status, body } = await as('duty_officer.lingguan');
    expect(status).toBe(201);
    const other = { token: 'duty_officer.yongle', body: { name: 'x' } };
    expect((await duty.call('PATCH', `rosters/${body.id}`, other)).status).toBe(403);
    expect((await duty.call('DELETE', `rosters/${body.id}`, other)).status).toBe(403);
    expect((await duty.call('GET', `rosters/${body.id}`, other)).status).toBe(404);
    const reader = { token: 'viewer.lingguan' };
    expect((await duty.call('GET', `rosters/${body.id}`, reader)).status).toBe(200);
  });
});

describe('who is on duty', () => {
  it('follows the rotation, hands over at the minute and says until when', async () => {
    await duty.given('rosters', roster());
    expect(await names('2026-11-02T07:59:59+08:00')).toEqual(['李明']);
    expect(await onDuty('2026-11-02T08:00:00+08:00')).toEqual({
      regionId: 'lingguan',
      regionName: 'lingguan 区',
      people: [
        {
          personId: wang,
          name: '王强',
          source: 'roster',
          rosterId: expect.any(String),
          until: '2026-11-03T00:00:00.000Z',
          reachable: true,
          channels: [{ channel: 'sms', proven: false }],
        },
      ],
    });
    expect(await alerted('2026-11-02T08:00:00+08:00')).toEqual(['on_duty', '王强']);
    expect(await alerted('2026-10-31T08:00:00+08:00')).toEqual([
      'responsible',
      '李明',
      '王强',
      '局长',
    ]);
  });

  it('adds layers, shifts and the regions above', async () => {
    await duty.given('rosters', roster());
    await duty.given('rosters', roster({ name: '二线', rotation: [[zhao]] }));
    await duty.given('rosters', roster({ regionId: 'anren', rotation: [[boss]] }));
    const [from, to] = ['2026-11-02T00:00:00Z', '2026-11-02T12:00:00Z'];
    await duty.given('shifts', { personId: mute, regionId: 'lingguan', from, to });
    const there = await onDuty('2026-11-02T01:00:00Z');
    const sources = Object.fromEntries(there?.people.map((p) => [p.name, p.source]) ?? []);
    expect(sources).toEqual({ 无号: 'shift', 王强: 'roster', 赵: 'roster' });
    expect(await alerted('2026-11-02T01:00:00Z')).toEqual(['on_duty', '王强', '赵', '局长']);
  });

  it('falls through to those above when nobody here can be told', async () => {
    await duty.given('rosters', roster({ rotation: [[mute]] }));
    const at = '2026-11-02T01:00:00Z';
    expect(await onDuty(at)).toMatchObject({
      people: [{ name: '无号', reachable: false, channels: [] }],
      coveredBy: { level: 'responsible' },
    });
    await duty.given('rosters', roster({ regionId: 'anren', rotation: [[boss]] }));
    expect(await onDuty(at)).toMatchObject({
      coveredBy: { level: 'on_duty', regionId: 'anren', people: [{ name: '局长' }] },
    });
    expect(await onDuty(at, 'default')).toMatchObject({
      people: [],
      coveredBy: { level: 'any_duty_officer' },
    });
  });

  it('is told for every region one sees, by page', async () => {
    const list = async (query: string, token = 'admin') => {
      const { body } = await duty.call<Page<Duty>>('GET', `duty?${query}`, { token });
      return { ids: body.items.map(({ regionId }) => regionId), next: body.next };
    };
    expect((await list('')).ids).toEqual(['anren', 'default', 'lingguan', 'yongle']);
    expect((await list('', 'viewer.yongle')).ids).toEqual(['anren', 'default', 'yongle']);
    const first = await list('limit=3');
    expect((await list(`limit=3&cursor=${first.next}`)).ids).toEqual(['yongle']);
    await duty.given('rosters', roster({ startsOn: '2026-10-01', endsOn: '2026-10-05' }));
    await duty.given('rosters', roster({ regionId: 'yongle', rotation: [[mute]] }));
    const rostered = (at: string, query = '') => list(`rostered=true&at=${at}T01:00:00Z${query}`);
    expect((await rostered('2026-11-02')).ids).toEqual(['lingguan', 'yongle']);
    const firstRostered = await rostered('2026-11-02', '&limit=1');
    expect(firstRostered).toEqual({ ids: ['lingguan'], next: 'lingguan' });
    expect((await rostered('2026-11-02', '&limit=1&cursor=lingguan')).ids).toEqual(['yongle']);
    // Not before it begins, nor for ever after it has ended.
    expect((await rostered('2026-10-31')).ids).toEqual(['lingguan']);
    expect((await rostered('2026-11-06')).ids).toEqual(['yongle']);
    const hidden = { token: 'viewer.yongle' };
    expect((await duty.call('GET', 'duty?regionId=lingguan', hidden)).status).toBe(404);
    expect((await duty.call('GET', 'duty?at=now')).status).toBe(400);
  });
});

describe('overrides and leave', () => {
  const during = (from: string, to: string) => ({
    from: `2026-11-02T${from}:00+08:00`,
    to: `2026-11-02T${to}:00+08:00`,
  });
  const override = (options: Record<string, unknown> = {}) => ({
    regionId: 'lingguan',
    personId: zhao,
    insteadOf: wang,
    ...during('10:00', '14:00'),
    ...options,
  });

  it('put one person in the place of another, and take it back', async () => {
    await duty.given('rosters', roster());
    const made = await duty.call<{ id: string }>('POST', 'duty/overrides', {
      token: 'duty_officer.lingguan',
      body: override({ reason: '开会' }),
    });
    expect(made).toMatchObject({ status: 201, body: { reason: '开会', warnings: [] } });
    expect(await onDuty('2026-11-02T12:00:00+08:00')).toMatchObject({
      people: [
        { name: '赵', source: 'override', insteadOf: wang, until: '2026-11-02T06:00:00.000Z' },
      ],
    });
    expect(await alerted('2026-11-02T12:00:00+08:00')).toEqual(['on_duty', '赵']);
    // Until the override, not until the handover.
    expect(await onDuty('2026-11-02T09:00:00+08:00')).toMatchObject({
      people: [{ name: '王强', until: '2026-11-02T02:00:00.000Z' }],
    });
    const other = { token: 'duty_officer.yongle' };
    expect((await duty.call('DELETE', `duty/overrides/${made.body.id}`, other)).status).toBe(403);
    const list = await duty.call<Page<unknown>>('GET', 'duty/overrides', { token: 'viewer' });
    expect(list.body.items).toHaveLength(1);
    expect((await duty.call<Page<unknown>>('GET', 'duty/overrides', other)).body.items).toEqual([]);
    expect((await duty.call('DELETE', `duty/overrides/${made.body.id}`)).status).toBe(204);
    expect(await names('2026-11-02T12:00:00+08:00')).toEqual(['王强']);
    expect((await duty.call('DELETE', `duty/overrides/${made.body.id}`)).status).toBe(404);
  });

  it('are refused with every wrong field named, and warned of when they come to nothing', async () => {
    const post = (body: unknown) =>
      duty.call<{ errors: { path: string; message: string }[]; warnings: { path: string }[] }>(
        'POST',
        'duty/overrides',
        { body },
      );
    const wrong = override({
      regionId: 'nowhere',
      personId: 'p-x',
      insteadOf: 'p-x',
      ...during('14:00', '10:00'),
    });
    expect((await post(wrong)).body.errors.map(({ path }) => path)).toEqual([
      'regionId',
      'personId',
      'insteadOf',
      'insteadOf',
      'to',
    ]);
    const idle = await post(override({ personId: mute }));
    expect(idle.status).toBe(201);
    expect(idle.body.warnings.map(({ path }) => path)).toEqual(['personId', 'insteadOf']);
    const twin = await post(override({ personId: li, ...during('13:59', '15:00') }));
    expect(twin.status).toBe(422);
    expect(twin.body.errors).toMatchObject([
      { path: 'from', message: expect.stringContaining('overlaps override') },
    ]);
    expect((await post(override({ personId: li, ...during('14:00', '15:00') }))).status).toBe(201);
    const racing = await Promise.all(
      [1, 2, 3].map(() => post(override({ ...during('20:00', '21:00') }))),
    );
    expect(racing.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(racing.filter(({ status }) => status === 422)).toHaveLength(2);
  });

  it('take a person on leave off duty, to the stand-in or the level above', async () => {
    await duty.given('rosters', roster());
    await duty.given('rosters', roster({ regionId: 'anren', rotation: [[boss]] }));
    const body = { personId: wang, ...during('09:00', '18:00'), reason: '病假' };
    const made = await duty.call<{ id: string }>('POST', 'duty/leaves', { body });
    expect(made.status).toBe(201);
    const noon = '2026-11-02T12:00:00+08:00';
    expect(await names(noon)).toEqual([]);
    expect(await alerted(noon)).toEqual(['on_duty', '局长']);
    expect(await names('2026-11-02T18:00:00+08:00')).toEqual(['王强']);
    await duty.given('duty/overrides', override());
    expect(await names(noon)).toEqual(['赵']);
    const seen = async (token: string) =>
      (await duty.call<Page<{ reason?: string }>>('GET', 'duty/leaves', { token })).body.items;
    expect(await seen('viewer.lingguan')).toEqual([
      expect.not.objectContaining({ reason: '病假' }),
    ]);
    expect(await seen('duty_officer.lingguan')).toMatchObject([{ reason: '病假' }]);
    expect(await seen('viewer.yongle')).toEqual([]);
    expect((await duty.call('DELETE', `duty/leaves/${made.body.id}`)).status).toBe(204);
    expect((await duty.call('DELETE', `duty/leaves/${made.body.id}`)).status).toBe(404);
  });

  it('never leave an alert with nobody, though all are on leave', async () => {
    for (const personId of [li, wang, zhao, boss]) {
      await duty.given('duty/leaves', { personId, ...during('00:00', '23:00') });
    }
    const noon = '2026-11-02T12:00:00+08:00';
    expect(await alerted(noon)).toEqual(['responsible', '李明', '王强', '局长']);
    expect(await onDuty(noon)).toMatchObject({ coveredBy: { level: 'responsible' } });
  });

  it('are for those who run the roster of the person’s regions', async () => {
    const post = (token: string, body: unknown) =>
      duty.call('POST', 'duty/leaves', { token, body });
    const body = { personId: wang, ...during('09:00', '18:00') };
    expect((await post('viewer.lingguan', body)).status).toBe(403);
    expect((await post('duty_officer.yongle', body)).status).toBe(403);
    expect((await post('duty_officer.lingguan', { ...body, personId: boss })).status).toBe(403);
    expect((await post('duty_officer.lingguan', body)).status).toBe(201);
    const wrong = await post('admin', { personId: 'p-x', ...during('09:00', '08:00') });
    expect(wrong.body.errors.map(({ path }) => path)).toEqual(['to', 'personId']);
  });
});
