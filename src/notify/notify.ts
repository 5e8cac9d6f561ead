import type { Clock } from '../shared/clock.ts';
import type { CountyConfig } from '../shared/county-config.ts';
import type { Pool } from '../shared/db.ts';
import type { Listener } from '../shared/listener.ts';
import type { Logger } from '../shared/logger.ts';
import type { Publish } from '../shared/mqtt-publisher.ts';
import { type Part, startParts } from '../shared/part.ts';
import { createAppInboxChannel } from './channels/app-inbox.ts';
import type { Channel } from './channels/channel.ts';
import type { InboundSms } from './channels/inbound-sms.ts';
import { createLogChannel } from './channels/log.ts';
import { createSmppChannel, type SmppDeps } from './channels/smpp-sms.ts';
import { parseSmppUrl } from './channels/smpp-url.ts';
import { checkWebhookSecret, createWebhookChannel } from './channels/webhook.ts';
import type { OnGivenUp } from './given-up.ts';
import { countPending } from './notification-store.ts';
import { createNotificationWorker, type NotifyMetrics } from './notification-worker.ts';
import { createNotifyQueue } from './queue.ts';
import { createReceiptBook, type ReceiptBook } from './receipt-book.ts';
import { createRelay } from './relay.ts';
import { storedWebhookSecret } from './webhook-secret-store.ts';

export type NotifyDeps = {
  pool: Pool;
  connectionString: string;
  redisUrl: string | undefined;
  smppUrl: string | undefined;
  webhookSecret: string | undefined;
  config: CountyConfig['notify'];
  listener: Listener;
  publish: Publish;
  onGivenUp: OnGivenUp;
  /** Keeps an SMS that somebody wrote; until then the SMS centre is not answered. */
  onSms: (message: InboundSms) => Promise<void>;
  metrics: NotifyMetrics;
  clock: Clock;
  logger: Logger;
  /** Tests shorten what they would have to wait for, and keep apart from others on the same Redis. */
  tuning?: {
    leaseMs?: number;
    sweepMs?: number;
    queuePrefix?: string;
    webhookTimeoutMs?: number;
    smpp?: NonNullable<SmppDeps['timings']>;
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
    onGivenUp,
    onFailed: (channel) => metrics.failed(channel),
  });
  const { channels, fallback } = createChannels(deps, receipts);
  const worker = createNotificationWorker({
    ...deps,
    channelFor: (channel) => channels[channel] ?? fallback,
    providers: Object.fromEntries(
      Object.entries(channels).map(([name, channel]) => [name, channel.provider]),
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
    start: () => receipts.catchUp('smpp'),
    stop: async () => undefined,
  };
  let stopAll: (() => Promise<void>) | undefined;
  return {
    name: 'notify',
    async start() {
      stopAll = await startParts([...Object.values(channels), catchUp, queue, relay]);
      logger.info({ channels: channelStatus(channels) }, 'notification channels');
    },
    stop: async () => stopAll?.(),
    channelStatus: () => channelStatus(channels),
    troubles: () =>
      Object.entries(channels).flatMap(([name, channel]) => {
        const trouble = channel.trouble();
        return trouble === null ? [] : [`${name}: ${trouble}`];
      }),
    async queueDepth() {
      return { ...(await countPending(pool)), ...(await queue.depth()) };
    },
  };
};

const channelStatus = (channels: Readonly<Record<string, Channel>>): Record<string, string> =>
  Object.fromEntries(Object.entries(channels).map(([name, channel]) => [name, channel.status()]));

const createChannels = (
  deps: NotifyDeps,
  receipts: ReceiptBook,
): { channels: Record<string, Channel>; fallback: Channel } => {
  const { pool, clock, smppUrl, tuning = {} } = deps;
  const logger = deps.logger;
  const { webhookSecret } = deps;
  if (webhookSecret !== undefined) checkWebhookSecret(webhookSecret);
  const sms =
    smppUrl === undefined
      ? createLogChannel({ channel: 'sms', hint: 'set SMPP_URL to send SMS', logger })
      : createSmppChannel({
          config: parseSmppUrl(smppUrl),
          clock,
          logger: logger.child({ channel: 'sms' }),
          onMessage: deps.onSms,
          onReceipt: ({ messageId, address, event, detail }) =>
            event === 'pending'
              ? Promise.resolve()
              : receipts.received({
                  provider: 'smpp',
                  messageId,
                  address,
                  event,
                  detail,
                  at: clock.now(),
                }),
          ...(tuning.smpp === undefined ? {} : { timings: tuning.smpp }),
        });
  const webhook = createWebhookChannel({
    secret: async () => webhookSecret ?? (await storedWebhookSecret(pool)),
    clock,
    ...(tuning.webhookTimeoutMs === undefined ? {} : { timeoutMs: tuning.webhookTimeoutMs }),
  });
  const app = createAppInboxChannel({ publish: deps.publish });
  return {
    channels: { sms, app, webhook },
    fallback: createLogChannel({
      channel: 'other',
      hint: 'e-mail and voice are not built in yet',
      logger,
    }),
  };
};
