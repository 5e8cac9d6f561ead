import type { AliyunSmsConfig } from '../../shared/aliyun-config.ts';
import type { ChannelConfig } from '../../shared/channel-config.ts';
import type { HttpGatewayConfig } from '../../shared/http-gateway-config.ts';
import { namedProviders } from '../../shared/provider-names.ts';
import type { ProviderReceipt } from '../receipt.ts';
import { readAliyunCallback } from './aliyun-callback.ts';
import { readGatewayCallback } from './gateway-callback.ts';

/** What somebody wrote, or pressed during a call. */
export type CallbackReply = {
  /** The same when the provider hands the same over again. */
  externalId: string;
  /** Undefined for a call: then it was the person called. */
  sender: string | undefined;
  recipient: string;
  text: string;
  /** Message id of the call the keys were pressed in. */
  callId?: string;
};

/** A provider's request to us, read. */
export type CallbackContent = {
  receipts: Omit<ProviderReceipt, 'provider'>[];
  replies: CallbackReply[];
  /** Reports that cannot be made sense of, and why. */
  refused: { item: unknown; reason: string }[];
};

/** How one provider calls us back. */
export type Callback = {
  token: string;
  read(body: unknown, now: Date): CallbackContent;
  /** What the provider wants to hear. */
  answer: string | Record<string, unknown>;
};

/** Those providers that call back, by name. */
export const callbacksOf = (config: ChannelConfig): ReadonlyMap<string, Callback> =>
  new Map(
    namedProviders(config).providers.flatMap(({ name, kind, settings }) => {
      const callback =
        kind === 'aliyun'
          ? aliyunCallback(settings)
          : kind === 'http'
            ? gatewayCallback(settings)
            : undefined;
      return callback === undefined ? [] : [[name, callback] as const];
    }),
  );

const ANSWER = { code: 0, msg: '成功' };

const aliyunCallback = ({ callback }: AliyunSmsConfig): Callback | undefined =>
  callback === undefined
    ? undefined
    : { token: callback.token, read: readAliyunCallback, answer: ANSWER };

const gatewayCallback = ({ callback }: HttpGatewayConfig): Callback | undefined =>
  callback === undefined
    ? undefined
    : {
        token: callback.token,
        read: (body, now) => readGatewayCallback(callback, body, now),
        answer: callback.answer ?? ANSWER,
      };
