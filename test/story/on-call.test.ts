import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { phoneOf } from '../support/phone.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { type Smsc, startSmsc } from '../support/smsc.ts';

const MINUTE_MS = 60_000;

/** The shipped policy and deadline, at the speed of the test. */
describe('a night on call', () => {
  let smsc: Smsc;
  let town: TestService;
  let aheadMs = 0;
  const clock = { now: () => new Date(Date.now() + aheadMs) };
  let fires = 0;

  /** Time passes once all that was due has been sent: what is on its way would seem to hang else. */
  const advance = async (ms: number): Promise<void> => {
    await vi.waitFor(async () => {
      const { rows } = await town.database.pool.query<{ open: number }>(
        `select count(*)::int as open from notification where status in ('queued', 'sending')`,
      );
      expect(rows[0]?.open).toBe(0);
    });
    aheadMs += ms;
  };
  const person = async (name: string, over: Record<string, unknown>, address: string) => {
    const { status, body } = await town.call<{ id: string }>('POST', 'people', {
      name,
      roles: ['duty_officer'],
      regionIds: [],
      locale: 'zh-CN',
      contacts: [{ channel: 'sms', address, verified: true }],
      ...over,
    });
    expect(status).toBe(201);
    return body.id;
  };

  beforeAll(async () => {
    smsc = await startSmsc({ autoReceipt: 'DELIVRD' });
    town = await startTestService({ SMPP_URL: smsc.url }, { clock });
    const square = (west: number, east: number) => ({
      type: 'Polygon',
      coordinates: [
        [
          [west, 26],
          [east, 26],
          [east, 27],
          [west, 27],
          [west, 26],
        ],
      ],
    });
    const regions = await town.call('POST', 'regions/import', {
      type: 'FeatureCollection',
      features: [
        {
          type: 'Feature',
          properties: { id: 'anren', name: '安仁县', level: 'county' },
          geometry: square(113, 114),
        },
        {
          type: 'Feature',
          properties: { id: 'lingguan', name: '灵官镇', level: 'township', parentId: 'anren' },
          geometry: square(113.1, 113.9),
        },
      ],
    });
    expect(regions.status).toBe(200);
    const officer = await person('李明', {}, '+8613800000001');
    await person('王芳', { roles: ['dispatcher'], regionIds: ['lingguan'] }, '+8613800000002');
    await person('赵县长', { roles: ['dispatcher'], regionIds: ['anren'] }, '+8613800000003');
    const shift = await town.call('POST', 'shifts', {
      personId: officer,
      regionId: 'anren',
      from: clock.now().toISOString(),
      to: new Date(clock.now().getTime() + 24 * 60 * MINUTE_MS).toISOString(),
    });
    expect(shift.status).toBe(201);
    await town.call('POST', 'devices', {
      id: 'cam-001',
      kind: 'camera',
      name: '云台山3号',
      lon: 113.27,
      lat: 26.71,
    });
  });
  afterAll(async () => {
    await town?.stop();
    await smsc?.stop();
  });

  const smoke = async (): Promise<string> => {
    fires += 1;
    const { body } = await town.call<{ incidentId: string }>('POST', 'detections', {
      deviceId: 'cam-001',
      id: `alarm-${String(fires)}`,
      at: clock.now().toISOString(),
      kind: 'smoke',
      confidence: 0.9,
      lon: 113.2 + fires * 0.1,
      lat: 26.71,
    });
    return body.incidentId;
  };
  const statusOf = (id: string, status: string) =>
    vi.waitFor(async () => {
      expect((await town.call('GET', `incidents/${id}`)).body).toMatchObject({ status });
    });

  it('goes from silence to the county, and from a reply to the report', async () => {
    const officer = phoneOf(smsc, '8613800000001');
    const leader = phoneOf(smsc, '8613800000002');
    const county = phoneOf(smsc, '8613800000003');

    const first = await smoke();
    await officer.expectSms(/【烽燧】疑似火情.*安仁县灵官镇发现烟雾/);
    await advance(MINUTE_MS);
    await officer.expectSms(/无人接警/);
    await advance(MINUTE_MS);
    await leader.expectSms(/无人接警/);
    county.expectNothing();
    await advance(3 * MINUTE_MS);
    await county.expectSms(/无人接警/);
    await officer.expectSms(/无人接警/);
    const run = await town.call('GET', `incidents/${first}/escalation`);
    expect(run.body).toMatchObject({
      policy: { id: 'default' },
      steps: [0, 1, 2, 3].map((step) => ({ step, at: expect.any(String) })),
    });
    expect(run.body).not.toHaveProperty('nextAt');

    await leader.reply('1');
    await statusOf(first, 'acknowledged');
    await advance(60 * MINUTE_MS);
    for (const phone of [officer, leader, county]) phone.expectNothing();

    // The next fire: the officer cannot come, the leader takes it without a second minute being lost.
    const second = await smoke();
    const alert = await officer.expectSms(/疑似火情/);
    const code = /编号(\d{3})/.exec(alert.text)?.[1] ?? 'none';
    await officer.reply(`${code} 0`);
    await leader.expectSms(/无人接警/);
    await leader.reply(`${code} 1`);
    await statusOf(second, 'acknowledged');
    officer.expectNothing();
    county.expectNothing();

    // It is a fire, and the city has to know of it within half an hour.
    await town.call('POST', `incidents/${second}/verify`);
    const due = await town.call<{ reporting: { leftS: number } }>(
      'GET',
      `incidents/${second}/escalation`,
    );
    expect(due.body.reporting.leftS).toBeGreaterThan(1790);
    await advance(20 * MINUTE_MS);
    await officer.expectSms(/须在\d\d:\d\d前上报/);
    await county.expectSms(/须在\d\d:\d\d前上报/);
    const reported = await town.call('POST', `incidents/${second}/reported-up`, { to: '市应急局' });
    expect(reported.status).toBe(200);
    await advance(60 * MINUTE_MS);
    const after = await town.call('GET', `incidents/${second}/escalation`);
    expect(after.body).toMatchObject({ reporting: { reportedTo: '市应急局' } });
    for (const phone of [officer, leader, county]) phone.expectNothing();

    const { body } = await town.call<{ items: { type: string }[] }>(
      'GET',
      `incidents/${second}/events`,
    );
    expect(body.items.map(({ type }) => type)).toEqual([
      'opened',
      'notified',
      'declined',
      'escalated',
      'escalated',
      'acknowledged',
      'verified',
      'report_due',
      'reported_up',
    ]);
  });
});
