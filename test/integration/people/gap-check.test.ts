import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createGapCheck, type ToldGap } from '../../../src/people/index.ts';
import { type DutyHarness, startDuty } from './duty-harness.ts';

type Gaps = {
  items: { regionId: string; from: string; to: string; coveredAbove: boolean; warnedAt?: string }[];
};

let duty: DutyHarness;
let li = '';
let told: ToldGap[] = [];
const tellings = () => told.splice(0).map(({ regionId, from }) => [regionId, from.toISOString()]);

const news = () => told.splice(0).map((gap) => [gap.news, gap.from.toISOString()]);

const gapCheck = (onGaps?: () => Promise<void>) =>
  createGapCheck({
    pool: duty.database.pool,
    regions: duty.regions,
    clock: duty.clock,
    logger: pino({ level: 'silent' }),
    onGaps: async (_, gaps) => {
      await onGaps?.();
      told.push(...gaps);
    },
  });

beforeAll(async () => {
  duty = await startDuty();
  li = await duty.givenOfficer('李明', { phone: '13800000001' });
});
afterAll(() => duty.stop());
afterEach(async () => {
  told = [];
  duty.clock.at = new Date('2026-11-02T04:00:00Z');
  await duty.database.pool.query(
    'delete from roster; delete from duty_gap; delete from person_leave; delete from shift',
  );
});

const givenRoster = (options: Record<string, unknown> = {}) =>
  duty.given('rosters', {
    regionId: 'lingguan',
    name: '值班',
    rotation: [[li]],
    handover: '08:00',
    startsOn: '2026-11-01',
    ...options,
  });
const shift = (from: string, to: string) =>
  duty.given('shifts', { personId: li, regionId: 'lingguan', from, to });
const listGaps = async (query = '', token = 'admin') =>
  (await duty.call<Gaps>('GET', `duty/gaps?${query}`, { token })).body.items;

describe('the gap check', () => {
  it('warns of a gap once, 24 hours ahead', async () => {
    await givenRoster({ endsOn: '2026-11-04' });
    const check = gapCheck();
    duty.clock.at = new Date('2026-11-02T23:59:00Z');
    await check.check();
    expect(tellings()).toEqual([]);
    duty.clock.at = new Date('2026-11-03T00:00:00Z');
    await check.check();
    expect(tellings()).toEqual([['lingguan', '2026-11-04T00:00:00.000Z']]);
    for (const at of ['2026-11-03T00:10:00Z', '2026-11-04T05:00:00Z', '2026-11-20T00:00:00Z']) {
      duty.clock.at = new Date(at);
      await check.check();
    }
    expect(tellings()).toEqual([]);
  });

  it('warns once more when two hours are left', async () => {
    await givenRoster({ endsOn: '2026-11-04' });
    const check = gapCheck();
    const lookAt = async (at: string) => {
      duty.clock.at = new Date(at);
      await check.check();
      return news();
    };
    const from = '2026-11-04T00:00:00.000Z';
    expect(await lookAt('2026-11-03T10:00:00Z')).toEqual([['new', from]]);
    expect(await lookAt('2026-11-03T21:59:00Z')).toEqual([]);
    expect(await lookAt('2026-11-03T22:01:00Z')).toEqual([['near', from]]);
    expect(await lookAt('2026-11-03T22:11:00Z')).toEqual([]);
    expect(await lookAt('2026-11-04T00:11:00Z')).toEqual([]);
  });

  it('warns again of one that has grown, but not of one with no end for being longer every day', async () => {
    await shift('2026-11-02T00:00:00Z', '2026-11-02T12:00:00Z');
    const night = await shift('2026-11-03T00:00:00Z', '2026-11-03T12:00:00Z');
    await shift('2026-11-04T00:00:00Z', '2026-11-30T12:00:00Z');
    const check = gapCheck();
    await check.check();
    expect(news()).toEqual([['new', '2026-11-02T12:00:00.000Z']]);
    await duty.call('DELETE', `shifts/${night}`);
    await check.check();
    expect(news()).toEqual([['grown', '2026-11-02T12:00:00.000Z']]);
    await check.check();
    expect(news()).toEqual([]);
    await duty.database.pool.query(`delete from shift where starts_at > '2026-11-03'`);
    await check.check();
    expect(news()).toEqual([['grown', '2026-11-02T12:00:00.000Z']]);
    duty.clock.at = new Date('2026-11-02T09:00:00Z');
    await check.check();
    expect(news()).toEqual([]);
  });

  it('warns again of a gap that was filled and is open again', async () => {
    await shift('2026-11-02T00:00:00Z', '2026-11-02T12:00:00Z');
    const check = gapCheck();
    await check.check();
    expect(tellings()).toHaveLength(1);
    const night = await shift('2026-11-02T12:00:00Z', '2026-11-04T00:00:00Z');
    await check.check();
    expect(tellings()).toEqual([]);
    await duty.call('DELETE', `shifts/${night}`);
    await check.check();
    expect(tellings()).toEqual([['lingguan', '2026-11-02T12:00:00.000Z']]);
  });

  it('warns once though two processes look at once', async () => {
    await shift('2026-11-02T00:00:00Z', '2026-11-02T12:00:00Z');
    await Promise.all([gapCheck().check(), gapCheck().check(), gapCheck().check()]);
    expect(tellings()).toHaveLength(1);
  });

  it('warns again next time when telling failed', async () => {
    await shift('2026-11-02T00:00:00Z', '2026-11-02T12:00:00Z');
    const failing = gapCheck(() => Promise.reject(new Error('cannot tell')));
    await expect(failing.check()).rejects.toThrow('cannot tell');
    await gapCheck().check();
    expect(tellings()).toHaveLength(1);
  });

  it('looks at start, and ends what it does before it stops', async () => {
    await shift('2026-11-02T00:00:00Z', '2026-11-02T12:00:00Z');
    const check = gapCheck();
    await check.start();
    await vi.waitFor(() => expect(told).toHaveLength(1));
    await check.stop();
  });
});

