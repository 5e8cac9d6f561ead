import type { Clock } from '../shared/clock.ts';
import type { CountyConfig } from '../shared/county-config.ts';
import type { Pool } from '../shared/db.ts';
import type { Listener } from '../shared/listener.ts';
import type { Logger } from '../shared/logger.ts';
import { type Part, startParts } from '../shared/part.ts';
import { LOCK_TIMEOUT } from './batch.ts';
import { createLogChannel } from './channels/log.ts';
import { type FallbackDeps, fallBack } from './fallback.ts';
import { createFallbackWatch, FALLBACK } from './fallback-watch.ts';
import type { GiveUpDeps, OnGivenUp } from './given-up.ts';
import { countPending } from './notification-store.ts';
import { createNotificationWorker } from './notification-worker.ts';
import type { NotifyMetrics } from './outcome-book.ts';
import { setUpChannels } from './plan-notifications.ts';
import { createProviderPool, type PoolDeps, type ProviderReport } from './provider-pool.ts';
import { createProviders, type ProviderDeps } from './providers.ts';
import { createNotifyQueue } from './queue.ts';
import { createReceiptBook } from './receipt-book.ts';
import { createRelay } from './relay.ts';
import { bringForward } from './sending-store.ts';
import type { Wording } from './write-alerts.ts';

export type NotifyDeps = ProviderDeps & {
  pool: Pool;
  /** For claims and what providers have answered alone, made as `SENDING_POOL` says; the other as `NOTIFY_POOL`. */
  sending: Pool;
  connectionString: string;
  redisUrl: string | undefined;
  config: CountyConfig['notify'];
  listener: Listener;
  onGivenUp: OnGivenUp;
  /** For the texts of alerts that go over another channel. */
  regions: Wording['regions'];
  timeZone: string;
  metrics: NotifyMetrics;
  clock: Clock;
  logger: Logger;
  /** Tests shorten what they would have to wait for, and keep apart from others on the same Redis. */
  tuning?: {
    leaseMs?: number;
    sweepMs?: number;
    queuePrefix?: string;
    breaker?: NonNullable<PoolDeps['breaker']>;
  };
};

export type Notify = Part & {
  /** One line a channel for /readyz. */
  channelStatus(): Record<string, string>;
  /** Each provider by itself. */
  providers(): ProviderReport[];
  /** Channels that are set up and cannot send now: `sms: connection closed`. */
  troubles(): string[];
  /** Notifications waiting in PostgreSQL (`queued`, `sending`) and jobs in the queue by state. */
  queueDepth(): Promise<Record<string, number>>;
};

/** Behind a query that never ends all alerts of the process would wait; each of theirs takes some milliseconds. */
const QUERY_TIMEOUT_MS = 5_000;

export const NOTIFY_POOL = { max: 10, queryTimeoutMs: QUERY_TIMEOUT_MS };

export const SENDING_POOL = {
  max: 5,
  queryTimeoutMs: QUERY_TIMEOUT_MS,
  settings: { lock_timeout: LOCK_TIMEOUT },
};

/** A worker that was killed is given up on after this; while it lives it renews its claim three times as often. */
const LEASE_MS = 6_000;

/** The sending side: channels, queue with workers, and the relay that fills it. Stops the other way round. */
export const createNotify = (deps: NotifyDeps): Notify => {
  const { pool, clock, logger, metrics, onGivenUp, tuning = {} } = deps;
  const fallback: FallbackDeps = {
    regions: deps.regions,
    timeZone: deps.timeZone,
    smsSignature: deps.config.smsSignature,
    setUp: setUpChannels(deps.channels),
    // The log tells nobody.
    works: (channel) => senders.working(channel).some((provider) => provider !== 'log'),
    clock,
    logger,
  };
  const givingUp: GiveUpDeps = {
    pool,
    onGivenUp,
    fallBack: (tx, stranded) => fallBack(fallback, tx, stranded),
  };
  const receipts = createReceiptBook({
    ...givingUp,
    maxAttempts: deps.config.maxAttempts,
    clock,
    logger,
    onFailed: (channel) => metrics.failed(channel),
  });
  const providers = createProviders(deps, receipts);
  const senders = createProviderPool({
    providers,
    standIn: createLogChannel({
      channel: 'other',
      hint: 'no provider is configured for it',
      logger,
    }),
    onRecovered: (channel) => {
      // What this misses is tried again at its own time.
      bringForward(pool, channel, clock.now()).catch((error: unknown) =>
        logger.warn({ err: error, channel }, 'what waited for a provider was not woken'),
      );
    },
    onResult: (result) => metrics.sent?.(result),
    now: () => clock.now(),
    logger,
    ...(tuning.breaker === undefined ? {} : { breaker: tuning.breaker }),
  });
  const worker = createNotificationWorker({
    ...deps,
    ...givingUp,
    providers: senders,
    receipts,
    leaseMs: tuning.leaseMs ?? LEASE_MS,
  });
  const queue = createNotifyQueue({
    redisUrl: deps.redisUrl,
    connectionString: deps.connectionString,
    prefix: tuning.queuePrefix ?? 'fengsui',
    handle: (wakeUp) => worker.handle(wakeUp),
    drain: () => worker.drain(),
    logger,
  });
  const relay = createRelay({
    ...deps,
    queue,
    handle: (wakeUp) => worker.handle(wakeUp),
    ...(tuning.sweepMs === undefined ? {} : { sweepMs: tuning.sweepMs }),
  });
  const watch = createFallbackWatch({
    ...fallback,
    pool,
    rule: deps.config.fallback ?? FALLBACK,
    ...(tuning.sweepMs === undefined ? {} : { everyMs: tuning.sweepMs }),
  });
  let catchingUp: Promise<void> | undefined;
  /** Beside the sending: no alert waits for receipts of others to be counted. */
  const catchUp: Part = {
    name: 'notify-receipts',
    async start() {
      catchingUp = receipts
        .catchUp()
        .catch((error: unknown) => logger.error({ err: error }, 'receipts could not be counted'));
    },
    stop: async () => catchingUp,
  };
  let stopAll: (() => Promise<void>) | undefined;
  return {
    name: 'notify',
    async start() {
      stopAll = await startParts([
        ...Object.values(providers).flat(),
        catchUp,
        queue,
        relay,
        watch,
      ]);
      logger.info({ channels: channelStatus(senders.report()) }, 'notification channels');
    },
    stop: async () => stopAll?.(),
    channelStatus: () => channelStatus(senders.report()),
    providers: () => senders.report(),
    // One provider that works is enough.
    troubles: () =>
      Object.entries(providers).flatMap(([name, list]) => {
        const troubles = list.map((provider) => provider.trouble());
        if (!troubles.includes(null)) return [`${name}: ${troubles.join('; ')}`];
        const reports = senders.report().filter(({ channel }) => channel === name);
        if (reports.some(({ breaker }) => breaker === 'closed')) return [];
        return [`${name}: ${reports.map(({ lastError }) => lastError).join('; ')}`];
      }),
    async queueDepth() {
      return { ...(await countPending(pool)), ...(await queue.depth()) };
    },
  };
};

/** What each channel's providers say, and what stands against using them. */
const channelStatus = (reports: readonly ProviderReport[]): Record<string, string> => {
  const status: Record<string, string> = {};
  for (const { channel, breaker, status: own, lastError } of reports) {
    const failing = breaker === 'closed' ? '' : ` (failing, ${lastError ?? 'no reason given'})`;
    const before = status[channel];
    status[channel] = `${before === undefined ? '' : `${before}; `}${own}${failing}`;
  }
  return status;
};
