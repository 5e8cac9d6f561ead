import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { storedWebhookSecret } from '../../../src/notify/webhook-secret-store.ts';
import { startHookServer } from './hook-server.ts';
import { createHarness } from './notify-harness.ts';

describe('webhook', () => {
  let harness: Awaited<ReturnType<typeof createHarness>>;
  let hooks: Awaited<ReturnType<typeof startHookServer>>;

  beforeAll(async () => {
    harness = await createHarness();
  });
  afterAll(() => harness.close());
  beforeEach(async () => {
    hooks = await startHookServer();
    await harness.pool.query('update contact_method set disabled_at = now()');
  });
  afterEach(async () => {
    await harness.stopAll();
    await hooks.stop();
  });

  const openTo = async (path: string) => {
    await harness.person([{ channel: 'webhook', address: hooks.url + path }]);
    return harness.openIncident();
  };

  it('is signed as Standard Webhooks has it, with a secret made at the first start', async () => {
    await harness.start();
    const { alert } = await openTo('/hook');
    const [row] = await harness.expectStatuses(alert.incidentId, ['submitted']);
    const [hook] = hooks.hooks;
    const secret = await storedWebhookSecret(harness.pool);
    expect(await storedWebhookSecret(harness.pool)).toBe(secret);
    const verified = new Webhook(secret).verify(
      hook?.body ?? '',
      hook?.headers as Record<string, string>,
    );
    expect(verified).toMatchObject({
      type: 'incident.notification',
      data: {
        notificationId: row?.id,
        incidentId: alert.incidentId,
        number: alert.number,
        kind: 'smoke',
        fix: alert.fix,
        text: row?.text,
        repeat: false,
      },
    });
    expect(hook?.headers['webhook-id']).toBe(row?.id);
  });

  it('retries what is not 2xx, a redirect too, under the same id', async () => {
    hooks.answers.push(500, 307, 404);
    await harness.start();
    const { alert } = await openTo('/redirect');
    hooks.answers.push(200);
    const [row] = await harness.expectStatuses(alert.incidentId, ['submitted']);
    expect(row?.outcomes).toEqual(['failed', 'failed', 'failed', 'submitted']);
    expect(hooks.hooks.map((hook) => hook.path)).toEqual(Array(4).fill('/redirect'));
    expect(new Set(hooks.hooks.map((hook) => hook.headers['webhook-id']))).toEqual(
      new Set([row?.id]),
    );
  });

  it('gives up at once when the receiver is gone for good', async () => {
    hooks.answers.push(410);
    await harness.start();
    const { alert } = await openTo('/hook');
    const [row] = await harness.expectStatuses(alert.incidentId, ['failed']);
    expect(row).toMatchObject({ attempts: 1, last_error: 'HTTP 410' });
  });

  it('says that it may be a repeat after a receiver that did not answer', async () => {
    await harness.start({ tuning: { webhookTimeoutMs: 200 } });
    const { alert } = await openTo('/hang');
    const [row] = await harness.expectStatuses(alert.incidentId, ['submitted']);
    expect(row?.outcomes).toEqual(['unknown', 'submitted']);
    const bodies = hooks.hooks.map(
      ({ body }) => JSON.parse(body) as { data: { repeat: boolean; text: string } },
    );
    expect(bodies.map(({ data }) => data.repeat)).toEqual([false, true]);
    expect(bodies[1]?.data.text).toContain('重复：');
  });

  it('refuses to start with a secret that cannot sign', async () => {
    await expect(harness.start({ webhookSecret: 'whsec_short' })).rejects.toThrow(/WEBHOOK_SECRET/);
  });
});
