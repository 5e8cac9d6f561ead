import { setMaxListeners } from 'node:events';
import { errorMessage } from '../shared/app-error.ts';
import type { Clock } from '../shared/clock.ts';
import type { CountyConfig } from '../shared/county-config.ts';
import type { Pool } from '../shared/db.ts';
import type { Logger } from '../shared/logger.ts';
import { backoffMs } from './backoff.ts';
import type { Channel, OutgoingMessage, SendResult } from './channels/channel.ts';
import { giveUp, type OnGivenUp } from './given-up.ts';
import { insist } from './insist.ts';
import type { ClaimedNotification } from './notification.ts';
import {
  claimNotification,
  recordSubmitted,
  recordUnsent,
  renewClaim,
  type Unsent,
} from './notification-store.ts';
import type { ReceiptBook } from './receipt-book.ts';
import { markRepeat } from './render.ts';
import { within } from './within.ts';

export type NotifyMetrics = {
  /** A provider took a message, `delayMs` after the detection was received (later steps: after they were due). */
  submitted(delayMs: number, channel: string): void;
  /** A notification was given up. */
  failed(channel: string): void;
};

export type NotificationWorker = {
  handle(id: string): Promise<void>;
  /**
   * When stopping: waits a little for what is being sent, then lets go of it. Its outcome is then not written, so it is
   * sent again once its claim has run out.
   */
  drain(): Promise<void>;
};

export type WorkerDeps = {
  pool: Pool;
  config: CountyConfig['notify'];
  channelFor: (channel: string) => Channel;
  /** Name of the provider by channel, written down before it is called. */
  providers: Readonly<Record<string, string>>;
  receipts: Pick<ReceiptBook, 'submitted'>;
  onGivenUp: OnGivenUp;
  metrics: NotifyMetrics;
  clock: Clock;
  logger: Logger;
  /** A claim is renewed while its worker lives; one that died keeps it this long at most. */
  leaseMs: number;
};

/** When stopping, what is being sent gets this long: the whole service has to end within 5 s. */
const DRAIN_MS = 3_000;

/** Nothing a provider does takes longer; what has not answered by then may or may not have been taken. */
const SEND_TIMEOUT_MS = 30_000;

/**
 * Sends one notification, if it is due and nobody else is sending it: claim and attempt row first, then the provider, then
 * the outcome. Rejects only when PostgreSQL does; the claim then runs out and the relay brings the notification back.
 */
