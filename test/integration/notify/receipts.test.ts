import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ReceiptBook } from '../../../src/notify/receipt-book.ts';
import { claimNotifications, recordSubmitted } from '../../../src/notify/sending-store.ts';
import { createHarness } from './notify-harness.ts';

const PHONE = '+8613800000001';
const COUNT = 5;

describe('receipts that come together', () => {
  let harness: Awaited<ReturnType<typeof createHarness>>;
  let ids: string[];
  /** Refuses to send the alert of this notification by another channel. */
  let broken: string | undefined;
  let book: ReceiptBook;

  beforeAll(async () => {
    harness = await createHarness();
    await harness.person([{ channel: 'sms', address: PHONE }]);
    book = harness.receiptBook({
      fallBack: async (_tx, { id }) => {
        if (id === broken) throw new TypeError('cannot be rendered');
      },
    });
  });
  afterAll(() => harness.close());

  beforeEach(async () => {
    broken = undefined;
    const queued = Array.from({ length: COUNT }, () => harness.queueSms(PHONE, 'x'));
    ids = (await Promise.all(queued)).toSorted();
    const members = await harness.see(ids);
    const claims = members.map((member) => ({
      lead: member.id,
      members: [member],
      bundleId: member.id,
      provider: 'smpp',
    }));
    const now = new Date();
    const taken = await claimNotifications(harness.sending, claims, { now, leaseMs: 60_000 });
    const submissions = taken.map((attempts, i) => ({
      attempts,
      now,
      providerMessageIds: [ids[i] ?? ''],
    }));
    await recordSubmitted(harness.sending, submissions);
  });

  const report = (id: string, event: 'delivered' | 'failed'): Promise<void> =>
    book.received({
      provider: 'smpp',
      messageId: id,
      address: PHONE.slice(1),
      event,
      at: new Date(),
      detail: event,
    });

  const reportAll = async (event: 'delivered' | 'failed'): Promise<boolean[]> => {
    const answers = await Promise.allSettled(ids.map((id) => report(id, event)));
    return answers.map(({ status }) => status === 'fulfilled');
  };

  it('all count though one of them cannot be settled, which stays unanswered until it can', async () => {
    broken = ids[1] ?? '';
    await reportAll('failed');
    for (const id of ids) await harness.expectStatus(id, id === broken ? 'submitted' : 'failed');
    await expect(report(broken, 'failed')).rejects.toThrow('not settled');

    broken = undefined;
    await report(ids[1] ?? '', 'failed');
    await harness.expectStatus(ids[1] ?? '', 'failed');
  });

  it('are answered though somebody keeps one of their notifications locked', async () => {
    const [locked = '', ...others] = ids;
    const holder = await harness.pool.connect();
    try {
      await holder.query('begin');
      await holder.query('select from notification where id = $1 for no key update', [locked]);
      const [first] = await reportAll('delivered');
      expect(first).toBe(false);
      for (const id of others) await harness.expectStatus(id, 'delivered');
    } finally {
      await holder.query('rollback');
      holder.release();
    }
    await report(locked, 'delivered');
    await harness.expectStatus(locked, 'delivered');
  });
});
