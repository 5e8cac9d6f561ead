import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type DutyHarness, type Problem, startDuty } from './duty-harness.ts';

type Imported = {
  dryRun: boolean;
  months: string[];
  imported: number;
  replaced: number;
  created: { personId: string | null; name: string; phone: string }[];
  warnings: { path: string }[];
  shifts: { line: number; personId: string | null; name: string; from: string; to: string }[];
};
type Page<T> = { items: T[] };

let duty: DutyHarness;
let li = '';

beforeAll(async () => {
  duty = await startDuty();
  duty.clock.at = new Date('2026-10-25T00:00:00Z');
  li = await duty.givenOfficer('李明', { phone: '13800000001' });
  await duty.givenOfficer('王强', { phone: '13800000002' });
});
afterAll(() => duty.stop());
afterEach(() => duty.database.pool.query('delete from shift'));

const NOVEMBER = `姓名,电话,日期,班次
李明,138 0000 0001,11月1日,白班
王强,13800000002,11月1日,夜班
王强,,11月2日,全天
`;

const send = <T = Imported>(csv: string | Uint8Array, query = '', token = 'admin') =>
  duty.call<T>('POST', `shifts/import?regionId=lingguan${query}`, { csv, token });
const refused = async (csv: string, query = '') => {
  const { status, body } = await send<Problem>(csv, query);
  return { status, paths: body.errors.map(({ path }) => path) };
};
const stored = async () => {
  const { body } = await duty.call<Page<{ personName: string; from: string; to: string }>>(
    'GET',
    'shifts?from=2026-01-01T00:00:00Z&limit=100',
  );
  return body.items.map(({ personName, from, to }) => [
    personName,
    from.slice(0, 16),
    to.slice(0, 16),
  ]);
};
const november = [
  ['李明', '2026-11-01T00:00', '2026-11-01T12:00'],
  ['王强', '2026-11-01T12:00', '2026-11-02T00:00'],
  ['王强', '2026-11-02T00:00', '2026-11-03T00:00'],
];

