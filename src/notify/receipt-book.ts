import type { PoolClient } from 'pg';
import { AppError } from '../shared/app-error.ts';
import type { Clock } from '../shared/clock.ts';
import { withTransaction } from '../shared/db.ts';
import type { Logger } from '../shared/logger.ts';
import { createBatch, createWriteBatch, LOCK_TIMEOUT } from './batch.ts';
import { type GiveUpDeps, giveUp } from './given-up.ts';
import { decodeReference } from './message-reference.ts';
import { listOpen, listUnproven, type Referenced, recordProven } from './proof-store.ts';
import type { ProviderReceipt } from './receipt.ts';
import {
  type GivenIds,
  haveUnmatched,
  insertProviderReceipts,
  listUnmatchedIds,
  matchReceipts,
} from './receipt-store.ts';
import {
  markDelivered,
  markUndelivered,
  readSettlements,
  requeueUndelivered,
  type Settlement,
} from './settlement-store.ts';

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

type FailedSettlement = Extract<Settlement, { kind: 'failed' }>;

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

  /** To keep one does not wait until those before it are counted: it may prove that a message need not be sent again. */
  const keep = createWriteBatch((receipts: readonly ProviderReceipt[]) =>
    insertProviderReceipts(pool, receipts, clock.now()),
  );

  // Counting comes after the commit of the match: of two receipts for two parts, the later sees both.
  const match = async (given: readonly GivenIds[]): Promise<void> => {
    const touched = await briefly(async (tx) => {
      const ids = new Set<string>();
      for (const [provider, messageIds] of idsByProvider(given)) {
        for (const id of await matchReceipts(tx, provider, messageIds)) ids.add(id);
      }
      return [...ids];
    });
    await settle(touched);
  };

  const count = createWriteBatch(async (receipts: readonly ProviderReceipt[]) => {
    // First what somebody may be about to send again.
    await prove(receipts.flatMap(referencedBy));
    await match(receipts.map(({ provider, messageId }) => ({ provider, messageIds: [messageId] })));
  });

  /** A message that is delivered was taken: known by our reference, it need not be sent again though its answer was lost. */
  const prove = async (named: readonly Referenced[]): Promise<void> => {
    for (const one of await listOpen(pool, named)) {
      const touched = await briefly(async (tx) => {
        const messageIds = await recordProven(tx, one, clock.now());
        return matchReceipts(tx, one.provider, messageIds);
      });
      for (const id of touched) {
        logger.info({ notificationId: id }, 'submitted, as its receipts prove');
      }
      await settle(touched);
    }
  };

  /** Of one notification, or all: looks at receipts that are kept and not yet counted. */
  const lookAgain = async (notificationId: string | null): Promise<void> => {
    await prove(await listUnproven(pool, notificationId));
  };

  /** Rejects when it could not settle all of them, having tried each: the provider then repeats what it was not answered. */
  const settle = async (ids: readonly string[]): Promise<void> => {
    if (ids.length === 0) return;
    const settlements = [...(await readSettlements(pool, ids))];
    const delivered = settlements.filter(([, { kind }]) => kind === 'delivered').map(([id]) => id);
    const troubles = await settleDelivered(delivered);
    for (const [id, settlement] of settlements) {
      if (settlement.kind === 'failed') await settleFailed(id, settlement).catch(note(troubles));
    }
    if (troubles.length === 0) return;
    // Whatever it was, the receipts are matched by now: they must not count as answered, nor as never kept.
    throw new AppError('unavailable', `${troubles.length} not settled`, { cause: troubles[0] });
  };

  const settleDelivered = async (ids: readonly string[]): Promise<unknown[]> => {
    const mark = (some: readonly string[]): Promise<void> =>
      briefly((tx) => markDelivered(tx, some, clock.now()));
    const troubles: unknown[] = [];
    if (ids.length === 0) return troubles;
    await mark(ids).catch(async () => {
      for (const id of ids) await mark([id]).catch(note(troubles));
    });
    return troubles;
  };

  /** What one keeps locked holds up the others for no longer than this. */
  const briefly = <T>(work: (tx: PoolClient) => Promise<T>): Promise<T> =>
    withTransaction(pool, async (tx) => {
      await tx.query(`set local lock_timeout = '${LOCK_TIMEOUT}'`);
      return work(tx);
    });

  const settleFailed = async (
    id: string,
    { incidentId, channel, reason, retryAfterMs }: FailedSettlement,
  ): Promise<void> => {
    const now = clock.now();
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

  return {
    async received(receipt) {
      await keep(receipt);
      await count(receipt);
    },
    async submitted(provider, messageIds) {
      // Nearly always there is none yet, and an alarm's path should not pay for a transaction to learn that.
      const given = { provider, messageIds };
      if (await isAwaited(given)) await match([given]);
    },
    async catchUp() {
      for (const [provider, messageIds] of await listUnmatchedIds(pool)) {
        await match([{ provider, messageIds }]).catch((error: unknown) =>
          logger.error({ err: error, provider }, 'receipts could not be counted'),
        );
      }
      await lookAgain(null);
    },
    beforeTakingOver: lookAgain,
  };
};

const note =
  (troubles: unknown[]) =>
  (trouble: unknown): void =>
    void troubles.push(trouble);

const idsByProvider = (given: readonly GivenIds[]): Map<string, string[]> => {
  const ids = new Map<string, string[]>();
  for (const { provider, messageIds } of given) {
    ids.set(provider, [...(ids.get(provider) ?? []), ...messageIds]);
  }
  return ids;
};

const referencedBy = ({
  provider,
  address,
  event,
  reference = 0,
}: ProviderReceipt): Referenced[] => {
  const message = decodeReference(reference)?.message;
  return message === undefined || event !== 'delivered' ? [] : [{ provider, address, message }];
};
