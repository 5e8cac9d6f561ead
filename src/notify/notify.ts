import type { Clock } from '../shared/clock.ts';
import type { CountyConfig } from '../shared/county-config.ts';
import type { Pool } from '../shared/db.ts';
import type { Listener } from '../shared/listener.ts';
import type { Logger } from '../shared/logger.ts';
import { type Part, startParts } from '../shared/part.ts';
import { createLogChannel } from './channels/log.ts';
import type { OnGivenUp } from './given-up.ts';
import { countPending } from './notification-store.ts';
import { createNotificationWorker, type NotifyMetrics } from './notification-worker.ts';
import { createProviders, type ProviderDeps, type Providers } from './providers.ts';
import { createNotifyQueue } from './queue.ts';
import { createReceiptBook } from './receipt-book.ts';
import { createRelay } from './relay.ts';

export type NotifyDeps = ProviderDeps & {
  pool: Pool;
  connectionString: string;
  redisUrl: string | undefined;
  config: CountyConfig['notify'];
  listener: Listener;
  onGivenUp: OnGivenUp;
  metrics: NotifyMetrics;
  clock: Clock;
  logger: Logger;
  /** Tests shorten what they would have to wait for, and keep apart from others on the same Redis. */
  tuning?: {
    leaseMs?: number;
    sweepMs?: number;
    queuePrefix?: string;
  };
};

export type Notify = Part & {
  /** One line a channel for /readyz. */
  channelStatus(): Record<string, string>;
  /** Channels that are set up and cannot send now: `sms: connection closed`. */
  troubles(): string[];
  /** Notifications waiting in PostgreSQL (`queued`, `sending`) and jobs in the queue by state. */
  queueDepth(): Promise<Record<string, number>>;
};

/** A worker that was killed is given up on after this; while it lives it renews its claim three times as often. */
const LEASE_MS = 6_000;

/** The sending side: channels, queue with workers, and the relay that fills it. Stops the other way round. */
export const createNotify = (deps: NotifyDeps): Notify => {
  const { pool, clock, logger, metrics, onGivenUp, tuning = {} } = deps;
  const receipts = createReceiptBook({
    pool,
    clock,
    logger,
    maxAttempts: deps.config.maxAttempts,
    onGivenUp,
    onFailed: (channel) => metrics.failed(channel),
  });
  const providers = createProviders(deps, receipts);
  const first = Object.fromEntries(
    Object.entries(providers).map(([channel, [provider]]) => [channel, provider]),
  );
  const fallback = createLogChannel({
    channel: 'other',
    hint: 'no provider is configured for it',
    logger,
  });
  const worker = createNotificationWorker({
    ...deps,
    channelFor: (channel) => first[channel] ?? fallback,
    providers: Object.fromEntries(
      Object.entries(first).map(([name, channel]) => [name, channel.provider]),
    ),
    receipts,
    leaseMs: tuning.leaseMs ?? LEASE_MS,
  });
  const queue = createNotifyQueue({
    redisUrl: deps.redisUrl,
    connectionString: deps.connectionString,
    prefix: tuning.queuePrefix ?? 'fengsui',
    handle: ({ id }) => worker.handle(id),
    drain: () => worker.drain(),
    logger,
  });
  const relay = createRelay({
    ...deps,
    queue,
    handle: (id) => worker.handle(id),
    ...(tuning.sweepMs === undefined ? {} : { sweepMs: tuning.sweepMs }),
  });
  const catchUp: Part = {
    name: 'notify-receipts',
    async start() {
      for (const { provider } of Object.values(providers).flat()) await receipts.catchUp(provider);
    },
    stop: async () => undefined,
  };
  let stopAll: (() => Promise<void>) | undefined;
  return {
    name: 'notify',
    async start() {
      stopAll = await startParts([...Object.values(providers).flat(), catchUp, queue, relay]);
      logger.info({ channels: channelStatus(providers) }, 'notification channels');
    },
    stop: async () => stopAll?.(),
    channelStatus: () => channelStatus(providers),
    troubles: () =>
      Object.entries(providers).flatMap(([name, [provider]]) => {
        const trouble = provider.trouble();
        return trouble === null ? [] : [`${name}: ${trouble}`];
      }),
    async queueDepth() {
      return { ...(await countPending(pool)), ...(await queue.depth()) };
    },
  };
};

const channelStatus = (providers: Providers): Record<string, string> =>
  Object.fromEntries(
    Object.entries(providers).map(([name, list]) => [
      name,
      list.map((provider) => provider.status()).join('; '),
    ]),
  );
