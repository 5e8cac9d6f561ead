import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  rotateWebhookSecret,
  storedWebhookSecrets,
} from '../../../src/notify/webhook-secret-store.ts';
import { startHookServer } from './hook-server.ts';
import { createHarness } from './notify-harness.ts';

const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;

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
    const { current: secret } = await storedWebhookSecrets(harness.pool);
    expect((await storedWebhookSecrets(harness.pool)).current).toBe(secret);
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
    for (const webhookSecret of ['whsec_short', `${SECRET} whsec_short`]) {
      await expect(harness.start({ webhookSecret })).rejects.toThrow(/WEBHOOK_SECRET/);
    }
  });

  const signaturesOf = (hook: (typeof hooks.hooks)[number] | undefined): number =>
    String(hook?.headers['webhook-signature']).split(' ').length;
  const verifies = (hook: (typeof hooks.hooks)[number] | undefined, secret: string): boolean => {
    try {
      new Webhook(secret).verify(hook?.body ?? '', hook?.headers as Record<string, string>);
      return true;
    } catch {
      return false;
    }
  };

  it('signs with the old secret too for a day after a rotation', async () => {
    const { current: old } = await storedWebhookSecrets(harness.pool);
    await harness.start();
    const { current: fresh } = await rotateWebhookSecret(harness.pool, new Date());
    const { alert } = await openTo('/hook');
    await harness.expectStatuses(alert.incidentId, ['submitted']);
    const [hook] = hooks.hooks;
    expect([fresh !== old, verifies(hook, fresh), verifies(hook, old)]).toEqual([true, true, true]);
  });

  it('forgets the old secret after that day', async () => {
    const yesterday = new Date(Date.now() - 25 * 3_600_000);
    const { current: old } = await rotateWebhookSecret(harness.pool, yesterday);
    const { current: fresh } = await rotateWebhookSecret(harness.pool, yesterday);
    await harness.start();
    const { alert } = await openTo('/hook');
    await harness.expectStatuses(alert.incidentId, ['submitted']);
    const [hook] = hooks.hooks;
    expect([verifies(hook, fresh), verifies(hook, old)]).toEqual([true, false]);
  });

  it('signs with both secrets that WEBHOOK_SECRET names', async () => {
    const other = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    await harness.start({ webhookSecret: `${SECRET} ${other}` });
    const { alert } = await openTo('/hook');
    await harness.expectStatuses(alert.incidentId, ['submitted']);
    const [hook] = hooks.hooks;
    expect([signaturesOf(hook), verifies(hook, SECRET), verifies(hook, other)]).toEqual([
      2,
      true,
      true,
    ]);
  });

  it('does not post to an address that is not allowed (any more)', async () => {
    await harness.start({ channels: {} });
    const { alert } = await openTo('/hook');
    const [row] = await harness.expectStatuses(alert.incidentId, ['failed']);
    expect(row).toMatchObject({ attempts: 1 });
    expect(row?.last_error).toMatch(/127\.0\.0\.1 is a loopback address.*webhook\.allow/);
    expect(hooks.hooks).toEqual([]);
  });
});
