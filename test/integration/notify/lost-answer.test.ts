import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeReference } from '../../../src/notify/message-reference.ts';
import type { ReceiptBook } from '../../../src/notify/receipt-book.ts';
import {
  claimNotifications,
  recordSubmitted,
  recordUnsent,
} from '../../../src/notify/sending-store.ts';
import { createHarness } from './notify-harness.ts';

const PHONE = '+8613800000001';
const PROVIDER = 'smpp';
const AN_HOUR_MS = 3_600_000;
/** Taken by another worker. */
const SENT_AGAIN = { attempt: 2, repeat: true };

describe('a message whose answer a crash has swallowed', () => {
  let harness: Awaited<ReturnType<typeof createHarness>>;
  let book: ReceiptBook;
  let nextId = 1;

  beforeAll(async () => {
    harness = await createHarness();
    await harness.person([{ channel: 'sms', address: PHONE }]);
    book = harness.receiptBook();
  });
  afterAll(() => harness.close());
  beforeEach(() => showsThatItEchoes());
  afterEach(() => harness.pool.query('delete from receipt'));

  /** Begun by a worker that was killed: its claim has run out. */
  const begin = async ({
    ids,
    provider = PROVIDER,
    leaseMs = -1,
  }: {
    ids?: string[];
    provider?: string;
    leaseMs?: number;
  } = {}) => {
    const [lead = '', ...mates] = ids ?? [await harness.queueSms(PHONE, 'x')];
    const [claimed = []] = await claimNotifications(
      harness.pool,
      [{ lead, members: await harness.see([lead, ...mates]), bundleId: lead, provider }],
      { now: new Date(), leaseMs },
    );
    const [first] = claimed;
    if (first === undefined) throw new Error('nothing to claim');
    return { ...first, claimed };
  };

  /** The centre reports a part delivered, under an id that nobody knows unless given. */
  const report = (
    message: number,
    [part, parts]: [number, number],
    changes: { address?: string; messageId?: string; provider?: string } = {},
  ): Promise<void> => {
    const reference = encodeReference({ message, parts, part });
    return book.received({
      provider: PROVIDER,
      messageId: `id-${nextId++}`,
      address: PHONE.slice(1),
      event: 'delivered',
      at: new Date(),
      detail: 'DELIVRD',
      ...(reference === undefined ? {} : { reference }),
      ...changes,
    });
  };

  /** A message that went well and was reported with the reference it had. */
  const showsThatItEchoes = async (reference = (own: number) => own): Promise<void> => {
    const sent = await begin({ leaseMs: AN_HOUR_MS });
    const messageId = `id-${nextId++}`;
    await recordSubmitted(harness.pool, [
      { attempts: [sent], now: new Date(), providerMessageIds: [messageId] },
    ]);
    await report(reference(sent.messageReference), [1, 1], { messageId });
    await harness.expectStatus(sent.id, 'delivered');
  };

  it('is not sent again once its receipts are in, the address written as it may be', async () => {
    const { id, messageReference } = await begin();
    await report(messageReference, [2, 2]);
    await report(messageReference, [1, 2], { messageId: 'first' });
    const row = await harness.expectStatus(id, 'delivered');
    expect(row).toMatchObject({ attempts: 1, outcomes: ['submitted'] });
    await expect(begin({ ids: [id] })).rejects.toThrow('nothing to claim');

    const national = await begin();
    await report(national.messageReference, [1, 1], { address: PHONE.slice(3) });
    await harness.expectStatus(national.id, 'delivered');
  });

  it('has each receipt kept once, however often a centre repeats what a crash kept us from answering', async () => {
    const sent = await begin({ leaseMs: AN_HOUR_MS });
    const ids = ['one', 'two'];
    await recordSubmitted(harness.pool, [
      { attempts: [sent], now: new Date(), providerMessageIds: ids },
    ]);
    for (const [i, messageId] of [...ids, 'two'].entries()) {
      await report(sent.messageReference, [Math.min(i, 1) + 1, 2], { messageId });
      // As if killed before it was counted: the repeat counts it.
      if (i === 1) {
        await harness.pool.query(
          `update notification set status = 'submitted', finished_at = null where id = $1`,
          [sent.id],
        );
      }
    }
    await harness.expectStatus(sent.id, 'delivered');
    const { rows } = await harness.pool.query<{ id: string; notification_id: string | null }>(
      `select provider_message_id as id, notification_id from receipt
       where provider_message_id = any($1) order by 1`,
      [ids],
    );
    expect(rows).toEqual(ids.map((id) => ({ id, notification_id: sent.id })));
  });

  it('has a receipt that waits for its answer kept once', async () => {
    const sent = await begin({ leaseMs: AN_HOUR_MS });
    const waiting = { messageId: 'early', address: '8613900000009' };
    for (let i = 0; i < 3; i += 1) await report(sent.messageReference, [1, 1], waiting);
    const { rowCount } = await harness.pool.query(
      `select from receipt where provider_message_id = 'early' and notification_id is null`,
    );
    expect(rowCount).toBe(1);
  });

  it('is settled for each notification that went out in it', async () => {
    const ids = [await harness.queueSms(PHONE, 'x'), await harness.queueSms(PHONE, 'y')];
    const { claimed, messageReference } = await begin({ ids });
    expect(claimed.map((one) => one.messageReference)).toEqual([
      messageReference,
      messageReference,
    ]);
    await report(messageReference, [1, 1]);
    for (const id of ids) {
      expect(await harness.expectStatus(id, 'delivered')).toMatchObject({
        outcomes: ['submitted'],
      });
    }
  });

  it('is sent again when a part is not reported', async () => {
    const { id, messageReference } = await begin();
    await report(messageReference, [1, 2]);
    await report(messageReference, [1, 2]);
    expect(await begin({ ids: [id] })).toMatchObject(SENT_AGAIN);
  });

  it('is neither delivered by the one part that was answered, nor sent again once the other is reported', async () => {
    const sent = await begin();
    const now = new Date();
    await recordUnsent(harness.pool, [sent], {
      now,
      outcome: 'unknown',
      reason: 'no answer to a part',
      permanent: false,
      counts: true,
      bundle: 'keep',
      providerMessageIds: ['answered'],
      retryAt: now,
    });
    await report(sent.messageReference, [1, 2], { messageId: 'answered' });
    await harness.expectStatus(sent.id, 'queued');
    await report(sent.messageReference, [2, 2]);
    expect(await harness.expectStatus(sent.id, 'delivered')).toMatchObject({ attempts: 1 });
  });

  it('is sent again when another message to the phone had the same reference', async () => {
    const other = await begin();
    const { id } = await begin();
    await harness.pool.query(
      'update delivery_attempt set message_reference = $2 where notification_id = $1',
      [id, other.messageReference],
    );
    await report(other.messageReference, [1, 1]);
    expect(await begin({ ids: [id] })).toMatchObject(SENT_AGAIN);
    expect(await begin({ ids: [other.id] })).toMatchObject(SENT_AGAIN);
  });

  it.each([
    ['is about another phone', { address: '8613800000002' }],
    ['names no phone', { address: '' }],
    ['comes from another centre', { provider: 'smpp-2' }],
  ])('is sent again when the receipt %s', async (_, changes) => {
    const { id, messageReference } = await begin();
    await report(messageReference, [1, 1], changes);
    expect(await begin({ ids: [id] })).toMatchObject(SENT_AGAIN);
  });

  it('is sent again when the receipt has no reference, or that of another', async () => {
    const { id, messageReference } = await begin();
    await report(0, [1, 1]);
    await report((messageReference % 1023) + 1, [1, 1]);
    expect(await begin({ ids: [id] })).toMatchObject(SENT_AGAIN);
  });

  it('is sent again when the receipt’s id is that of another message', async () => {
    const sent = await begin({ leaseMs: AN_HOUR_MS });
    await recordSubmitted(harness.pool, [
      { attempts: [sent], now: new Date(), providerMessageIds: ['known'] },
    ]);
    await report(sent.messageReference, [1, 1], { messageId: 'known' });
    const { id, messageReference } = await begin();
    // The second copy of a receipt finds no notification to belong to.
    await report(messageReference, [1, 1], { messageId: 'known' });
    expect(await begin({ ids: [id] })).toMatchObject(SENT_AGAIN);
  });

  it('is sent again when the centre has written numbers of its own into receipts', async () => {
    await showsThatItEchoes((own) => (own % 1023) + 1);
    const { id, messageReference } = await begin();
    await report(messageReference, [1, 1]);
    expect(await begin({ ids: [id] })).toMatchObject(SENT_AGAIN);
  });

  it('counts as delivered though it has been taken over, and leaves the second attempt alone', async () => {
    const first = await begin();
    const second = await begin({ ids: [first.id], leaseMs: AN_HOUR_MS });
    expect(second.messageReference).not.toBe(first.messageReference);
    await report(first.messageReference, [1, 1]);
    const row = await harness.expectStatus(first.id, 'delivered');
    expect(row.outcomes).toEqual(['submitted', null]);
  });

  it('is either settled or taken over when both happen at once', async () => {
    const lost = await Promise.all(Array.from({ length: 20 }, () => begin()));
    const takenOver = await Promise.all(
      lost.map(async ({ id, messageReference }) => {
        const [again] = await Promise.all([
          begin({ ids: [id], leaseMs: AN_HOUR_MS }).catch(() => undefined),
          report(messageReference, [1, 1]),
        ]);
        return again !== undefined;
      }),
    );
    for (const [index, { id }] of lost.entries()) {
      const row = await harness.expectStatus(id, 'delivered');
      expect(row.outcomes).toEqual(takenOver[index] ? ['submitted', null] : ['submitted']);
    }
  });

  /** As a process leaves it that is killed, or that has no time to count it. */
  const keepUncounted = (message: number) =>
    harness.pool.query(
      `insert into receipt (provider, provider_message_id, address, event, at, received_at, detail, reference)
       values ($1, $2, $3, 'delivered', now(), now(), 'DELIVRD', $4)`,
      [PROVIDER, `id-${nextId++}`, PHONE.slice(1), encodeReference({ message, parts: 1, part: 1 })],
    );

  it('is found by a process that starts, where a receipt was kept and not yet counted', async () => {
    const { id, messageReference } = await begin();
    await keepUncounted(messageReference);
    await book.catchUp();
    expect(await harness.expectStatus(id, 'delivered')).toMatchObject({ attempts: 1 });
  });

  it('is found by whoever is about to send it again', async () => {
    await harness.start();
    const { id, messageReference } = await begin();
    await keepUncounted(messageReference);
    expect(await harness.expectStatus(id, 'delivered')).toMatchObject({ attempts: 1 });
    await harness.stopAll();
  });
});
