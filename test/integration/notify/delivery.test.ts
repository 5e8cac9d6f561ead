import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { recordReceipt } from '../../../src/notify/index.ts';
import { claimNotifications } from '../../../src/notify/sending-store.ts';
import type { Person } from '../../../src/people/person.ts';
import { createHarness } from './notify-harness.ts';

type Published = { topic: string; payload: string; qos: number };
const redisUrl = process.env['TEST_REDIS_URL'];

/** The queue on PostgreSQL always; on Redis where the run provides one. */
const backends = [
  { name: 'PostgreSQL', redisUrl: undefined },
  ...(redisUrl === undefined ? [] : [{ name: 'Redis', redisUrl }]),
];

describe.each(backends)('delivery with the queue on $name', (backend) => {
  let harness: Awaited<ReturnType<typeof createHarness>>;
  let person: Person;
  let published: Published[] = [];
  let queuePrefix = '';

  beforeAll(async () => {
    harness = await createHarness();
    person = await harness.person([{ channel: 'app' }]);
  });
  afterAll(() => harness.close());
  beforeEach(() => {
    published = [];
    queuePrefix = `fengsui-test-${randomBytes(4).toString('hex')}`;
  });
  afterEach(() => harness.stopAll());

  const publish = async (message: Published): Promise<void> => {
    published.push(message);
  };
  const start = (options: Parameters<typeof harness.start>[0] = {}) =>
    harness.start({
      redisUrl: backend.redisUrl,
      publish,
      ...options,
      tuning: { queuePrefix, ...options.tuning },
    });
  const bodies = () =>
    published.map(({ payload }) => JSON.parse(payload) as Record<string, unknown>);
  const wipeQueue = async (): Promise<void> => {
    if (backend.redisUrl === undefined) {
      await harness.pool.query('truncate bullmq.job cascade');
      return;
    }
    const redis = new Redis(backend.redisUrl);
    const keys = await redis.keys(`${queuePrefix}:*`);
    if (keys.length > 0) await redis.del(keys);
    redis.disconnect();
  };

  it('publishes to the person’s inbox, once, soon after the incident opens', async () => {
    const notify = await start();
    const { alert, written } = await harness.openIncident();
    expect(written).toMatchObject({
      dutyLevel: 'any_duty_officer',
      policyId: 'default',
      unreachable: [],
    });
    const [row] = await harness.expectStatuses(alert.incidentId, ['submitted']);
    expect(published).toMatchObject([{ topic: `fengsui/v1/person/${person.id}/inbox`, qos: 1 }]);
    expect(bodies()).toMatchObject([
      {
        notificationId: row?.id,
        incidentId: alert.incidentId,
        number: alert.number,
        fix: alert.fix,
        text: row?.text,
        repeat: false,
      },
    ]);
    expect(notify.channelStatus()).toEqual({
      sms: 'log: set SMPP_URL to send SMS',
      app: 'mqtt',
      webhook: 'http',
      wecom: 'http',
      dingtalk: 'http',
      feishu: 'http',
    });
    await vi.waitFor(async () =>
      expect(await notify.queueDepth()).toEqual({
        queued: 0,
        sending: 0,
        waiting: 0,
        active: 0,
        delayed: 0,
      }),
    );
  });

  it('sends once though two processes work at it', async () => {
    await start();
    await start();
    const opened = await Promise.all(Array.from({ length: 20 }, () => harness.openIncident()));
    for (const { alert } of opened) await harness.expectStatuses(alert.incidentId, ['submitted']);
    const ids = bodies().map((body) => body['notificationId']);
    expect(ids).toHaveLength(20);
    expect(new Set(ids).size).toBe(20);
  });

  it('loses nothing when the queue is wiped half-way', async () => {
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    await start({
      publish: async (message) => {
        await gate;
        await publish(message);
      },
    });
    const opened = await Promise.all(Array.from({ length: 30 }, () => harness.openIncident()));
    await vi.waitFor(async () => {
      const { rows } = await harness.pool.query(
        "select from notification where status = 'sending'",
      );
      expect(rows).toHaveLength(10);
    });
    await wipeQueue();
    open();
    for (const { alert } of opened) await harness.expectStatuses(alert.incidentId, ['submitted']);
    expect(new Set(bodies().map((body) => body['notificationId'])).size).toBe(30);
    expect(published).toHaveLength(30);
  });

  it('does not send what was acknowledged before, and stops retrying what was acknowledged meanwhile', async () => {
    const { alert: early } = await harness.openIncident();
    await harness.acknowledge(early.incidentId);
    await start({ publish: () => Promise.reject(new Error('broker is away')) });
    const { alert } = await harness.openIncident();
    await vi.waitFor(async () => {
      const [tried] = await harness.rows(alert.incidentId);
      expect(tried?.outcomes[0]).toBe('failed');
    });
    await harness.acknowledge(alert.incidentId);
    const [row] = await harness.expectStatuses(alert.incidentId, ['cancelled']);
    expect(row?.last_error).toBe('MQTT: broker is away');
    const [unsent] = await harness.expectStatuses(early.incidentId, ['cancelled']);
    expect(unsent).toMatchObject({ attempts: 0, outcomes: [] });
  });

  it('sends again, marked as a repeat, what a worker died over', async () => {
    const { alert, written } = await harness.openIncident();
    const [planned] = written.notifications;
    const id = planned?.id ?? '';
    const members = await harness.see([id]);
    const begin = () =>
      claimNotifications(harness.pool, [{ lead: id, members, bundleId: id, provider: 'mqtt' }], {
        now: new Date(),
        leaseMs: 400,
      });
    expect(await begin()).toMatchObject([[{ attempt: 1, repeat: false }]]);
    expect(await begin()).toEqual([[]]);
    await start();
    const [row] = await harness.expectStatuses(alert.incidentId, ['submitted']);
    expect(row).toMatchObject({ attempts: 2, outcomes: ['unknown', 'submitted'] });
    expect(bodies()).toMatchObject([
      { repeat: true, text: expect.stringContaining('【烽燧】重复：') },
    ]);
  });

  it('keeps its claim while a sending takes longer than the lease', async () => {
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    await start({
      tuning: { leaseMs: 300 },
      publish: async (message) => {
        await publish(message);
        await gate;
      },
    });
    const { alert } = await harness.openIncident();
    const until = Date.now() + 1_200;
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(until), { timeout: 3_000 });
    open();
    const [row] = await harness.expectStatuses(alert.incidentId, ['submitted']);
    expect(row?.attempts).toBe(1);
    expect(published).toHaveLength(1);
  });

  it('takes receipts from the app, in any order, and only from the person told', async () => {
    await start();
    const { alert } = await harness.openIncident();
    const [row] = await harness.expectStatuses(alert.incidentId, ['submitted']);
    const now = new Date();
    const receipt = (event: 'delivered' | 'read' | 'acknowledged', personId = person.id) =>
      recordReceipt(harness.pool, {
        notificationId: row?.id ?? '',
        personId,
        event,
        at: now,
        receivedAt: now,
      });
    expect(await receipt('read', 'p-stranger')).toEqual({ kind: 'not_theirs' });
    expect(await receipt('read')).toEqual({ kind: 'recorded', incidentId: alert.incidentId });
    await harness.expectStatuses(alert.incidentId, ['read']);
    await receipt('delivered');
    await receipt('delivered');
    await harness.expectStatuses(alert.incidentId, ['read']);
    await receipt('acknowledged');
    await harness.expectStatuses(alert.incidentId, ['acknowledged']);
    const { rows } = await harness.pool.query<{ event: string }>(
      'select event from receipt where notification_id = $1 order by id',
      [row?.id],
    );
    expect(rows.map(({ event }) => event)).toEqual(['read', 'delivered', 'acknowledged']);
    const { notificationId } = { notificationId: 'not-a-uuid' };
    expect(
      await recordReceipt(harness.pool, {
        notificationId,
        personId: person.id,
        event: 'read',
        at: now,
        receivedAt: now,
      }),
    ).toEqual({ kind: 'not_theirs' });
  });

  it('survives that every connection to the database is cut', async () => {
    await start();
    const { alert: before } = await harness.openIncident();
    await harness.expectStatuses(before.incidentId, ['submitted']);
    await harness.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    );
    const { alert } = await vi.waitFor(() => harness.openIncident(), { timeout: 5_000 });
    const [row] = await harness.expectStatuses(alert.incidentId, ['submitted']);
    expect(row?.attempts).toBeLessThanOrEqual(2);
  });

  it('leaves what it is sending when told to stop, and sends it after the restart', async () => {
    const hanging = await start({ publish: () => new Promise(() => undefined) });
    const { alert } = await harness.openIncident();
    await harness.expectStatuses(alert.incidentId, ['sending']);
    const before = Date.now();
    await hanging.stop();
    expect(Date.now() - before).toBeLessThan(4_500);
    await start();
    const [row] = await harness.expectStatuses(alert.incidentId, ['submitted']);
    expect(row?.outcomes).toEqual(['unknown', 'submitted']);
  });
});

