import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Smsc, startSmsc } from '../../support/smsc.ts';
import { startHookServer } from './hook-server.ts';
import { createHarness, NOTIFY_CONFIG } from './notify-harness.ts';

const PHONE = '+8613800000001';
const SMPP = { responseTimeoutMs: 500, reconnectBaseMs: 30, reconnectMaxMs: 60 };
const BY_SMS = [{ afterS: 0, to: [{ onDuty: true as const }], channels: ['sms' as const] }];
/** ESME_RINVMSGLEN: this text is too long. */
const RINVMSGLEN = 0x01;
const NUMBER = /AR-\d{8}-\d{3}/g;

describe('several alerts to one person', () => {
  let harness: Awaited<ReturnType<typeof createHarness>>;
  let smsc: Smsc;

  beforeAll(async () => {
    harness = await createHarness();
    await harness.person([{ channel: 'sms', address: PHONE }]);
  });
  afterAll(() => harness.close());
  beforeEach(async () => {
    smsc = await startSmsc();
  });
  afterEach(async () => {
    await harness.stopAll();
    await smsc.stop();
    // What went out in one test is no traffic for the next.
    await harness.pool.query('update notification set last_attempt_at = null');
  });

  const start = async (options: Parameters<typeof harness.start>[0] = {}) => {
    const notify = await harness.start({
      channels: { sms: [{ smpp: { url: smsc.url } }] },
      // Wide, so that a slow machine has written all of a test's alerts before it ends.
      config: { ...NOTIFY_CONFIG, bundleWindowMs: 2_000 },
      tuning: { smpp: SMPP },
      ...options,
    });
    await smsc.waitForBind();
    return notify;
  };
  const open = async () => (await harness.openIncident(BY_SMS)).alert;
  const openMany = (count: number) => Promise.all(Array.from({ length: count }, open));
  const numbersIn = (texts: readonly string[]) =>
    texts.map((text) => [...new Set(text.match(NUMBER))].toSorted());
  const all = async (alerts: readonly { incidentId: string }[], status: string) => {
    for (const { incidentId } of alerts) await harness.expectStatuses(incidentId, [status]);
  };

  it('go together after the first, which went at once, each with its own attempt', async () => {
    await start();
    const first = await open();
    await smsc.waitForSms();
    const others = await openMany(3);
    await all([first, ...others], 'submitted');
    const texts = smsc.messages.map(({ text }) => text);
    expect(numbersIn(texts)).toEqual([
      [first.number],
      others.map(({ number }) => number).toSorted(),
    ]);
    expect(texts[1]).toMatch(/^【烽燧】3起新火情：/);
    const { rows } = await harness.pool.query<{ ids: string[]; bundle_id: string }>(
      `select distinct a.provider_message_ids as ids, n.bundle_id from delivery_attempt a
         join notification n on n.id = a.notification_id where n.incident_id = any($1)`,
      [others.map(({ incidentId }) => incidentId)],
    );
    expect(rows).toMatchObject([{ ids: smsc.messages[1]?.messageIds }]);
  });

  it('that do not fit into one message follow in the next', async () => {
    await start();
    const alerts = await openMany(12);
    await all(alerts, 'submitted');
    expect(smsc.messages.length).toBeLessThanOrEqual(5);
    expect(smsc.messages.every(({ parts }) => parts <= 3)).toBe(true);
    const told = numbersIn(smsc.messages.map(({ text }) => text)).flat();
    expect(told.toSorted()).toEqual(alerts.map(({ number }) => number).toSorted());
  });

  it('are all settled by the receipts of their message', async () => {
    await start();
    await open();
    const { messageIds: firstIds } = await smsc.waitForSms();
    const others = await openMany(2);
    const bundle = await smsc.waitForSms(({ text }) => text.includes('2起'));
    await all(others, 'submitted');
    for (const id of [...firstIds, ...bundle.messageIds, ...bundle.messageIds]) {
      await smsc.sendReceipt(id);
    }
    await all(others, 'delivered');
    const { rows } = await harness.pool.query<{ count: number }>(
      `select count(*)::int from receipt r join notification n on n.id = r.notification_id
       where n.incident_id = any($1) group by n.id`,
      [others.map(({ incidentId }) => incidentId)],
    );
    expect(rows).toEqual(Array(2).fill({ count: bundle.messageIds.length }));
  });

  it('all fail when their message was not delivered', async () => {
    await start();
    await open();
    await smsc.waitForSms();
    const others = await openMany(2);
    const bundle = await smsc.waitForSms(({ text }) => text.includes('2起'));
    await all(others, 'submitted');
    await smsc.sendReceipt(bundle.messageIds[0] ?? '', { state: 'UNDELIV' });
    await all(others, 'failed');
    const ids = (
      await Promise.all(others.map(({ incidentId }) => harness.rows(incidentId)))
    ).flat();
    const given = harness.givenUp.map(({ notificationId }) => notificationId);
    expect(given).toEqual(expect.arrayContaining(ids.map(({ id }) => id)));
  });

  it('are repeated together, and nothing with them, when nobody knows whether the message got out', async () => {
    await start();
    await open();
    await smsc.waitForSms();
    let lost = 0;
    smsc.onSubmit((pdu) => {
      lost += 1;
      return lost <= 2 && pdu.destination_addr !== undefined
        ? { kind: 'silence' }
        : { kind: 'accept' };
    });
    const others = await openMany(2);
    await vi.waitFor(() => expect(lost).toBeGreaterThan(0), { timeout: 10_000 });
    const later = await open();
    await all([...others, later], 'submitted');
    const repeats = smsc.messages.filter(({ text }) => text.includes('重复：'));
    expect(numbersIn(repeats.map(({ text }) => text))).toEqual([
      others.map(({ number }) => number).toSorted(),
    ]);
    const outcomes = (await harness.rows(others[0]?.incidentId ?? ''))[0]?.outcomes;
    expect(outcomes).toEqual(['unknown', 'submitted']);
  });

  it('are tried one by one when the centre refuses them together for good', async () => {
    await start();
    await open();
    await smsc.waitForSms();
    const seen = smsc.submits.length;
    smsc.onSubmit((_pdu, count) =>
      count <= seen + 2 ? { kind: 'refuse', status: RINVMSGLEN } : { kind: 'accept' },
    );
    const others = await openMany(2);
    await all(others, 'submitted');
    const after = numbersIn(smsc.messages.slice(1).map(({ text }) => text));
    expect(after).toHaveLength(2);
    expect(after.flat().toSorted()).toEqual(others.map(({ number }) => number).toSorted());
  });

  it('lose one that somebody takes before the message is out', async () => {
    await start();
    await open();
    await smsc.waitForSms();
    const [taken, ...left] = await openMany(3);
    await harness.acknowledge(taken?.incidentId ?? '');
    await all(left, 'submitted');
    expect(numbersIn(smsc.messages.slice(1).map(({ text }) => text))).toEqual([
      left.map(({ number }) => number).toSorted(),
    ]);
  });

  it('are answered each by its code', async () => {
    const { outcomes, onSms } = await harness.startReplies();
    await start({ onSms });
    await open();
    await smsc.waitForSms();
    const others = await openMany(2);
    const { text } = await smsc.waitForSms((sms) => sms.text.includes('2起'));
    await all(others, 'submitted');
    const [, number, code] = /；(AR-\d{8}-\d{3})[^(]*\(编号(\d{3})\)/.exec(text) ?? [];
    await smsc.sendSms('8613800000001', `${code} 1`);
    await vi.waitFor(() => expect(outcomes).toEqual(['acknowledged']));
    const { rows } = await harness.pool.query(
      `select number from incident where status = 'acknowledged' and number = $1`,
      [number],
    );
    expect(rows).toHaveLength(1);
  });

  it('go each by itself to a machine', async () => {
    const hooks = await startHookServer();
    await harness.person([{ channel: 'webhook', address: `${hooks.url}/hook` }], ['viewer']);
    await start();
    const { rows } = await harness.pool.query<{ id: string }>(
      `select person_id as id from contact_method where channel = 'webhook'`,
    );
    const steps = [
      { afterS: 0, to: [{ personId: rows[0]?.id ?? '' }], channels: ['webhook' as const] },
    ];
    const opened = await Promise.all(Array.from({ length: 3 }, () => harness.openIncident(steps)));
    await all(
      opened.map(({ alert }) => alert),
      'submitted',
    );
    expect(hooks.hooks).toHaveLength(3);
    await hooks.stop();
  });
});
