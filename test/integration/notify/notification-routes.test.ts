import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notificationRoutes, recordReceipt } from '../../../src/notify/index.ts';
import type { AccessRole, App } from '../../../src/shared/http.ts';
import { bearer, createTestApp } from '../../unit/api/test-app.ts';
import { createHarness } from './notify-harness.ts';

type Page = { items: Record<string, unknown>[]; next?: string };

describe('GET notifications', () => {
  let harness: Awaited<ReturnType<typeof createHarness>>;
  let app: App;
  let regionIds: Set<string> | null = null;

  beforeAll(async () => {
    harness = await createHarness();
    await harness.person([{ channel: 'sms', address: '13800000001' }, { channel: 'app' }]);
    app = await createTestApp({
      routes: [notificationRoutes({ pool: harness.pool, visibleRegions: () => regionIds })],
      limits: { perAddress: 100_000 },
    });
    await harness.start();
  });
  afterAll(async () => {
    await app.close();
    await harness.close();
  });

  const list = async (query = '', role: AccessRole = 'dispatcher') => {
    const response = await app.inject({
      url: `/api/v1/notifications${query}`,
      headers: bearer(role),
    });
    return { status: response.statusCode, body: response.json<Page>() };
  };

  it('shows every attempt and receipt of an incident, by its id or number', async () => {
    const { alert } = await harness.openIncident();
    await harness.openIncident();
    const rows = await harness.expectStatuses(alert.incidentId, ['submitted', 'submitted']);
    const app0 = rows.find((row) => row.channel === 'app');
    const { rows: people } = await harness.pool.query<{ person_id: string }>(
      'select person_id from notification where id = $1',
      [app0?.id],
    );
    const at = new Date('2026-11-02T06:05:00.123Z');
    await recordReceipt(harness.pool, {
      notificationId: app0?.id ?? '',
      personId: people[0]?.person_id ?? '',
      event: 'read',
      at,
      receivedAt: at,
    });
    const byNumber = await list(`?incident=${alert.number}`);
    expect(byNumber).toEqual(await list(`?incident=${alert.incidentId}`));
    expect(byNumber.body.items).toHaveLength(2);
    expect(byNumber.body.items.find((item) => item['channel'] === 'app')).toMatchObject({
      id: app0?.id,
      incidentNumber: alert.number,
      personName: '李明',
      status: 'read',
      attempts: [
        {
          attempt: 1,
          provider: 'mqtt',
          outcome: 'submitted',
          providerMessageIds: [],
          startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/),
        },
      ],
      receipts: [{ event: 'read', at: at.toISOString(), provider: 'mqtt' }],
    });
  });

  it('pages, newest first', async () => {
    const first = await list('?limit=3');
    const second = await list(`?limit=3&cursor=${first.body.next}`);
    const ids = [...first.body.items, ...second.body.items].map((item) => String(item['id']));
    expect(ids).toHaveLength(4);
    expect(ids).toEqual([...ids].sort().reverse());
    expect(second.body.next).toBeUndefined();
    expect((await list('?cursor=nonsense')).status).toBe(400);
  });

  it('keeps numbers from viewers, and everything from those it does not concern', async () => {
    const addresses = async (role: AccessRole) => {
      const { body } = await list('', role);
      return new Set(
        body.items.filter((item) => item['channel'] === 'sms').map((item) => item['address']),
      );
    };
    expect(await addresses('duty_officer')).toEqual(new Set(['+8613800000001']));
    expect(await addresses('viewer')).toEqual(new Set(['+86138****0001']));
    expect((await list('', 'operator')).status).toBe(403);
    regionIds = new Set(['elsewhere']);
    expect((await list()).body.items).toEqual([]);
    regionIds = null;
  });
});