describe('delivery without its surroundings', () => {
  let harness: Awaited<ReturnType<typeof createHarness>>;
  beforeAll(async () => {
    harness = await createHarness();
  });
  afterAll(() => harness.close());
  afterEach(() => harness.stopAll());

  it('says when there is nobody to tell, and who could not be told', async () => {
    const { written } = await harness.openIncident();
    expect(written).toMatchObject({ dutyLevel: 'nobody', notifications: [], unreachable: [] });
    const mute = await harness.person([]);
    const again = await harness.openIncident();
    expect(again.written).toMatchObject({ dutyLevel: 'nobody', unreachable: [mute.id] });
  });

  it('sends though Redis is out of reach', async () => {
    await harness.person([{ channel: 'app' }]);
    let sent = 0;
    await harness.start({
      redisUrl: 'redis://127.0.0.1:1',
      publish: async () => {
        sent += 1;
      },
    });
    const { alert } = await harness.openIncident();
    await harness.expectStatuses(alert.incidentId, ['submitted']);
    expect(sent).toBe(1);
  });

  it('writes to the log what no channel is configured for', async () => {
    await harness.pool.query('update contact_method set disabled_at = now()');
    await harness.person([{ channel: 'sms', address: '13800000002' }]);
    await harness.person([{ channel: 'email', address: 'li@example.org' }]);
    await harness.start();
    const { alert } = await harness.openIncident();
    await harness.expectStatuses(alert.incidentId, ['submitted', 'submitted']);
    const { rows } = await harness.pool.query(
      'select distinct a.provider from delivery_attempt a join notification n on n.id = a.notification_id where n.incident_id = $1',
      [alert.incidentId],
    );
    expect(rows).toEqual([{ provider: 'log' }]);
  });
});
