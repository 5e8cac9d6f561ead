import type { ContactChannel } from '../people/index.ts';
import type { ChannelConfig } from '../shared/channel-config.ts';
import type { Clock } from '../shared/clock.ts';
import type { Pool } from '../shared/db.ts';
import type { Logger } from '../shared/logger.ts';
import type { Publish } from '../shared/mqtt-publisher.ts';
import { createOutboundFetch } from '../shared/outbound-fetch.ts';
import { createAppInboxChannel } from './channels/app-inbox.ts';
import type { Channel } from './channels/channel.ts';
import { dingtalk } from './channels/dingtalk.ts';
import { feishu } from './channels/feishu.ts';
import type { InboundSms } from './channels/inbound-sms.ts';
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
  const [sms, ...moreSms] = smsProviders(deps, receipts);
  return {
    sms:
      sms === undefined
        ? [createLogChannel({ channel: 'sms', hint: 'set SMPP_URL to send SMS', logger })]
        : [sms, ...moreSms],
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
