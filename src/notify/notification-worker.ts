import { setMaxListeners } from 'node:events';
import type { Clock } from '../shared/clock.ts';
import type { CountyConfig } from '../shared/county-config.ts';
import { withTransaction } from '../shared/db.ts';
import type { Logger } from '../shared/logger.ts';
import { backoffMs } from './backoff.ts';
import type { OutgoingMessage, SendResult } from './channels/channel.ts';
import { type GiveUpDeps, giveUp } from './given-up.ts';
import type { Chosen, PoolDeps, ProviderPool } from './provider-pool.ts';
import type { ReceiptBook } from './receipt-book.ts';
import { markRepeat } from './render.ts';
import {
  type Candidate,
  type ClaimedNotification,
  claimNotifications,
  postpone,
  readCandidate,
  recordSubmitted,
  recordUnsent,
  renewClaim,
  type Unsent,
} from './sending-store.ts';
import { within } from './within.ts';

export type NotifyMetrics = {
  /** A provider took a message, `delayMs` after the detection was received (later steps: after they were due). */
  submitted(delayMs: number, channel: string): void;
  /** A notification was given up. */
  failed(channel: string): void;
  /** One call of a provider. */
  sent?: PoolDeps['onResult'];
};

export type NotificationWorker = {
  handle(id: string): Promise<void>;
  /**
   * When stopping: waits a little for what is being sent, then lets go of it. Its outcome is then not written, so it is
   * sent again once its claim has run out.
   */
  drain(): Promise<void>;
};

export type WorkerDeps = GiveUpDeps & {
  config: CountyConfig['notify'];
  providers: ProviderPool;
  receipts: Pick<ReceiptBook, 'submitted'>;
  metrics: NotifyMetrics;
  clock: Clock;
  logger: Logger;
  /** A claim is renewed while its worker lives; one that died keeps it this long at most. */
  leaseMs: number;
};

/** When stopping, what is being sent gets this long: the whole service has to end within 5 s. */
const DRAIN_MS = 3_000;

/** Before the next provider is tried: another may be free at once. */
const NEXT_PROVIDER_MS = 50;

/**
 * Sends one notification, if it is due and nobody else is sending it: chooses the provider, claims and writes the attempt's
 * row, then calls the provider, then writes the outcome. Rejects only when PostgreSQL does; the claim then runs out and the
 * relay brings the notification back.
 */
