import type { Clock } from '../shared/clock.ts';
import { withTransaction } from '../shared/db.ts';
import type { Logger } from '../shared/logger.ts';
import { createBatch } from './batch.ts';
import { createSemaphore } from './channels/semaphore.ts';
import { type GiveUpDeps, giveUp } from './given-up.ts';
import { decodeReference } from './message-reference.ts';
import { hasOpenAttempt, listUnproven, type Referenced, recordProven } from './proof-store.ts';
import type { ProviderReceipt } from './receipt.ts';
import {
  type GivenIds,
  haveUnmatched,
  insertProviderReceipt,
  listUnmatchedIds,
  markDelivered,
  markUndelivered,
  matchReceipts,
  readSettlement,
  requeueUndelivered,
} from './receipt-store.ts';

export type ReceiptBook = {
  /** Resolves once the receipt is kept and counted; until then the provider must not be answered. */
  received(receipt: ProviderReceipt): Promise<void>;
  /** Message ids are known now: counts receipts that were faster than the answer. */
  submitted(provider: string, messageIds: readonly string[]): Promise<void>;
  /** A notification whose sender has died is to be sent again: unless receipts that wait to be counted prove that it was sent. */
  beforeTakingOver(notificationId: string): Promise<void>;
  /** Counts what a crash left uncounted, of every provider. */
  catchUp(): Promise<void>;
};

/**
 * Two receipts come for each alert, all at once, each for a dozen statements: without a limit they hold every connection that
 * alerts are to be claimed with. To keep one is a single statement, and does not wait until those before it are counted: it
 * may prove that a message need not be sent again.
 */
const KEPT_AT_ONCE = 3;
const COUNTED_AT_ONCE = 4;

/** Brings providers' receipts and our attempts together, in whichever order they come. */
export const createReceiptBook = (
  deps: GiveUpDeps & {
    /** What a receipt says may be tried again is given up after so many. */
    maxAttempts: number;
    clock: Clock;
    logger: Logger;
    onFailed(channel: string): void;
  },
): ReceiptBook => {
  const { pool, clock, logger, maxAttempts } = deps;
  const isAwaited = createBatch((given: readonly GivenIds[]) => haveUnmatched(pool, given));
  const keeping = createSemaphore(KEPT_AT_ONCE);
  const counting = createSemaphore(COUNTED_AT_ONCE);

  // Counting comes after the commit of the match: of two receipts for two parts, the later sees both.
  const match = async (provider: string, messageIds: readonly string[]): Promise<void> => {
    const touched = await withTransaction(pool, (tx) => matchReceipts(tx, provider, messageIds));
    for (const id of touched) await settle(id);
  };

  /** A message that is delivered was taken: known by our reference, it need not be sent again though its answer was lost. */
  const prove = async (named: Referenced): Promise<void> => {
    if (!(await hasOpenAttempt(pool, named))) return;
    const touched = await withTransaction(pool, async (tx) => {
      const messageIds = await recordProven(tx, named, clock.now());
      return matchReceipts(tx, named.provider, messageIds);
    });
    for (const id of touched) {
      logger.info({ notificationId: id }, 'submitted, as its receipts prove');
      await settle(id);
    }
  };

  /** Of one notification, or all: looks at receipts that are kept and not yet counted. */
  const lookAgain = async (notificationId: string | null): Promise<void> => {
    for (const named of await listUnproven(pool, notificationId)) await prove(named);
  };

  const settle = async (id: string): Promise<void> => {
    const settlement = await readSettlement(pool, id);
    if (settlement.kind === 'pending') return;
    const now = clock.now();
    if (settlement.kind === 'delivered') return markDelivered(pool, id, now);
    const { incidentId, channel, reason, retryAfterMs } = settlement;
    if (retryAfterMs !== null) {
      const dueAt = new Date(now.getTime() + retryAfterMs);
      if (await requeueUndelivered(pool, id, { dueAt, maxAttempts, reason })) {
        logger.warn(
          { notificationId: id, channel, reason, retryInMs: retryAfterMs },
          'again later',
        );
        return;
      }
    }
    const given = { id, incidentId, reason, data: { notificationId: id, reason } };
    const failed = await giveUp(deps, [given], (tx) => markUndelivered(tx, id, { now, reason }));
    if (failed.length === 0) return;
    logger.error(
      { notificationId: id, incidentId, channel, reason },
      'not delivered: this person has not been told',
    );
    deps.onFailed(channel);
  };

  const count = async (receipt: ProviderReceipt): Promise<void> => {
    const { provider, messageId, address, event, reference = 0 } = receipt;
    await match(provider, [messageId]);
    const message = decodeReference(reference)?.message;
    if (message !== undefined && event === 'delivered') await prove({ provider, address, message });
  };

  return {
    async received(receipt) {
      const now = clock.now();
      await keeping.run(() => insertProviderReceipt(pool, receipt, now));
      await counting.run(() => count(receipt));
    },
    async submitted(provider, messageIds) {
      // Nearly always there is none yet, and an alarm's path should not pay for a transaction to learn that.
      if (await isAwaited({ provider, messageIds })) await match(provider, messageIds);
    },
    async catchUp() {
      for (const [provider, messageIds] of await listUnmatchedIds(pool)) {
        await match(provider, messageIds);
      }
      await lookAgain(null);
    },
    beforeTakingOver: lookAgain,
  };
};
