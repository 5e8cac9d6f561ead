import type { ContactChannel } from '../people/index.ts';
import type { ChannelConfig } from '../shared/channel-config.ts';
import type { Clock } from '../shared/clock.ts';
import type { Pool } from '../shared/db.ts';
import type { Logger } from '../shared/logger.ts';
import type { Publish } from '../shared/mqtt-publisher.ts';
import { createOutboundFetch } from '../shared/outbound-fetch.ts';
import { type NamedProvider, namedProviders } from '../shared/provider-names.ts';
import { createAliyunSms } from './channels/aliyun-sms.ts';
import { createAppInboxChannel } from './channels/app-inbox.ts';
import type { Channel } from './channels/channel.ts';
import { dingtalk } from './channels/dingtalk.ts';
import { createEmailChannel } from './channels/email.ts';
import { feishu } from './channels/feishu.ts';
import { createHttpGateway } from './channels/http-gateway.ts';
import type { InboundSms } from './channels/inbound-sms.ts';
import { createPartJoiner, type PartJoiner } from './channels/join-parts.ts';
import { createJPushChannel } from './channels/jpush.ts';
import { createLogChannel } from './channels/log.ts';
import { createRobotChannel } from './channels/robot.ts';
import { createSmppChannel, type SmppDeps } from './channels/smpp-sms.ts';
import { parseSmppUrl } from './channels/smpp-url.ts';
import { createWebPushChannel } from './channels/web-push.ts';
import { createWebhookChannel } from './channels/webhook.ts';
import { wecom } from './channels/wecom.ts';
import type { ReceiptBook } from './receipt-book.ts';
import { readWebhookSecrets, signingSecrets } from './webhook-secret.ts';
import { storedWebhookSecrets } from './webhook-secret-store.ts';

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
  const { logger } = deps;
  const { providers } = namedProviders(deps.channels);
  const ofChannel = (channel: NamedProvider['channel']): Channel[] =>
    providers
      .filter((provider) => provider.channel === channel)
      .map((provider) => createProvider(deps, receipts, provider));
  const [sms, ...moreSms] = ofChannel('sms');
  const [voice, ...moreVoice] = ofChannel('voice');
  const [email, ...moreEmail] = ofChannel('email');
  return {
    sms:
      sms === undefined
        ? [createLogChannel({ channel: 'sms', hint: 'set SMPP_URL to send SMS', logger })]
        : [sms, ...moreSms],
    ...(voice === undefined ? {} : { voice: [voice, ...moreVoice] }),
    ...(email === undefined ? {} : { email: [email, ...moreEmail] }),
    app: [createAppInboxChannel({ publish: deps.publish })],
    ...outboundProviders(deps),
  };
};

/** Those that post to addresses people have entered. */
const outboundProviders = (deps: ProviderDeps): Providers => {
  const { channels, pool, clock, logger, webhookSecret, tuning = {} } = deps;
  const fetch = createOutboundFetch({ allow: channels.webhook?.allow ?? [] });
  const configured = webhookSecret === undefined ? undefined : readWebhookSecrets(webhookSecret);
  const webhook = createWebhookChannel({
    secrets: async () =>
      configured ?? signingSecrets(await storedWebhookSecrets(pool), clock.now()),
    fetch,
    clock,
    ...(tuning.webhookTimeoutMs === undefined ? {} : { timeoutMs: tuning.webhookTimeoutMs }),
  });
  return {
    webhook: [webhook],
    ...(channels.webPush === undefined
      ? {}
      : {
          web_push: [
            createWebPushChannel({ config: channels.webPush, pool, fetch, clock, logger }),
          ],
        }),
    ...(channels.jpush === undefined
      ? {}
      : { jpush: [createJPushChannel(channels.jpush, { fetch, clock })] }),
    wecom: [createRobotChannel(wecom, { fetch, clock })],
    dingtalk: [createRobotChannel(dingtalk, { fetch, clock })],
    feishu: [createRobotChannel(feishu, { fetch, clock })],
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
    onReceipt: ({ event, ...receipt }) =>
      event === 'pending'
        ? Promise.resolve()
        : receipts.received({ ...receipt, provider: name, event, at: clock.now() }),
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
