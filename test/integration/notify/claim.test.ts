import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Claim, claimNotifications, recordUnsent } from '../../../src/notify/sending-store.ts';
import { createHarness } from './notify-harness.ts';

const PHONE = '+8613800000001';

describe('claims of several messages at once', () => {
  let harness: Awaited<ReturnType<typeof createHarness>>;

  beforeAll(async () => {
    harness = await createHarness();
    await harness.person([{ channel: 'sms', address: PHONE }]);
  });
  afterAll(() => harness.close());

  const queue = (count: number): Promise<string[]> =>
    Promise.all(Array.from({ length: count }, () => harness.queueSms(PHONE, 'x')));

  /** Of notifications as they are when they are new. */
  const claimOf = (lead: string, ...mates: string[]): Claim => ({
    lead,
    members: [lead, ...mates].map((id) => ({ id, attempts: 0, status: 'queued' })),
    bundleId: lead,
    provider: 'smpp',
  });

  const begin = (claims: readonly Claim[]) =>
    claimNotifications(harness.pool, claims, { now: new Date(), leaseMs: 60_000 });

  it('are each a message of their own, known by another reference', async () => {
    const [a = '', b = '', c = ''] = (await queue(3)).toSorted();
    const [first, second] = await begin([claimOf(b, a), claimOf(c)]);
    expect(first).toMatchObject([
      { id: a, bundleId: b, attempt: 1 },
      { id: b, bundleId: b, attempt: 1 },
    ]);
    expect(second).toMatchObject([{ id: c, bundleId: c, attempt: 1 }]);
    const references = [first, second].map((members) => members?.map((m) => m.messageReference));
    expect(references[0]?.[0]).toBe(references[0]?.[1]);
    expect(references[0]?.[0]).not.toBe(references[1]?.[0]);
  });

  it('give a notification to one message, and nothing to a message that has lost its first', async () => {
    const [a = '', b = '', c = ''] = (await queue(3)).toSorted();
    const [first, twice, thief] = await begin([claimOf(a, b), claimOf(a, c), claimOf(b, c)]);
    expect(first?.map(({ id }) => id)).toEqual([a, b]);
    expect([twice, thief]).toEqual([[], []]);
    const { rows } = await harness.pool.query(
      `select n.id from notification n left join delivery_attempt a on a.notification_id = n.id
       where n.id = $1 and n.status = 'queued' and a.id is null`,
      [c],
    );
    expect(rows).toEqual([{ id: c }]);
  });

  it('take nothing that has changed since it was decided how to send it', async () => {
    const [a = '', b = ''] = await queue(2);
    const [first] = await begin([claimOf(a)]);
    await recordUnsent(harness.pool, first ?? [], {
      now: new Date(),
      outcome: 'unknown',
      reason: 'connection closed',
      permanent: false,
      counts: true,
      bundle: 'keep',
      providerMessageIds: [],
      retryAt: new Date(),
    });
    // Another process had read it before: its message would not be marked as a repeat.
    expect(await begin([claimOf(a), claimOf(b)])).toMatchObject([[], [{ id: b }]]);
    const members = await harness.see([a]);
    const again = await begin([{ lead: a, members, bundleId: a, provider: 'smpp' }]);
    expect(again).toMatchObject([[{ id: a, attempt: 2, repeat: true }]]);
  });

  it('of two processes after the same ones give each to one of them', async () => {
    const ids = await queue(40);
    const claims = ids.map((id) => claimOf(id));
    const both = await Promise.all([begin(claims), begin(claims.toReversed())]);
    const taken = both.flat(2).map(({ id }) => id);
    expect(taken.toSorted()).toEqual(ids.toSorted());
  });
});