describe('GET duty/gaps', () => {
  it('tells what will be open, and what was warned of', async () => {
    await givenRoster({ endsOn: '2026-11-03' });
    await givenRoster({ regionId: 'anren' });
    await gapCheck().check();
    const gap = {
      regionId: 'lingguan',
      from: '2026-11-03T00:00:00.000Z',
      to: '2026-11-09T04:00:00.000Z',
      coveredAbove: true,
    };
    expect(await listGaps()).toEqual([{ ...gap, warnedAt: '2026-11-02T04:00:00.000Z' }]);
    expect(await listGaps('regionId=yongle')).toEqual([]);
    expect(await listGaps('', 'viewer.yongle')).toEqual([]);
    expect(await listGaps('', 'viewer.lingguan')).toHaveLength(1);
    const window = 'from=2026-11-03T00:00:00Z&to=2026-11-03T12:00:00Z';
    expect(await listGaps(window)).toMatchObject([{ to: '2026-11-03T12:00:00.000Z' }]);
    expect(await listGaps('to=2026-11-03T00:00:00Z')).toEqual([]);
  });

  it('counts an officer on leave, or one who sent STOP, as nobody', async () => {
    await givenRoster();
    expect(await listGaps()).toEqual([]);
    const leave = { personId: li, from: '2026-11-05T01:00:00Z', to: '2026-11-05T02:00:00Z' };
    await duty.given('duty/leaves', leave);
    expect(await listGaps()).toMatchObject([
      { from: '2026-11-05T01:00:00.000Z', to: '2026-11-05T02:00:00.000Z', coveredAbove: false },
    ]);
    await duty.database.pool.query('update contact_method set disabled_at = now()');
    expect(await listGaps()).toMatchObject([{ from: '2026-11-01T00:00:00.000Z' }]);
    await duty.database.pool.query('update contact_method set disabled_at = null');
  });

  it('finds those of every region of a province, though it reads a hundred at a time', async () => {
    const { pool } = duty.database;
    await pool.query(`insert into region (id, name, level, parent_id, code)
      select 'm' || i, 'm' || i, 'township', 'anren', 'm' || i from generate_series(1, 120) as i`);
    await duty.regions.refresh();
    for (const regionId of ['lingguan', 'yongle']) {
      await givenRoster({ regionId, endsOn: '2026-11-03' });
    }
    expect(await listGaps()).toMatchObject([{ regionId: 'lingguan' }, { regionId: 'yongle' }]);
    await pool.query(`delete from region where id like 'm%'`);
    await duty.regions.refresh();
  });

  it('refuses a window that is none', async () => {
    const status = async (query: string) => (await duty.call('GET', `duty/gaps?${query}`)).status;
    expect(await status('from=2026-11-03T00:00:00Z&to=2026-11-03T00:00:00Z')).toBe(400);
    expect(await status('from=2026-11-03T00:00:00Z&to=2028-11-03T00:00:00Z')).toBe(400);
    expect(await status('from=today')).toBe(400);
  });
});