export const createNotificationWorker = (deps: WorkerDeps): NotificationWorker => {
  const { pool, config, clock, leaseMs } = deps;
  const abandoned = new AbortController();
  // One listener for each sending under way.
  setMaxListeners(0, abandoned.signal);

  const underWay = new Set<Promise<void>>();

  return {
    handle(id) {
      const work = handle(id).finally(() => underWay.delete(work));
      underWay.add(work);
      return work;
    },
    async drain() {
      await within(DRAIN_MS, Promise.allSettled(underWay));
      abandoned.abort();
    },
  };

  async function handle(id: string): Promise<void> {
    const claimed = await claimNotification(pool, id, {
      now: clock.now(),
      leaseMs,
      providers: deps.providers,
    });
    if (claimed === undefined) return;
    const { incidentId, channel, attempt } = claimed;
    const logger = deps.logger.child({ notificationId: id, incidentId, channel, attempt });
    const result = attempt > config.maxAttempts ? LAST_ONE_LOST : await send(claimed);
    if (result !== 'abandoned') await record(claimed, result, logger);
  }

  async function send(claimed: ClaimedNotification): Promise<SendResult | 'abandoned'> {
    const { channel, attempt, id } = claimed;
    const renewal = setInterval(() => {
      const until = new Date(clock.now().getTime() + leaseMs);
      // A renewal that fails is made up for by the next, or the claim runs out as it should.
      renewClaim(pool, { id, attempt }, until).catch(() => undefined);
    }, leaseMs / 3);
    const ended = new AbortController();
    try {
      return await Promise.race([
        deps.channelFor(channel).send(messageOf(claimed)),
        after(SEND_TIMEOUT_MS, ended.signal).then((): SendResult => {
          return { kind: 'unknown', reason: `no outcome in ${SEND_TIMEOUT_MS} ms` };
        }),
        aborted(abandoned.signal, ended.signal),
      ]);
    } catch (error) {
      return { kind: 'unknown', reason: errorMessage(error) };
    } finally {
      clearInterval(renewal);
      ended.abort();
    }
  }

  function messageOf(claimed: ClaimedNotification): OutgoingMessage {
    const { id, attempt, personId, address, locale, payload, repeat } = claimed;
    const text = repeat ? markRepeat(claimed.text, locale, config.smsSignature) : claimed.text;
    return { notificationId: id, attempt, personId, address, locale, text, payload, repeat };
  }

  async function record(
    claimed: ClaimedNotification,
    result: SendResult,
    logger: Logger,
  ): Promise<void> {
    const now = clock.now();
    if (result.kind === 'submitted') {
      const { providerMessageIds } = result;
      await keep(claimed, () => recordSubmitted(pool, claimed, { now, providerMessageIds }));
      deps.metrics.submitted(now.getTime() - wantedAt(claimed).getTime(), claimed.channel);
      logger.info(
        { provider: deps.providers[claimed.channel], providerMessageIds },
        'notification submitted',
      );
      await countReceipts(claimed, providerMessageIds);
      return;
    }
    const { reason } = result;
    const providerMessageIds = result.kind === 'unknown' ? (result.providerMessageIds ?? []) : [];
    const unsent = { now, outcome: result.kind, reason, providerMessageIds };
    const final =
      claimed.attempt >= config.maxAttempts || (result.kind === 'failed' && result.permanent);
    if (final && (await fail(claimed, reason, unsent))) {
      logger.error({ reason }, 'notification given up: this person has not been told');
      deps.metrics.failed(claimed.channel);
      return;
    }
    const delayMs = backoffMs(claimed.attempt, {
      baseMs: config.retryBaseMs,
      maxMs: config.retryMaxMs,
      random: Math.random(),
    });
    const retryAt = new Date(now.getTime() + delayMs);
    await keep(claimed, () => recordUnsent(pool, claimed, { ...unsent, retryAt }));
    if (!final) logger.warn({ reason, retryInMs: delayMs }, 'notification not sent, trying again');
  }

  /** What the provider answered is known here only: lost with PostgreSQL's connection, the message would be sent again. */
  function keep({ id, attempt }: ClaimedNotification, write: () => Promise<unknown>) {
    return insist(write, {
      signal: abandoned.signal,
      onTrouble: (error) =>
        deps.logger.warn({ err: error, notificationId: id, attempt }, 'outcome not stored yet'),
    });
  }

  /** False when the notification was cancelled or taken over meanwhile: then only the attempt's end is written. */
  async function fail(
    claimed: ClaimedNotification,
    reason: string,
    unsent: Omit<Unsent, 'retryAt'>,
  ): Promise<boolean> {
    const { id, incidentId, personId, channel, attempt } = claimed;
    const data = { notificationId: id, personId, channel, attempt, reason };
    return giveUp(deps, { incidentId, data }, (tx) =>
      recordUnsent(tx, claimed, { ...unsent, retryAt: null }),
    );
  }

  /** The message is out and its ids are stored; a receipt not counted now is counted when it is repeated. */
  async function countReceipts(
    claimed: ClaimedNotification,
    ids: readonly string[],
  ): Promise<void> {
    const provider = deps.providers[claimed.channel] ?? 'log';
    await deps.receipts.submitted(provider, ids).catch((error: unknown) => {
      deps.logger.warn({ err: error, notificationId: claimed.id }, 'receipts not counted yet');
    });
  }
};

const LAST_ONE_LOST: SendResult = {
  kind: 'failed',
  permanent: true,
  reason: 'the last attempt ended unknown',
};

/** When the person should have been told. */
const wantedAt = ({ step, payload, createdAt }: ClaimedNotification): Date => {
  const text = step === 0 ? payload.receivedAt : payload.dueAt;
  const time = typeof text === 'string' ? new Date(text) : createdAt;
  return Number.isNaN(time.getTime()) ? createdAt : time;
};

/** Resolves after a time, unless `ended` comes first: then never, and no timer keeps the process alive. */
const after = (ms: number, ended: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    ended.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });

const aborted = (signal: AbortSignal, ended: AbortSignal): Promise<'abandoned'> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve('abandoned'), { once: true, signal: ended });
  });
