import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Smsc, startSmsc } from '../../support/smsc.ts';
import { createHarness } from './notify-harness.ts';

const SMPP = { responseTimeoutMs: 500, reconnectBaseMs: 30, reconnectMaxMs: 60 };
const SMS_ONLY = [{ afterS: 0, to: [{ onDuty: true as const }], channels: ['sms' as const] }];

describe('two SMS centres', () => {
  let harness: Awaited<ReturnType<typeof createHarness>>;
  let first: Smsc;
  let second: Smsc;

  beforeAll(async () => {
    harness = await createHarness();
    await harness.person([{ channel: 'sms', address: '+8613800000001' }]);
  });
  afterAll(() => harness.close());
  beforeEach(async () => {
    [first, second] = await Promise.all([startSmsc(), startSmsc()]);
    harness.givenUp.length = 0;
  });
  afterEach(async () => {
    await harness.stopAll();
    await Promise.all([first.stop(), second.stop()]);
  });

  const start = async (breaker = { failures: 3, pauseMs: 60_000, maxPauseMs: 60_000 }) => {
    const notify = await harness.start({
      channels: { sms: [{ smpp: { url: first.url } }, { smpp: { url: second.url } }] },
      tuning: { smpp: SMPP, breaker },
    });
    await Promise.all([first.waitForBind(), second.waitForBind()]);
    return notify;
  };
  const open = () => harness.openIncident(SMS_ONLY);
  const providersOf = async (incidentId: string) => {
    const { rows } = await harness.pool.query<{ provider: string }>(
      `select a.provider from delivery_attempt a join notification n on n.id = a.notification_id
       where n.incident_id = $1 order by a.attempt`,
      [incidentId],
    );
    return rows.map(({ provider }) => provider);
  };

  it('sends by the first while it works', async () => {
    await start();
    const { alert } = await open();
    await harness.expectStatuses(alert.incidentId, ['submitted']);
    expect(await providersOf(alert.incidentId)).toEqual(['smpp']);
    expect(second.submits).toEqual([]);
  });

  it('goes over to the second at once when the first fails, under the same id and not as a repeat', async () => {
    first.onSubmit(() => ({ kind: 'refuse', status: 'ESME_RSYSERR' }));
    await start();
    const { alert } = await open();
    const [row] = await harness.expectStatuses(alert.incidentId, ['submitted']);
    expect(row?.outcomes).toEqual(['failed', 'submitted']);
    expect(await providersOf(alert.incidentId)).toEqual(['smpp', 'smpp-2']);
    const sms = await second.waitForSms();
    expect(sms.text).not.toContain('重复');
  });

  it('marks it as a repeat when the first may have sent it', async () => {
    first.onSubmit(() => ({ kind: 'silence' }));
    await start();
    const { alert } = await open();
    await harness.expectStatuses(alert.incidentId, ['submitted']);
    expect((await second.waitForSms()).text).toContain('重复：');
  });

  it('asks the second when the first refuses the number for good, and gives up when both do', async () => {
    first.onSubmit(() => ({ kind: 'refuse', status: 'ESME_RINVDSTADR' }));
    await start();
    const { alert } = await open();
    const [row] = await harness.expectStatuses(alert.incidentId, ['submitted']);
    expect(row?.outcomes).toEqual(['failed', 'submitted']);
    second.onSubmit(() => ({ kind: 'refuse', status: 'ESME_RINVDSTADR' }));
    const { alert: hopeless } = await open();
    const [given] = await harness.expectStatuses(hopeless.incidentId, ['failed']);
    expect(given?.attempts).toBe(2);
    expect(harness.givenUp).toHaveLength(1);
  });

  it('does not call the first any more once it has failed three times in a row', async () => {
    first.onSubmit(() => ({ kind: 'refuse', status: 'ESME_RSYSERR' }));
    const notify = await start();
    for (let i = 0; i < 3; i += 1) {
      const { alert } = await open();
      await harness.expectStatuses(alert.incidentId, ['submitted']);
    }
    expect(notify.providers().filter(({ channel }) => channel === 'sms')).toMatchObject([
      {
        channel: 'sms',
        provider: 'smpp',
        up: false,
        breaker: 'open',
        lastError: expect.stringContaining('ESME_RSYSERR'),
      },
      { channel: 'sms', provider: 'smpp-2', up: true, breaker: 'closed' },
    ]);
    expect(notify.channelStatus()['sms']).toMatch(
      /^smpp: bound to .* \(failing, .*RSYSERR\); smpp/,
    );
    const { alert } = await open();
    const [row] = await harness.expectStatuses(alert.incidentId, ['submitted']);
    expect(row?.outcomes).toEqual(['submitted']);
    expect(await providersOf(alert.incidentId)).toEqual(['smpp-2']);
  });

  it('does not call one that has no line while the other has', async () => {
    const notify = await start();
    await first.stop();
    await vi.waitFor(() => expect(notify.channelStatus()['sms']).toContain('not bound'));
    const { alert } = await open();
    const [row] = await harness.expectStatuses(alert.incidentId, ['submitted']);
    expect(row?.outcomes).toEqual(['submitted']);
    expect(await providersOf(alert.incidentId)).toEqual(['smpp-2']);
    expect(notify.troubles()).toEqual([]);
    first = await startSmsc();
  });

  it('loses nothing and spends no attempts while both are open, and sends all once one is back', async () => {
    let away = true;
    const busy = (): { kind: 'refuse'; status: 'ESME_RSYSERR' } | { kind: 'accept' } =>
      away ? { kind: 'refuse', status: 'ESME_RSYSERR' } : { kind: 'accept' };
    first.onSubmit(busy);
    second.onSubmit(busy);
    const notify = await start({ failures: 1, pauseMs: 300, maxPauseMs: 300 });
    const { alert } = await open();
    await vi.waitFor(() =>
      expect(notify.providers().filter(({ breaker }) => breaker !== 'closed')).toHaveLength(2),
    );
    const { alert: waiting } = await open();
    await vi.waitFor(async () => {
      const [row] = await harness.rows(waiting.incidentId);
      expect(row?.last_error).toContain('ESME_RSYSERR');
    });
    away = false;
    await harness.expectStatuses(alert.incidentId, ['submitted']);
    await harness.expectStatuses(waiting.incidentId, ['submitted']);
    expect(harness.givenUp).toEqual([]);
  });

  it('gives nobody up because a centre is busy for long', async () => {
    await first.stop();
    await second.stop();
    first = await startSmsc();
    second = await startSmsc();
    let refused = 0;
    first.onSubmit(() => {
      refused += 1;
      return refused > 16 ? { kind: 'accept' } : { kind: 'refuse', status: 'ESME_RTHROTTLED' };
    });
    await harness.start({
      channels: { sms: [{ smpp: { url: first.url } }] },
      tuning: { smpp: { ...SMPP, throttlePauseMs: 20, throttlePatienceMs: 10 } },
    });
    await first.waitForBind();
    const { alert } = await open();
    const [row] = await harness.expectStatuses(alert.incidentId, ['submitted']);
    // More than the five that are allowed where the provider fails.
    expect(row?.attempts).toBeGreaterThan(5);
    expect(harness.givenUp).toEqual([]);
  });
});