describe('importing a month', () => {
  it('puts persons on duty as the file says', async () => {
    const { status, body } = await send(NOVEMBER, '', 'duty_officer.lingguan');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      dryRun: false,
      months: ['2026-11'],
      imported: 3,
      replaced: 0,
      created: [],
      warnings: [],
    });
    expect(body.shifts[0]).toEqual({
      line: 2,
      personId: li,
      name: '李明',
      from: '2026-11-01T00:00:00.000Z',
      to: '2026-11-01T12:00:00.000Z',
    });
    expect(await stored()).toEqual(november);
  });

  it('replaces what was imported for that month and region, and nothing else', async () => {
    const [from, to] = ['2026-11-05T00:00:00Z', '2026-11-05T12:00:00Z'];
    await duty.given('shifts', { personId: li, regionId: 'lingguan', from, to });
    const byHand = ['李明', '2026-11-05T00:00', '2026-11-05T12:00'];
    await send(NOVEMBER);
    await send('姓名,日期,班次\n李明,2026-12-01,白班');
    const december = ['李明', '2026-12-01T00:00', '2026-12-01T12:00'];
    const other = { csv: NOVEMBER };
    await duty.call('POST', 'shifts/import?regionId=anren', other);
    await duty.call('POST', 'shifts/import?regionId=anren', other);
    expect((await send(NOVEMBER)).body).toMatchObject({ imported: 3, replaced: 3 });
    expect(await stored()).toHaveLength(3 + 1 + 1 + 3);
    expect((await send('姓名,日期,班次\n李明,2026-11-09,白班')).body.replaced).toBe(3);
    const here = (
      await duty.call<Page<{ from: string }>>(
        'GET',
        'shifts?from=2026-01-01T00:00:00Z&regionId=lingguan',
      )
    ).body;
    expect(here.items.map(({ from: at }) => at.slice(0, 10))).toEqual([
      byHand[1]?.slice(0, 10),
      '2026-11-09',
      december[1]?.slice(0, 10),
    ]);
  });

  it('does not add up when it is sent twice at once', async () => {
    const both = await Promise.all([send(NOVEMBER), send(NOVEMBER), send(NOVEMBER)]);
    expect(both.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await stored()).toEqual(november);
  });

  it('says in a dry run what it would do, and does nothing', async () => {
    const csv = `${NOVEMBER}孙丽,13800000009,11月3日,08:30-17:30\n`;
    const { body } = await send(csv, '&dryRun=true&createPeople=true');
    expect(body).toMatchObject({
      dryRun: true,
      imported: 4,
      created: [{ personId: null, name: '孙丽', phone: '+8613800000009' }],
    });
    expect(body.shifts[3]).toMatchObject({ line: 5, personId: null, name: '孙丽' });
    expect(await stored()).toEqual([]);
    const people = await duty.call<Page<{ name: string }>>('GET', 'people?limit=100');
    expect(people.body.items.map(({ name }) => name)).not.toContain('孙丽');
  });

  it('registers who is not known, when an admin says so', async () => {
    const csv =
      '姓名\t手机\t日期\t班次\n周 杰\t13800000008\t2026/11/3\t全天\n周杰\t13800000008\t2026/11/4\t全天\n';
    expect((await send(csv, '&createPeople=true', 'duty_officer.lingguan')).status).toBe(403);
    expect(await refused(csv)).toEqual({ status: 422, paths: ['lines[2].name', 'lines[3].name'] });
    const { body } = await send(csv, '&createPeople=true');
    expect(body).toMatchObject({
      imported: 2,
      created: [{ name: '周 杰', phone: '+8613800000008' }],
    });
    const created = await duty.call('GET', `people/${body.created[0]?.personId}`);
    expect(created.body).toMatchObject({
      name: '周 杰',
      roles: ['duty_officer'],
      regionIds: ['lingguan'],
      contacts: [{ channel: 'sms', address: '+8613800000008', verified: true }],
    });
    expect((await send(csv, '&createPeople=true')).body).toMatchObject({
      created: [],
      replaced: 2,
    });
  });

  it('reads GB18030, as Excel in China saves it', async () => {
    // 姓名,日期,班次 / 李明,11月1日,白班
    const bytes = Buffer.from(
      'd0d5c3fb2cc8d5c6da2cb0e0b4ce0ac0eec3f72c3131d4c231c8d52cb0d7b0e00a',
      'hex',
    );
    expect((await send(bytes)).body.shifts).toMatchObject([{ personId: li, line: 2 }]);
  });

  it('is all or nothing, and names every line that is wrong', async () => {
    await send(NOVEMBER);
    const csv = `${NOVEMBER}李明,12,11月31日,早\n,,,白班\n陌生人,,11月4日,白班\n`;
    expect(await refused(csv)).toEqual({
      status: 422,
      paths: [
        'lines[5].phone',
        'lines[5].date',
        'lines[5].shift',
        'lines[6].name',
        'lines[6].date',
      ],
    });
    expect(
      await refused(`${NOVEMBER}李明,,11月1日,夜班\n李明,,11月1日,全天\n陌生人,,11月4日,白班\n`),
    ).toEqual({
      status: 422,
      paths: ['lines[6].shift', 'lines[6].shift', 'lines[7].name'],
    });
    expect(await stored()).toEqual(november);
    expect((await refused('name,phone\na,b')).paths).toEqual(['lines[1]']);
    expect((await refused('')).paths).toEqual(['lines[1]']);
  });

  it('is refused where it does not belong', async () => {
    const elsewhere = { csv: NOVEMBER };
    const nowhere = await duty.call('POST', 'shifts/import?regionId=nowhere', elsewhere);
    expect(nowhere).toMatchObject({ status: 422, body: { errors: [{ path: 'regionId' }] } });
    expect((await duty.call('POST', 'shifts/import', elsewhere)).status).toBe(400);
    expect((await send(NOVEMBER, '', 'viewer.lingguan')).status).toBe(403);
    expect((await send(NOVEMBER, '', 'duty_officer.yongle')).status).toBe(403);
    const json = { body: [{ name: '李明' }] };
    const { status, body } = await duty.call('POST', 'shifts/import?regionId=lingguan', json);
    expect({ status, detail: body.detail }).toEqual({
      status: 400,
      detail: expect.stringContaining('text/csv'),
    });
  });
});