export const createNotificationWorker = (deps: WorkerDeps): NotificationWorker => {
  const { pool, config, clock, leaseMs, providers } = deps;
  const abandoned = new AbortController();
  // One listener for each sending under way.
  setMaxListeners(0, abandoned.signal);

  const underWay = new Set<Promise<void>>();
  const timers = new Set<NodeJS.Timeout>();
  let stopping = false;

  return {
    handle: track,
    async drain() {
      stopping = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      await within(DRAIN_MS, Promise.allSettled(underWay));
      abandoned.abort();
    },
  };

  function track(id: string): Promise<void> {
    const work = handle(id).finally(() => underWay.delete(work));
    underWay.add(work);
    return work;
  }

  /** Looks at it again without waiting for the relay's sweep; should this process end first, that finds it. */
  function later(id: string, ms: number): void {
    if (stopping) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      track(id).catch((error: unknown) =>
        deps.logger.warn({ err: error, notificationId: id }, 'not sent yet'),
      );
    }, ms);
    timers.add(timer);
  }

  async function handle(id: string): Promise<void> {
    const candidate = await readCandidate(pool, id, clock.now());
    if (candidate === undefined) return;
    const choice = providers.choose(candidate.channel, pastOf(candidate));
    if (choice.kind === 'none') {
      await waitForProvider(candidate, choice);
      return;
    }
    const claimed = await claim(candidate, choice);
    if (claimed === undefined) return;
    const { incidentId, channel, attempt } = claimed;
    const logger = deps.logger.child({
      notificationId: id,
      incidentId,
      channel,
      attempt,
      provider: choice.provider,
    });
    const lost = claimed.failures >= config.maxAttempts;
    if (lost) choice.release();
    const result = lost ? LAST_ONE_LOST : await send(claimed, choice);
    if (result !== 'abandoned') await record(claimed, { result, choice, candidate }, logger);
  }

  async function waitForProvider(
    { id, kind, channel, fellBack }: Candidate,
    { reason, retryInMs }: { reason: string; retryInMs: number },
  ): Promise<void> {
    const until = new Date(clock.now().getTime() + retryInMs);
    if (kind === 'alert' && !fellBack) {
      await withTransaction(pool, (tx) => deps.fallBack(tx, { id, reason }));
    }
    await postpone(pool, id, { until, reason });
    deps.logger.warn({ notificationId: id, channel, reason, retryInMs }, 'no provider to send by');
    later(id, retryInMs);
  }

  async function claim(
    { id, bundleId }: Candidate,
    choice: Chosen,
  ): Promise<ClaimedNotification | undefined> {
    try {
      const claimed = await claimNotifications(pool, {
        lead: id,
        ids: [id],
        bundleId: bundleId ?? id,
        provider: choice.provider,
        now: clock.now(),
        leaseMs,
      });
      if (claimed.length === 0) choice.release();
      return claimed[0];
    } catch (error) {
      choice.release();
      throw error;
    }
  }

  async function send(
    claimed: ClaimedNotification,
    chosen: Chosen,
  ): Promise<SendResult | 'abandoned'> {
    const renewal = setInterval(() => {
      const until = new Date(clock.now().getTime() + leaseMs);
      // A renewal that fails is made up for by the next, or the claim runs out as it should.
      renewClaim(pool, [claimed], until).catch(() => undefined);
    }, leaseMs / 3);
    const ended = new AbortController();
    try {
      return await Promise.race([
        chosen.send(messageOf(claimed)),
        aborted(abandoned.signal, ended.signal),
      ]);
    } finally {
      clearInterval(renewal);
      ended.abort();
    }
  }

  function messageOf(claimed: ClaimedNotification): OutgoingMessage {
    const { bundleId, attempt, personId, address, locale, payload, repeat } = claimed;
    const text = repeat ? markRepeat(claimed.text, locale, config.smsSignature) : claimed.text;
    return {
      notificationId: bundleId,
      attempt,
      personId,
      address,
      locale,
      text,
      payload,
      repeat,
    };
  }

  async function record(
    claimed: ClaimedNotification,
    { result, choice, candidate }: { result: SendResult; choice: Chosen; candidate: Candidate },
    logger: Logger,
  ): Promise<void> {
    const now = clock.now();
    const { provider } = choice;
    if (result.kind === 'submitted') {
      const { providerMessageIds } = result;
      await recordSubmitted(pool, [claimed], { now, providerMessageIds });
      deps.metrics.submitted(now.getTime() - wantedAt(claimed).getTime(), claimed.channel);
      logger.info({ providerMessageIds }, 'notification submitted');
      await countReceipts(claimed, provider, providerMessageIds);
      return;
    }
    const unsent = unsentOf(result, { now, repeat: claimed.repeat });
    const { reason } = unsent;
    const refusedBy = new Set([...candidate.refusedBy, ...(unsent.permanent ? [provider] : [])]);
    const left = providers.names(claimed.channel).filter((name) => !refusedBy.has(name));
    const failures = claimed.failures + (unsent.counts ? 1 : 0);
    const final = failures >= config.maxAttempts || (unsent.permanent && left.length === 0);
    if (final && (await fail(claimed, unsent))) {
      logger.error({ reason }, 'notification given up: this person has not been told');
      deps.metrics.failed(claimed.channel);
      return;
    }
    const working = providers.working(claimed.channel);
    const others = left.filter((name) => name !== provider && working.includes(name));
    const delayMs = delayOf(result, { failures, others: others.length });
    const retryAt = new Date(now.getTime() + delayMs);
    await recordUnsent(pool, [claimed], { ...unsent, retryAt });
    if (final) return;
    logger.warn({ reason, retryInMs: delayMs }, 'notification not sent, trying again');
    if (delayMs < RELAY_MS) later(claimed.id, delayMs);
  }

  /** Another provider that works is tried at once; the same one after a pause. */
  function delayOf(
    result: SendResult,
    { failures, others }: { failures: number; others: number },
  ): number {
    if (others > 0 && failures <= others) return NEXT_PROVIDER_MS;
    const pauseMs = result.kind === 'failed' ? (result.retryAfterMs ?? 0) : 0;
    const backoff = backoffMs(Math.max(failures, 1), {
      baseMs: config.retryBaseMs,
      maxMs: config.retryMaxMs,
      random: Math.random(),
    });
    return Math.max(pauseMs, backoff);
  }

  /** False when the notification was cancelled or taken over meanwhile: then only the attempt's end is written. */
  async function fail(
    claimed: ClaimedNotification,
    unsent: Omit<Unsent, 'retryAt'>,
  ): Promise<boolean> {
    const { id, incidentId, personId, channel, attempt } = claimed;
    const { reason } = unsent;
    const data = { notificationId: id, personId, channel, attempt, reason };
    const given = await giveUp(deps, [{ id, incidentId, reason, data }], async (tx) => {
      const failed = await recordUnsent(tx, [claimed], { ...unsent, retryAt: null });
      return failed.length > 0;
    });
    return given.length > 0;
  }

  /** The message is out and its ids are stored; a receipt not counted now is counted when it is repeated. */
  async function countReceipts(
    { id }: ClaimedNotification,
    provider: string,
    ids: readonly string[],
  ): Promise<void> {
    await deps.receipts.submitted(provider, ids).catch((error: unknown) => {
      deps.logger.warn({ err: error, notificationId: id }, 'receipts not counted yet');
    });
  }
};

/** What the relay's sweep would bring up to half a second late is woken by this process. */
const RELAY_MS = 1_000;

const LAST_ONE_LOST: SendResult = {
  kind: 'failed',
  permanent: false,
  reason: 'the last attempt ended unknown',
};

/** A first alert must not be what finds out whether a provider is back. */
const pastOf = ({ kind, told, failed, refusedBy }: Candidate) => ({
  failed,
  refusedBy,
  urgent: kind === 'alert' && !told,
});

const unsentOf = (
  result: Exclude<SendResult, { kind: 'submitted' }>,
  { now, repeat }: { now: Date; repeat: boolean },
): Omit<Unsent, 'retryAt'> => {
  const { kind: outcome, reason } = result;
  const failed = result.kind === 'failed' ? result : undefined;
  return {
    now,
    outcome,
    reason,
    permanent: failed?.permanent ?? false,
    // A provider that is busy all night must not make anybody be given up.
    counts: failed?.retryAfterMs === undefined,
    bundle: failed === undefined || repeat ? 'keep' : 'dissolve',
    providerMessageIds: result.kind === 'unknown' ? (result.providerMessageIds ?? []) : [],
  };
};

/** When the person should have been told. */
const wantedAt = ({ step, payload, createdAt }: ClaimedNotification): Date => {
  const text = step === 0 ? payload['receivedAt'] : payload['dueAt'];
  const time = typeof text === 'string' ? new Date(text) : createdAt;
  return Number.isNaN(time.getTime()) ? createdAt : time;
};

const aborted = (signal: AbortSignal, ended: AbortSignal): Promise<'abandoned'> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve('abandoned'), { once: true, signal: ended });
  });
