import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createReportClock,
  escalationRoutes,
  reportRoutes,
  setUpChannels,
} from '../../../src/notify/index.ts';
import { createRegionLookup } from '../../../src/people/index.ts';
import type { AccessRole, App } from '../../../src/shared/http.ts';
import type { Part } from '../../../src/shared/part.ts';
import { bearer, createTestApp } from '../../unit/api/test-app.ts';
import { createHarness } from './notify-harness.ts';

const RULE = {
  deadlineS: 1800,
  warnBeforeS: 600,
  to: [{ onDuty: true as const }],
  channels: ['sms' as const],
};

describe('the deadline to report upwards', () => {
  let harness: Awaited<ReturnType<typeof createHarness>>;
  let app: App;
  let report: Part;
  let now = new Date();
  let seen = 0;
  const clock = {
    now: () => {
      seen += 1;
      return now;
    },
  };
  const advance = (seconds: number): void => {
    now = new Date(now.getTime() + seconds * 1000);
  };

  beforeAll(async () => {
    harness = await createHarness();
    await harness.person([{ channel: 'sms', address: '13800000001' }]);
    const { pool } = harness;
    const visible = { pool, visibleRegions: () => null, clock };
    app = await createTestApp({
      routes: [reportRoutes(visible), escalationRoutes({ ...visible, reporting: RULE })],
      limits: { perAddress: 100_000 },
    });
  });
  afterAll(async () => {
    await app.close();
    await harness.close();
  });
  beforeEach(async () => {
    now = new Date();
    report = createReportClock({
      pool: harness.pool,
      rule: RULE,
      regions: createRegionLookup([]),
      smsSignature: '【烽燧】',
      setUp: setUpChannels({}),
      timeZone: 'Asia/Shanghai',
      clock,
      logger: pino({ level: 'silent' }),
      everyMs: 20,
    });
    await report.start();
  });
  afterEach(() => report.stop());

  const warnings = async (incidentId: string): Promise<string[]> => {
    const { rows } = await harness.pool.query<{ text: string }>(
      `select text from notification where incident_id = $1 and kind = 'report_due'`,
      [incidentId],
    );
    return rows.map(({ text }) => text);
  };
  /** The clock was looked at several times since. */
  const settled = async (): Promise<void> => {
    const from = seen;
    await vi.waitFor(() => expect(seen).toBeGreaterThan(from + 3));
  };
  const call = async (
    method: 'GET' | 'POST',
    path: string,
    body?: object,
    role: AccessRole = 'duty_officer',
  ) => {
    const response = await app.inject({
      method,
      url: `/api/v1/incidents/${path}`,
      headers: bearer(role),
      ...(body === undefined ? {} : { payload: body }),
    });
    return { status: response.statusCode, body: response.json<Record<string, unknown>>() };
  };

  it('is warned of once, ten minutes before, with the hour', async () => {
    const { alert } = await harness.openIncident(undefined, { clock });
    const { incidentId, number } = alert;
    advance(3600);
    await settled();
    expect(await warnings(incidentId)).toEqual([]);
    await harness.act(incidentId, 'verify', { now });
    const deadline = new Date(now.getTime() + 1_800_000);
    advance(60);
    await harness.act(incidentId, 'dispatch', { now });
    advance(1139);
    await settled();
    expect(await warnings(incidentId)).toEqual([]);
    expect((await call('GET', `${incidentId}/escalation`)).body['reporting']).toEqual({
      deadline: deadline.toISOString(),
      leftS: 601,
    });
    advance(2);
    await vi.waitFor(async () => expect(await warnings(incidentId)).toHaveLength(1));
    const hour = new Intl.DateTimeFormat('en-GB', {
      timeZone: 'Asia/Shanghai',
      timeStyle: 'short',
    }).format(deadline);
    expect(await warnings(incidentId)).toEqual([
      `【烽燧】火情${number}须在${hour}前上报，尚未登记上报。`,
    ]);
    advance(7200);
    await settled();
    expect(await warnings(incidentId)).toHaveLength(1);
  });

  it('is over when it was reported, which is entered once', async () => {
    const { alert } = await harness.openIncident(undefined, { clock });
    const { incidentId } = alert;
    await harness.act(incidentId, 'dispatch', { now });
    advance(100);
    expect((await call('POST', `${incidentId}/reported-up`, {}, 'viewer')).status).toBe(403);
    const first = await call('POST', `${incidentId}/reported-up`, { to: 'city' });
    expect(first).toMatchObject({ status: 200, body: { reportedTo: 'city' } });
    advance(10);
    expect(await call('POST', `${incidentId}/reported-up`, { to: 'province' })).toEqual(first);
    advance(5000);
    await settled();
    expect(await warnings(incidentId)).toEqual([]);
    expect((await call('GET', `${incidentId}/escalation`)).body['reporting']).toMatchObject({
      leftS: 1700,
      reportedTo: 'city',
    });
  });

  it('knows when forces arrived, the first time it is entered', async () => {
    const { alert } = await harness.openIncident(undefined, { clock });
    const arrive = () =>
      app.inject({
        method: 'POST',
        url: `/api/v1/incidents/${alert.incidentId}/arrived`,
        headers: bearer('dispatcher'),
      });
    expect((await arrive()).statusCode).toBe(409);
    await harness.act(alert.incidentId, 'dispatch', { now });
    advance(60);
    const arrivedAt = now.toISOString();
    expect((await arrive()).json()).toEqual({ incidentId: alert.incidentId, arrivedAt });
    advance(60);
    expect((await arrive()).json()).toEqual({ incidentId: alert.incidentId, arrivedAt });
  });

  it('is none for what was dismissed', async () => {
    const { alert } = await harness.openIncident(undefined, { clock });
    const { incidentId } = alert;
    await harness.act(incidentId, 'verify', { now });
    await harness.act(incidentId, 'dismiss', { now });
    advance(1500);
    await settled();
    expect(await warnings(incidentId)).toEqual([]);
    expect((await call('POST', `${incidentId}/reported-up`)).status).toBe(409);
    expect((await call('GET', `${incidentId}/escalation`)).body).not.toHaveProperty('reporting');
  });

  it('stands beside who was told, who is next and in how many seconds', async () => {
    const { alert } = await harness.openIncident(
      [
        { afterS: 0, to: [{ onDuty: true }], channels: ['sms'] },
        { afterS: 60, to: [{ onDuty: true }], channels: ['sms'], repeat: { everyS: 30, times: 1 } },
      ],
      { clock },
    );
    const began = now.getTime();
    advance(15);
    const { body } = await call('GET', `${alert.incidentId}/escalation`);
    const planned = (s: number) => new Date(began + s * 1000).toISOString();
    expect(body).toMatchObject({
      policy: { id: 'default' },
      nextAt: planned(60),
      nextInS: 45,
      steps: [
        { step: 0, occurrence: 0, plannedAt: planned(0) },
        { step: 1, occurrence: 0, plannedAt: planned(60) },
        { step: 1, occurrence: 1, plannedAt: planned(90) },
      ],
    });
    const unknown = '00000000-0000-7000-8000-000000000000';
    expect((await call('GET', `${unknown}/escalation`)).status).toBe(404);
  });

  it('leaves it to each person where to hear that another has taken a fire', async () => {
    const { id } = await harness.person([{ channel: 'sms', address: '13800000007' }]);
    const put = async (personId: string, channels: string[], role: AccessRole) => {
      const response = await app.inject({
        method: 'PUT',
        url: `/api/v1/people/${personId}/taken-over-channels`,
        headers: bearer(role),
        payload: { channels },
      });
      return response.statusCode;
    };
    expect(await put(id, ['app', 'sms'], 'dispatcher')).toBe(403);
    expect(await put(id, ['pigeon'], 'admin')).toBe(400);
    expect(await put('p-nobody', ['sms'], 'admin')).toBe(404);
    expect(await put(id, ['app', 'sms'], 'admin')).toBe(200);
    const { rows } = await harness.pool.query(
      'select taken_over_channels as channels from person where id = $1',
      [id],
    );
    expect(rows).toEqual([{ channels: ['app', 'sms'] }]);
  });
});
