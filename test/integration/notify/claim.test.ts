import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Claim, claimNotifications } from '../../../src/notify/sending-store.ts';
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

  const claimOf = (lead: string, ...mates: string[]): Claim => ({
    lead,
    ids: [lead, ...mates],
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

  it('of two processes after the same ones give each to one of them', async () => {
    const ids = await queue(40);
    const claims = ids.map((id) => claimOf(id));
    const both = await Promise.all([begin(claims), begin(claims.toReversed())]);
    const taken = both.flat(2).map(({ id }) => id);
    expect(taken.toSorted()).toEqual(ids.toSorted());
  });
});
