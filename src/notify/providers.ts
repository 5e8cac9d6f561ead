import type { ContactChannel } from '../people/index.ts';
import type { ChannelConfig } from '../shared/channel-config.ts';
import type { Clock } from '../shared/clock.ts';
import type { Pool } from '../shared/db.ts';
import type { Logger } from '../shared/logger.ts';
import type { Publish } from '../shared/mqtt-publisher.ts';
import { type NamedProvider, namedProviders } from '../shared/provider-names.ts';
import { createAliyunSms } from './channels/aliyun-sms.ts';
import { createAppInboxChannel } from './channels/app-inbox.ts';
import type { Channel } from './channels/channel.ts';
import { createEmailChannel } from './channels/email.ts';
import { createHttpGateway } from './channels/http-gateway.ts';
import type { InboundSms } from './channels/inbound-sms.ts';
import { createPartJoiner, type PartJoiner } from './channels/join-parts.ts';
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
  /** Days of the carriers' limits begin at midnight here. */
  timeZone: string;
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
  const { providers } = namedProviders(deps.channels);
  const ofChannel = (channel: NamedProvider['channel']): Channel[] =>
    providers
      .filter((provider) => provider.channel === channel)
      .map((provider) => createProvider(deps, receipts, provider));
  const [sms, ...moreSms] = ofChannel('sms');
  const [voice, ...moreVoice] = ofChannel('voice');
  const [email, ...moreEmail] = ofChannel('email');
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
    ...(voice === undefined ? {} : { voice: [voice, ...moreVoice] }),
    ...(email === undefined ? {} : { email: [email, ...moreEmail] }),
    app: [createAppInboxChannel({ publish: deps.publish })],
    webhook: [webhook],
  };
};

const createProvider = (
  deps: ProviderDeps,
  receipts: Pick<ReceiptBook, 'received'>,
  provider: NamedProvider,
): Channel => {
  const { name } = provider;
  switch (provider.kind) {
    case 'smpp':
      return createSmpp(deps, receipts, { name, url: provider.settings.url });
    case 'aliyun':
      return createAliyunSms({ ...deps, name, config: provider.settings });
    case 'http':
      return createHttpGateway({ ...deps, name, config: provider.settings });
    case 'smtp':
      return createEmailChannel({ ...deps, name, config: provider.settings });
  }
};

/** The SMS centre, and what puts together the parts of long replies that come from it. */
const createSmpp = (
  { pool, clock, logger, tuning = {}, onSms }: ProviderDeps,
  receipts: Pick<ReceiptBook, 'received'>,
  { name, url }: { name: string; url: string },
): Channel => {
  const joiner = createPartJoiner({
    pool,
    provider: name,
    onMessage: onSms,
    clock,
    logger: logger.child({ channel: 'sms', provider: name }),
  });
  const channel = createSmppChannel({
    name,
    config: parseSmppUrl(url),
    clock,
    logger: logger.child({ channel: 'sms', provider: name }),
    onMessage: (message, part) => joiner.received(message, part),
    onReceipt: ({ messageId, address, event, detail }) =>
      event === 'pending'
        ? Promise.resolve()
        : receipts.received({
            provider: name,
            messageId,
            address,
            event,
            detail,
            at: clock.now(),
          }),
    ...(tuning.smpp === undefined ? {} : { timings: tuning.smpp }),
  });
  return alongside(channel, joiner);
};

/** The joiner stands ready before the line is up, and ends after it. */
const alongside = (channel: Channel, joiner: PartJoiner): Channel => ({
  ...channel,
  async start() {
    await joiner.start();
    await channel.start();
  },
  async stop() {
    await channel.stop();
    await joiner.stop();
  },
});
