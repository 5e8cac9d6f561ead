import type { ContactChannel } from '../people/index.ts';
import type { ChannelConfig } from '../shared/channel-config.ts';
import type { Clock } from '../shared/clock.ts';
import type { Pool } from '../shared/db.ts';
import type { Logger } from '../shared/logger.ts';
import type { Publish } from '../shared/mqtt-publisher.ts';
import { createAppInboxChannel } from './channels/app-inbox.ts';
import type { Channel } from './channels/channel.ts';
import type { InboundSms } from './channels/inbound-sms.ts';
import { createLogChannel } from './channels/log.ts';
import { createSmppChannel, type SmppDeps } from './channels/smpp-sms.ts';
import { parseSmppUrl } from './channels/smpp-url.ts';
import { checkWebhookSecret, createWebhookChannel } from './channels/webhook.ts';
import type { ReceiptBook } from './receipt-book.ts';
import { storedWebhookSecret } from './webhook-secret-store.ts';

export type ProviderDeps = {
  pool: Pool;
  channels: ChannelConfig;
  webhookSecret: string | undefined;
  publish: Publish;
  /** Keeps an SMS that somebody wrote; until then the SMS centre is not answered. */
  onSms: (message: InboundSms) => Promise<void>;
  clock: Clock;
  logger: Logger;
  /** Tests shorten what they would have to wait for. */
  tuning?: {
    webhookTimeoutMs?: number;
    smpp?: NonNullable<SmppDeps['timings']>;
  };
};

/** Who carries the messages of each channel, in order of preference. */
export type Providers = Readonly<Partial<Record<ContactChannel, readonly [Channel, ...Channel[]]>>>;

export const createProviders = (
  deps: ProviderDeps,
  receipts: Pick<ReceiptBook, 'received'>,
): Providers => {
  const { pool, clock, logger, webhookSecret, tuning = {} } = deps;
  if (webhookSecret !== undefined) checkWebhookSecret(webhookSecret);
  const [sms, ...moreSms] = smsProviders(deps, receipts);
  const webhook = createWebhookChannel({
    secret: async () => webhookSecret ?? (await storedWebhookSecret(pool)),
    clock,
    ...(tuning.webhookTimeoutMs === undefined ? {} : { timeoutMs: tuning.webhookTimeoutMs }),
  });
  return {
    sms:
      sms === undefined
        ? [createLogChannel({ channel: 'sms', hint: 'set SMPP_URL to send SMS', logger })]
        : [sms, ...moreSms],
    app: [createAppInboxChannel({ publish: deps.publish })],
    webhook: [webhook],
  };
};

const smsProviders = (
  { channels, clock, logger, tuning = {}, onSms }: ProviderDeps,
  receipts: Pick<ReceiptBook, 'received'>,
): Channel[] =>
  (channels.sms ?? []).flatMap(({ smpp }, index) => {
    if (smpp === undefined) return [];
    const provider = index === 0 ? 'smpp' : `smpp-${index + 1}`;
    return createSmppChannel({
      provider,
      config: parseSmppUrl(smpp.url),
      clock,
      logger: logger.child({ channel: 'sms' }),
      onMessage: onSms,
      onReceipt: ({ messageId, address, event, detail }) =>
        event === 'pending'
          ? Promise.resolve()
          : receipts.received({
              provider,
              messageId,
              address,
              event,
              detail,
              at: clock.now(),
            }),
      ...(tuning.smpp === undefined ? {} : { timings: tuning.smpp }),
    });
  });
