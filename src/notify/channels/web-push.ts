import webpush from 'web-push';
import type { Clock } from '../../shared/clock.ts';
import type { Pool } from '../../shared/db.ts';
import { withTransaction } from '../../shared/db.ts';
import type { Logger } from '../../shared/logger.ts';
import type { OutboundFetch, OutboundResponse } from '../../shared/outbound-fetch.ts';
import type { WebPushConfig } from '../../shared/push-config.ts';
import { encodePush } from '../web-push/push-payload.ts';
import { receiptToken } from '../web-push/receipt-token.ts';
import type { PushSubscription } from '../web-push/subscription.ts';
import { listSubscriptions, recordPush, unsubscribe } from '../web-push/subscription-store.ts';
import { type VapidKeys, vapidKeys } from '../web-push/vapid-keys.ts';
import type { Channel, OutgoingMessage, SendResult } from './channel.ts';
import { failureOf, retryAfterMs, retryLater, type SendFailure } from './outbound-failure.ts';

export type WebPushDeps = {
  config: WebPushConfig;
  pool: Pool;
  fetch: OutboundFetch;
  clock: Clock;
  logger: Logger;
  timeoutMs?: number;
};

const TIMEOUT_MS = 10_000;
/** A browser that comes back within this long is still told; after it, news of a fire is history. */
const TIME_TO_LIVE_S = 4 * 3_600;
/** Push services take 4096 bytes with the encryption's 103 (RFC 8030); some less. */
const MAX_PAYLOAD_BYTES = 3_000;
/** Where one says that this was too much (413). */
const SHORT_PAYLOAD_BYTES = 1_000;

type Outcome =
  | { kind: 'taken'; messageId: string | undefined }
  | { kind: 'gone'; reason: string }
  | SendFailure;

/**
 * Web Push (RFC 8030, encrypted by RFC 8291, signed by RFC 8292) to every browser the person has subscribed with.
 * Submitted when any push service took it. A browser that is gone (404, 410) is forgotten.
 */
export const createWebPushChannel = (deps: WebPushDeps): Channel => {
  const { config, pool, fetch, clock, logger, timeoutMs = TIMEOUT_MS } = deps;
  let keys: VapidKeys | undefined;

  const post = async (
    subscription: PushSubscription,
    message: OutgoingMessage,
    { maxBytes, pair }: { maxBytes: number; pair: VapidKeys },
  ): Promise<OutboundResponse> => {
    const receipt = receiptToken(message.notificationId, pair.privateKey);
    const { endpoint, p256dh, auth } = subscription;
    const { headers, body } = webpush.generateRequestDetails(
      { endpoint, keys: { p256dh, auth } },
      encodePush(message, { receipt, maxBytes }),
      {
        vapidDetails: { subject: config.subject, ...pair },
        contentEncoding: 'aes128gcm',
        TTL: TIME_TO_LIVE_S,
        urgency: 'high',
        // A repeat takes the place of one that the browser has not fetched yet. At most 32 characters.
        topic: message.notificationId.replaceAll('-', '').slice(0, 32),
      },
    );
    const asText = Object.entries(headers).map(([name, value]) => [name, String(value)]);
    return fetch(endpoint, {
      method: 'POST',
      timeoutMs,
      headers: Object.fromEntries(asText) as Record<string, string>,
      body,
    });
  };

  const sendTo = async (
    subscription: PushSubscription,
    message: OutgoingMessage,
    pair: VapidKeys,
  ): Promise<Outcome> => {
    try {
      const response = await post(subscription, message, { maxBytes: MAX_PAYLOAD_BYTES, pair });
      const tooLarge = response.status === 413;
      return outcomeOf(
        tooLarge
          ? await post(subscription, message, { maxBytes: SHORT_PAYLOAD_BYTES, pair })
          : response,
        clock.now(),
      );
    } catch (error) {
      return failureOf(error);
    }
  };

  /** Only a note for people: the message is out, or will be tried again, whether it is written or not. */
  const note = async (subscription: PushSubscription, outcome: Outcome): Promise<void> => {
    try {
      if (outcome.kind === 'gone') {
        await withTransaction(pool, (tx) => unsubscribe(tx, subscription.id));
        return;
      }
      const error = outcome.kind === 'taken' ? null : outcome.reason;
      await recordPush(pool, subscription.id, { now: clock.now(), error });
    } catch (error) {
      logger.warn({ err: error, subscriptionId: subscription.id }, 'push outcome not noted');
    }
  };

  return {
    name: 'web-push',
    provider: 'web_push',
    everyAddressIsAServer: true,
    async start() {
      keys = await vapidKeys(pool, config);
    },
    stop: async () => undefined,
    async send(message) {
      keys ??= await vapidKeys(pool, config);
      const pair = keys;
      const subscriptions = await listSubscriptions(pool, message.personId);
      const outcomes = await Promise.all(
        subscriptions.map(async (subscription) => {
          const outcome = await sendTo(subscription, message, pair);
          await note(subscription, outcome);
          return outcome;
        }),
      );
      return together(outcomes);
    },
    trouble: () => null,
    status: () => 'web push',
  };
};

const outcomeOf = ({ status, headers, text }: OutboundResponse, now: Date): Outcome => {
  // `Location` names the message at the push service.
  if (status >= 200 && status < 300) return { kind: 'taken', messageId: headers.location };
  const said = text.replaceAll(/\s+/g, ' ').trim().slice(0, 200);
  const reason = `HTTP ${status}${said === '' ? '' : ` ${said}`}`;
  if (status === 404 || status === 410) return { kind: 'gone', reason };
  if (status === 429 || status >= 500) return retryLater(reason, retryAfterMs(headers, now));
  // A redirect, our signature or the message itself: the same again is refused again.
  return { kind: 'failed', permanent: true, reason };
};

/** One outcome for all browsers: the best of them. */
const together = (outcomes: readonly Outcome[]): SendResult => {
  const taken = outcomes.filter((outcome) => outcome.kind === 'taken');
  if (taken.length > 0) {
    const ids = taken.flatMap(({ messageId }) => messageId ?? []);
    return { kind: 'submitted', providerMessageIds: ids };
  }
  const reasons = outcomes.flatMap((outcome) => (outcome.kind === 'taken' ? [] : outcome.reason));
  const reason = [...new Set(reasons)].join('; ');
  if (outcomes.some(({ kind }) => kind === 'unknown')) return { kind: 'unknown', reason };
  const failures = outcomes.filter((outcome) => outcome.kind === 'failed');
  const retryable = failures.filter(({ permanent }) => !permanent);
  if (retryable.length > 0) {
    const pauses = retryable.map((failure) => failure.retryAfterMs ?? 0);
    return retryLater(reason, Math.min(...pauses) > 0 ? Math.min(...pauses) : undefined);
  }
  const nobody = outcomes.length === 0 ? 'no browser has subscribed' : reason;
  return { kind: 'failed', permanent: true, reason: nobody };
};
