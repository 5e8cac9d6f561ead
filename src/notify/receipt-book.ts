import type { Clock } from '../shared/clock.ts';
import { withTransaction } from '../shared/db.ts';
import type { Logger } from '../shared/logger.ts';
import { type GiveUpDeps, giveUp } from './given-up.ts';
import type { ProviderReceipt } from './receipt.ts';
import {
  hasUnmatched,
  insertProviderReceipt,
  listUnmatchedIds,
  markDelivered,
  markUndelivered,
  matchReceipts,
  readSettlement,
} from './receipt-store.ts';

export type ReceiptBook = {
  /** Resolves once the receipt is kept and counted; until then the provider must not be answered. */
  received(receipt: ProviderReceipt): Promise<void>;
  /** Message ids are known now: counts receipts that were faster than the answer. */
  submitted(provider: string, messageIds: readonly string[]): Promise<void>;
  /** Counts what a crash left uncounted, of every provider. */
  catchUp(): Promise<void>;
};

/** Brings providers' receipts and our attempts together, in whichever order they come. */
export const createReceiptBook = (
  deps: GiveUpDeps & { clock: Clock; logger: Logger; onFailed(channel: string): void },
): ReceiptBook => {
  const { pool, clock, logger } = deps;

  // Counting comes after the commit of the match: of two receipts for two parts, the later sees both.
  const match = async (provider: string, messageIds: readonly string[]): Promise<void> => {
    // Nearly always there is none yet, and an alarm's path should not pay for a transaction to learn that.
    if (!(await hasUnmatched(pool, provider, messageIds))) return;
    const touched = await withTransaction(pool, (tx) => matchReceipts(tx, provider, messageIds));
    for (const id of touched) await settle(id);
  };

  const settle = async (id: string): Promise<void> => {
    const settlement = await readSettlement(pool, id);
    if (settlement.kind === 'pending') return;
    const now = clock.now();
    if (settlement.kind === 'delivered') return markDelivered(pool, id, now);
    const { incidentId, channel, reason } = settlement;
    const given = { id, incidentId, reason, data: { notificationId: id, reason } };
    const failed = await giveUp(deps, [given], (tx) => markUndelivered(tx, id, { now, reason }));
    if (failed.length === 0) return;
    logger.error(
      { notificationId: id, incidentId, channel, reason },
      'not delivered: this person has not been told',
    );
    deps.onFailed(channel);
  };

  return {
    async received(receipt) {
      await insertProviderReceipt(pool, receipt, clock.now());
      await match(receipt.provider, [receipt.messageId]);
    },
    submitted: match,
    async catchUp() {
      for (const [provider, messageIds] of await listUnmatchedIds(pool)) {
        await match(provider, messageIds);
      }
    },
  };
};
