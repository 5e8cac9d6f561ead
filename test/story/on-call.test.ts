import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { box } from '../support/box.ts';
import { givenPerson } from '../support/person.ts';
import { type Phone, phonesOf } from '../support/phone.ts';
import { ADMIN_PASSWORD, startTestService, type TestService } from '../support/service.ts';
import { type Smsc, startSmsc } from '../support/smsc.ts';
import { createStoryClock } from '../support/story-clock.ts';

const OFFICER = '8613800000001';
const LEADER = '8613800000002';
const COUNTY = '8613800000003';

/** As a county keeps it: the leader by day, the officer by night, all November. */
const novemberRoster = (): string => {
  const days = Array.from(
    { length: 30 },
    (_, day) => `2026-11-${String(day + 1).padStart(2, '0')}`,
  );
  const lines = days.flatMap((day) => [
    `王芳,13800000002,${day},白班`,
    `李明,13800000001,${day},夜班`,
  ]);
  return `姓名,电话,日期,班次\n${lines.join('\n')}\n`;
};

/** Three people, a policy of four steps, a deadline of half an hour, and one clock, which the story moves. */
describe('a night on call', () => {
  // Nine in the evening in Anren.
  const clock = createStoryClock('2026-11-02T13:00:00Z');
  let smsc: Smsc;
  let town: TestService;
  let phones: ReturnType<typeof phonesOf>;
  let officer: Phone;
  let leader: Phone;
  let county: Phone;
  let fires = 0;

  /** All that is due has been written and sent. */
  const settled = () =>
    vi.waitFor(
      async () => {
        const { rows } = await town.database.pool.query<Record<string, number>>(
          `select (select count(*)::int from notification where status in ('queued', 'sending')) as unsent,
             (select count(*)::int from incident_escalation where next_escalation_at <= $1) as steps,
             (select count(*)::int from incident i where status in ('verified', 'responding')
               and verified_at <= $1::timestamptz - interval '20 minutes'
               and not exists (select from incident_report r where r.incident_id = i.id)) as deadlines`,
          [clock.now()],
        );
        expect(rows).toEqual([{ unsent: 0, steps: 0, deadlines: 0 }]);
      },
      { timeout: 20_000, interval: 50 },
    );

  beforeAll(async () => {
    smsc = await startSmsc({ autoReceipt: 'DELIVRD' });
    town = await startTestService({ SMPP_URL: smsc.url }, { clock });
    await smsc.waitForBind();
    clock.settleBy(settled);
    phones = phonesOf(smsc);
    [officer, leader, county] = [phones.of(OFFICER), phones.of(LEADER), phones.of(COUNTY)];
    await town.given('regions/import', {
      type: 'FeatureCollection',
      features: [
        {
          type: 'Feature',
          properties: { id: 'anren', name: '安仁县', level: 'county' },
          geometry: box(113, 26, 114, 27),
        },
        {
          type: 'Feature',
          properties: { id: 'lingguan', name: '灵官镇', level: 'township', parentId: 'anren' },
          geometry: box(113.1, 26, 113.9, 27),
        },
      ],
    });
    const leaderId = await givenPerson(town, {
      name: '王芳',
      roles: ['dispatcher'],
      regionIds: ['lingguan'],
      phone: `+${LEADER}`,
    });
    const countyId = await givenPerson(town, {
      name: '赵县长',
      roles: ['admin'],
      regionIds: ['anren'],
      phone: `+${COUNTY}`,
    });
    // She wants to hear by SMS who has a fire she was told of.
    await town.given(`people/${leaderId}/taken-over-channels`, { channels: ['sms'] }, 'PUT');
    await importRoster(novemberRoster());
    await town.given('policies', {
      id: 'anren',
      name: '安仁县',
      regionIds: ['anren'],
      steps: [
        { afterS: 0, to: [{ onDuty: true }], channels: ['app', 'sms'] },
        { afterS: 60, to: [{ onDuty: true }], channels: ['voice', 'sms'] },
        { afterS: 120, to: [{ responsible: true }], channels: ['sms'] },
        { afterS: 300, to: [{ personId: countyId }, { onDuty: true }], channels: ['sms'] },
      ],
    });
    await town.given('devices', {
      id: 'cam-001',
      kind: 'camera',
      name: '云台山3号',
      lon: 113.27,
      lat: 26.71,
    });
  });
  afterEach(async () => {
    await settled();
    phones.expectNothingUnread();
  });
  afterAll(async () => {
    await town?.stop();
    await smsc?.stop();
  });

  const importRoster = async (csv: string): Promise<void> => {
    const token = await town.logIn('admin', ADMIN_PASSWORD);
    const url = `${town.service.httpUrl()}/api/v1/shifts/import?regionId=anren&createPeople=true`;
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
      body: csv,
    });
    expect(await response.json()).toMatchObject({ created: [{ name: '李明' }] });
  };
  const smoke = async (): Promise<string> => {
    fires += 1;
    const { incidentId } = await town.given<{ incidentId: string }>('detections', {
      deviceId: 'cam-001',
      id: `alarm-${String(fires)}`,
      at: clock.now().toISOString(),
      kind: 'smoke',
      confidence: 0.9,
      lon: 113.1 + fires * 0.1,
      lat: 26.71,
    });
    return incidentId;
  };
  const becomes = (id: string, status: string) =>
    vi.waitFor(
      async () => {
        expect((await town.call('GET', `incidents/${id}`)).body).toMatchObject({ status });
      },
      { timeout: 10_000 },
    );
  const timeline = async (id: string): Promise<string[]> =>
    (
      await town.call<{ items: { type: string }[] }>('GET', `incidents/${id}/events`)
    ).body.items.map(({ type }) => type);

  it('climbs in silence until the officer answers, and the leader hears who has it', async () => {
    const fire = await smoke();
    await officer.expectSms(/【烽燧】疑似火情.*安仁县灵官镇发现烟雾/);
    await clock.advance('1m');
    await officer.expectSms(/无人接警/);
    leader.expectNothing();
    await clock.advance('1m');
    await leader.expectSms(/无人接警/);
    county.expectNothing();
    await officer.reply('1');
    await becomes(fire, 'acknowledged');
    await leader.expectSms(/已由李明接警/);
    await clock.advance('30m');
    officer.expectNothing();
    leader.expectNothing();
    county.expectNothing();
    expect(await timeline(fire)).toEqual([
      'opened',
      'notified',
      'escalated',
      'escalated',
      'acknowledged',
    ]);
  });

  it('reaches the county when nobody answers at all', async () => {
    const fire = await smoke();
    await officer.expectSms(/疑似火情/);
    await clock.advance('2m');
    await officer.expectSms(/无人接警/);
    await clock.advance('10s');
    await leader.expectSms(/无人接警/);
    await clock.advance('3m');
    await county.expectSms(/无人接警/);
    await officer.expectSms(/无人接警/);
    const { body } = await town.call('GET', `incidents/${fire}/escalation`);
    expect(body).toMatchObject({
      policy: { id: 'anren' },
      steps: [0, 1, 2, 3].map((step) => ({ step, at: expect.any(String) })),
    });
    expect(body).not.toHaveProperty('nextAt');
    await county.reply('1');
    await becomes(fire, 'acknowledged');
    await leader.expectSms(/已由赵县长接警/);
  });

  it('loses no minute when the officer cannot come, and minds the deadline of the city', async () => {
    const fire = await smoke();
    const { text } = await officer.expectSms(/疑似火情/);
    const code = /编号(\d{3})/.exec(text)?.[1] ?? 'none';
    await officer.reply(`${code} 0`);
    await leader.expectSms(/无人接警/);
    await leader.reply(`${code} 1`);
    await becomes(fire, 'acknowledged');
    await town.given(`incidents/${fire}/verify`, undefined);
    const before = await town.call('GET', `incidents/${fire}/escalation`);
    expect(before.body).toMatchObject({ reporting: { leftS: 1800 } });
    await clock.advance('19m');
    officer.expectNothing();
    await clock.advance('1m');
    await officer.expectSms(/须在\d\d:\d\d前上报/);
    await county.expectSms(/须在\d\d:\d\d前上报/);
    await town.given(`incidents/${fire}/reported-up`, { to: '市应急局' });
    await clock.advance('1h');
    const after = await town.call('GET', `incidents/${fire}/escalation`);
    expect(after.body).toMatchObject({ reporting: { reportedTo: '市应急局' } });
    expect(await timeline(fire)).toEqual([
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

  it('alarms the admin when the service itself has fallen asleep over a fire', async () => {
    const fire = await smoke();
    await officer.expectSms(/疑似火情/);
    // What a defect would do: it believes that it has told everybody.
    await town.database.pool.query(
      'update incident_escalation set fired = 4, next_escalation_at = null where incident_id = $1',
      [fire],
    );
    await clock.advance('1m');
    county.expectNothing();
    await clock.advance('1m');
    await clock.advance('1m');
    await county.expectSms(/系统告警：火情.*未按预案通知/);
    await clock.advance('10m');
    county.expectNothing();
    await officer.reply('1');
    await becomes(fire, 'acknowledged');
    expect(await timeline(fire)).toEqual([
      'opened',
      'notified',
      'escalation_stuck',
      'acknowledged',
    ]);
  });
});
