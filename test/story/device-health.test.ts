import type { MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AccessRole } from '../../src/shared/http.ts';
import { givenPerson } from '../support/person.ts';
import { type Phone, phonesOf } from '../support/phone.ts';
import { ADMIN_PASSWORD, startTestService, type TestService } from '../support/service.ts';
import { type Smsc, startSmsc } from '../support/smsc.ts';
import { createStoryClock } from '../support/story-clock.ts';

const OFFICER = '8613800000001';
const COUNTY_IT = '8613800000004';
const STATUS = 'fengsui/v1/camera/cam-001/status';

type Health = { status: string; problems: { code: string; zh: string }[] };

/** A camera whose link comes and goes, the officer who hears of its fires, and who has to mend it. */
describe('a camera on a bad link', () => {
  // Noon in Anren.
  const clock = createStoryClock('2026-11-02T04:00:00Z');
  let smsc: Smsc;
  let town: TestService;
  let phones: ReturnType<typeof phonesOf>;
  let officer: Phone;
  let admin: Phone;
  let secret = '';
  let camera: MqttClient;

  const one = async <T>(sql: string, values: unknown[] = []): Promise<T | undefined> => {
    const { rows } = await town.database.pool.query<{ value: T }>(sql, values);
    return rows[0]?.value;
  };
  /** The devices were looked at, what is due was written, and all of it sent. */
  const settled = () =>
    vi.waitFor(
      async () => {
        const now = clock.now();
        const looked = await one<Date>('select max(ends_at) as value from health_watch');
        expect(looked?.toISOString()).toBe(now.toISOString());
        const waiting = await one<number>(
          `select (select count(*) from device_health where untold_since <= $1::timestamptz - interval '2 minutes')::int
             + (select count(*) from notification where status in ('queued', 'sending'))::int as value`,
          [now],
        );
        expect(waiting).toBe(0);
      },
      { timeout: 20_000, interval: 50 },
    );
  const until = (online: boolean) =>
    vi.waitFor(
      async () => {
        const value = await one<boolean>(
          `select online as value from device_state where device_id = 'cam-001'`,
        );
        expect(value).toBe(online);
      },
      { timeout: 10_000, interval: 5 },
    );
  const comeOnline = async (): Promise<void> => {
    camera = await town.connect('cam-001', secret, {
      topic: STATUS,
      payload: Buffer.from('offline'),
      qos: 1,
      retain: true,
    });
    await camera.publishAsync(STATUS, 'online', { qos: 1, retain: true });
    await until(true);
  };
  /** No goodbye: the broker gives out its will. */
  const pullThePlug = async (): Promise<void> => {
    camera.stream.destroy();
    await until(false);
  };
  const healthOf = async (): Promise<Health> =>
    (await town.call<{ health: Health }>('GET', 'devices/cam-001')).body.health;
  const listed = async (health: string) => {
    const { body } = await town.call<{ items: { id: string }[] }>(
      'GET',
      `devices?health=${health}`,
    );
    return body.items.map(({ id }) => id);
  };

  beforeAll(async () => {
    smsc = await startSmsc({ autoReceipt: 'DELIVRD' });
    town = await startTestService({ SMPP_URL: smsc.url }, { clock });
    await smsc.waitForBind();
    phones = phonesOf(smsc);
    [officer, admin] = [phones.of(OFFICER), phones.of(COUNTY_IT)];
    const person = (name: string, role: AccessRole, number: string) =>
      givenPerson(town, { name, roles: [role], regionIds: [], phone: `+${number}` });
    const personId = await person('李明', 'duty_officer', OFFICER);
    await person('周工', 'admin', COUNTY_IT);
    await town.given('shifts', {
      personId,
      regionId: 'default',
      from: '2026-11-01T00:00:00Z',
      to: '2026-11-30T00:00:00Z',
    });
    const device = { id: 'cam-001', kind: 'camera', name: '云台山3号', lon: 113.27, lat: 26.71 };
    ({ secret } = await town.given<{ secret: string }>('devices', device));
    await town.given('devices', { ...device, id: 'cam-002', name: '熊峰山1号' });
    clock.settleBy(settled);
    await comeOnline();
    await clock.advance('10s');
  });
  afterEach(async () => {
    await settled();
    phones.expectNothingUnread();
  });
  afterAll(async () => {
    await town?.stop();
    await smsc?.stop();
  });

  it('is well while it is connected', async () => {
    expect(await healthOf()).toMatchObject({ status: 'healthy', problems: [] });
    expect(await listed('healthy')).toEqual(['cam-001']);
    expect(await town.call('GET', 'devices/cam-002')).toMatchObject({
      body: { health: { status: 'unknown', problems: [{ code: 'never_seen', zh: '从未上线' }] } },
    });
  });

  it('is one message to county IT when it is lost fifty times in some minutes', async () => {
    for (let flaps = 1; flaps <= 50; flaps++) {
      await pullThePlug();
      await comeOnline();
      if (flaps % 10 === 0) await clock.advance('20s');
    }
    await clock.advance('2m');
    await admin.expectSms(/^【烽燧】设备异常1台：云台山3号反复掉线\d+次。$/);
    await clock.advance('10m');
    expect(await listed('unhealthy,suspect')).toEqual(['cam-001']);
    expect((await town.call('GET', 'devices?health=ill')).status).toBe(400);
  });

  it('says so with the fire that it sees, to the officer and in the incident', async () => {
    const seen = { id: 'a-1', at: clock.now().toISOString(), kind: 'smoke', confidence: 0.9 };
    await camera.publishAsync(
      'fengsui/v1/camera/cam-001/detection',
      JSON.stringify({ ...seen, azimuthDeg: 120 }),
      { qos: 1 },
    );
    await officer.expectSms(/云台山3号.*来源设备异常：反复掉线\d+次。/);
    const { body } = await town.call<{ items: { id: string }[] }>('GET', 'incidents');
    const [incident] = body.items;
    const doubt = { code: 'flapping', confirmed: true };
    expect((await town.call('GET', `incidents/${String(incident?.id)}`)).body).toMatchObject({
      detections: [{ deviceId: 'cam-001', deviceProblems: [doubt] }],
    });
    expect((await town.call('GET', `incidents/${String(incident?.id)}/events`)).body).toMatchObject(
      {
        items: expect.arrayContaining([
          expect.objectContaining({
            type: 'opened',
            data: expect.objectContaining({ deviceProblems: [expect.objectContaining(doubt)] }),
          }),
        ]),
      },
    );
    await town.given(`incidents/${String(incident?.id)}/dismiss`, { reason: '演练' });
  });

  it('is one more message when it has been stable', async () => {
    await clock.advance('61m');
    expect((await healthOf()).status).toBe('recovering');
    await clock.advance('11m');
    expect((await healthOf()).status).toBe('healthy');
    await clock.advance('2m');
    await admin.expectSms(/^【烽燧】设备恢复1台：云台山3号。$/);
  });

  it('stands in the summary of the next morning, once', async () => {
    await pullThePlug();
    await clock.advance('5m');
    await clock.advance('2m');
    await admin.expectSms(/^【烽燧】设备异常1台：云台山3号离线。$/);
    expect(await healthOf()).toMatchObject({ problems: [{ code: 'offline', zh: '离线' }] });
    await clock.advance('19h');
    await admin.expectSms(
      /^【烽燧】设备日报11-03：共2台，正常0，异常1，未知1。设备异常1台：云台山3号离线\(11-02 13:\d\d起\)。/,
    );
    await clock.advance('30m');
    await clock.advance('1h');
  });

  it('has that in the report on how available devices were', async () => {
    // A day later the admin has to log in again.
    const token = await town.logIn('admin', ADMIN_PASSWORD);
    const get = (path: string) => town.call('GET', path, undefined, token);
    expect(await get('reports/availability?from=2026-11-01&to=2026-11-03')).toMatchObject({
      status: 200,
      body: {
        from: '2026-11-01',
        to: '2026-11-03',
        items: [
          { deviceId: 'cam-001', days: [{}, { day: '2026-11-02' }, {}] },
          { deviceId: 'cam-002' },
        ],
      },
    });
    const csv = await fetch(
      `${town.service.httpUrl()}/api/v1/reports/availability?from=2026-11-02&to=2026-11-02&format=csv`,
      { headers: { authorization: `Bearer ${token}` } },
    );
    expect(await csv.text()).toMatch(
      /^day,deviceId,name,.*\r\n2026-11-02,cam-001,云台山3号,camera,default,/,
    );
    expect((await get('devices/cam-001/availability')).body).toMatchObject({
      deviceId: 'cam-001',
      days: expect.arrayContaining([expect.objectContaining({ day: '2026-11-03' })]),
    });
    expect((await get('devices/cam-001/availability?from=2026-13-01')).status).toBe(400);
    expect((await get('reports/availability?from=2026-01-01&to=2026-11-01')).status).toBe(400);
    expect((await get('devices/cam-009/availability')).status).toBe(404);
    const metrics = await fetch(`${town.service.httpUrl()}/metrics`);
    expect(await metrics.text()).toContain('fengsui_devices{health="unknown"} 1');
  });
});
