import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { fallBack } from '../../../src/notify/fallback.ts';
import { setUpChannels } from '../../../src/notify/plan-notifications.ts';
import { createRegionLookup } from '../../../src/people/index.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { withTransaction } from '../../../src/shared/db.ts';
import { type Smsc, startSmsc } from '../../support/smsc.ts';
import { createHarness, NOTIFY_CONFIG } from './notify-harness.ts';

const PHONE = '+8613800000001';
const BY_APP = [{ afterS: 0, to: [{ onDuty: true as const }], channels: ['app' as const] }];
const BY_SMS = [{ afterS: 0, to: [{ onDuty: true as const }], channels: ['sms' as const] }];

describe('the next channel', () => {
  let harness: Awaited<ReturnType<typeof createHarness>>;
  let smsc: Smsc;
  let published: Record<string, unknown>[] = [];
  let appWorks = true;

  beforeAll(async () => {
    harness = await createHarness();
    await harness.person([{ channel: 'sms', address: PHONE }, { channel: 'app' }]);
  });
  afterAll(() => harness.close());
  beforeEach(async () => {
    smsc = await startSmsc();
    published = [];
    appWorks = true;
    harness.givenUp.length = 0;
  });
  afterEach(async () => {
    await harness.stopAll();
    await smsc.stop();
  });

  const start = async (options: Parameters<typeof harness.start>[0] = {}) => {
    const notify = await harness.start({
      channels: { sms: [{ smpp: { url: smsc.url } }] },
      publish: async ({ payload }) => {
        if (!appWorks) throw new Error('broker is away');
        published.push(JSON.parse(payload) as Record<string, unknown>);
      },
      ...options,
    });
    await smsc.waitForBind();
    return notify;
  };
  const rowsOf = async (incidentId: string) => {
    const { rows } = await harness.pool.query<{
      id: string;
      channel: string;
      status: string;
      for: string | null;
    }>(
      `select id, channel, status, payload ->> 'fallbackFor' as for from notification where incident_id = $1 order by id`,
      [incidentId],
    );
    return rows;
  };
  const eventsOf = async (incidentId: string) => {
    const { rows } = await harness.pool.query<{ type: string; data: Record<string, unknown> }>(
      `select type, data from incident_event where incident_id = $1 and type = 'fallback'`,
      [incidentId],
    );
    return rows;
  };

  it('is used when the number is refused for good, and the timeline says so', async () => {
    smsc.onSubmit(() => ({ kind: 'refuse', status: 'ESME_RINVDSTADR' }));
    await start();
    const { alert } = await harness.openIncident(BY_SMS);
    await harness.expectStatuses(alert.incidentId, ['submitted', 'failed']);
    const [first, second] = await rowsOf(alert.incidentId);
    expect(second).toMatchObject({ channel: 'app', for: first?.id });
    expect(published).toMatchObject([{ notificationId: second?.id, fallbackFor: first?.id }]);
    expect(harness.givenUp).toMatchObject([{ notificationId: first?.id }]);
    expect(await eventsOf(alert.incidentId)).toMatchObject([
      {
        data: {
          notificationId: first?.id,
          channel: 'sms',
          reason: expect.stringContaining('ESME_RINVDSTADR'),
          to: { notificationId: second?.id, channel: 'app' },
        },
      },
    ]);
  });

  it('is used when a receipt says that it was not delivered', async () => {
    await start();
    const { alert } = await harness.openIncident(BY_SMS);
    const { messageIds } = await smsc.waitForSms();
    await harness.expectStatuses(alert.incidentId, ['submitted']);
    await smsc.sendReceipt(messageIds[0] ?? '', { state: 'UNDELIV' });
    await harness.expectStatuses(alert.incidentId, ['submitted', 'failed']);
    expect(published).toMatchObject([{ number: alert.number }]);
  });

  it('gets a text of its own, with the reply code, while the first goes on being tried', async () => {
    appWorks = false;
    await start({ config: { ...NOTIFY_CONFIG, maxAttempts: 500 } });
    const { alert, written } = await harness.openIncident(BY_APP);
    const sms = await smsc.waitForSms();
    expect(sms.text).toContain(alert.number);
    expect(sms.text).toContain(`编号${written.code}`);
    expect(sms.parts).toBeLessThanOrEqual(2);
    const [first] = await rowsOf(alert.incidentId);
    expect(['queued', 'sending']).toContain(first?.status);
    appWorks = true;
    await harness.expectStatuses(alert.incidentId, ['submitted', 'submitted']);
    expect(await eventsOf(alert.incidentId)).toHaveLength(1);
  });

  it('is used when no provider of the first can be called', async () => {
    appWorks = false;
    await start({ tuning: { breaker: { failures: 1, pauseMs: 60_000 } } });
    await harness.openIncident(BY_APP);
    await smsc.waitForSms();
    const { alert } = await harness.openIncident(BY_APP);
    await smsc.waitForSms((sms) => sms.text.includes(alert.number));
    const [row] = await harness.rows(alert.incidentId);
    expect(row).toMatchObject({ channel: 'app', attempts: 0, status: 'queued' });
  });

  it('is used when nothing has become of the first in time', async () => {
    await start({
      config: { ...NOTIFY_CONFIG, fallback: { afterFailures: 100, afterS: 1 } },
      publish: () => new Promise(() => undefined),
    });
    const { alert } = await harness.openIncident(BY_APP);
    expect(await smsc.waitForSms((sms) => sms.text.includes(alert.number))).toMatchObject({
      to: '8613800000001',
    });
  });

  it('is asked for once, whoever asks and however often', async () => {
    const { alert } = await harness.openIncident(BY_SMS);
    const [row] = await rowsOf(alert.incidentId);
    const deps = {
      regions: createRegionLookup([]),
      smsSignature: '【烽燧】',
      timeZone: 'Asia/Shanghai',
      setUp: setUpChannels({}),
      works: () => true,
      clock: systemClock,
      logger: pino({ level: 'silent' }),
    };
    const ask = () =>
      withTransaction(harness.pool, (tx) =>
        fallBack(deps, tx, { id: row?.id ?? '', reason: 'test' }),
      );
    await expect(
      withTransaction(harness.pool, async (tx) => {
        await fallBack(deps, tx, { id: row?.id ?? '', reason: 'test' });
        throw new Error('killed');
      }),
    ).rejects.toThrow('killed');
    expect(await rowsOf(alert.incidentId)).toHaveLength(1);
    await Promise.all([ask(), ask(), ask()]);
    expect(await rowsOf(alert.incidentId)).toHaveLength(2);
    expect(await eventsOf(alert.incidentId)).toHaveLength(1);
  });

  it('is left alone when somebody has taken the fire meanwhile', async () => {
    await start();
    const { alert } = await harness.openIncident(BY_SMS);
    const { messageIds } = await smsc.waitForSms((sms) => sms.text.includes(alert.number));
    await harness.expectStatuses(alert.incidentId, ['submitted']);
    await harness.acknowledge(alert.incidentId);
    await smsc.sendReceipt(messageIds[0] ?? '', { state: 'UNDELIV' });
    await vi.waitFor(async () => {
      const rows = await rowsOf(alert.incidentId);
      expect(rows.map(({ status }) => status)).toContain('failed');
    });
    const rows = await rowsOf(alert.incidentId);
    expect(rows.filter((row) => row.for !== null)).toEqual([]);
  });

  it('ends where nothing is left: given up, in the timeline', async () => {
    appWorks = false;
    smsc.onSubmit(() => ({ kind: 'refuse', status: 'ESME_RINVDSTADR' }));
    await start({ tuning: { breaker: { failures: 1_000 } } });
    const { alert } = await harness.openIncident(BY_SMS);
    await harness.expectStatuses(alert.incidentId, ['failed', 'failed']);
    expect(await eventsOf(alert.incidentId)).toHaveLength(1);
    const ids = (await rowsOf(alert.incidentId)).map(({ id }) => id);
    const given = harness.givenUp.map(({ notificationId }) => notificationId);
    expect(given).toEqual(expect.arrayContaining(ids));
  });
});
