import { Webhook } from 'standardwebhooks';
import type { Clock } from '../../shared/clock.ts';
import type { OutboundFetch, OutboundResponse } from '../../shared/outbound-fetch.ts';
import type { Channel, SendResult } from './channel.ts';
import { failureOf, retryAfterMs, retryLater } from './outbound-failure.ts';

export type WebhookOptions = {
  /** Each `whsec_` and base64, as Standard Webhooks has it; all of them sign. Asked for each message. */
  secrets: () => Promise<readonly string[]>;
  fetch: OutboundFetch;
  clock: Clock;
  timeoutMs?: number;
};

/** The Standard Webhooks advise 15 to 30 s; an alarm has a better use for the time. */
const TIMEOUT_MS = 10_000;

/**
 * Posts to the contact's URL as https://www.standardwebhooks.com has it: `webhook-id` is the notification's id and stays
 * the same over retries. 2xx is success, 410 Gone is final, anything else (a redirect too) is tried again.
 */
export const createWebhookChannel = ({
  secrets,
  fetch,
  clock,
  timeoutMs = TIMEOUT_MS,
}: WebhookOptions): Channel => ({
  name: 'webhook',
  provider: 'webhook',
  everyAddressIsAServer: true,
  start: async () => void (await secrets()),
  stop: async () => undefined,
  async send({ notificationId, address, text, payload, repeat }) {
    const now = clock.now();
    const body = JSON.stringify({
      type: 'incident.notification',
      timestamp: now.toISOString(),
      data: { ...payload, notificationId, text, repeat },
    });
    try {
      const signatures = (await secrets()).map((secret) =>
        new Webhook(secret).sign(notificationId, now, body),
      );
      const response = await fetch(address, {
        method: 'POST',
        timeoutMs,
        headers: {
          'content-type': 'application/json',
          'webhook-id': notificationId,
          'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
          'webhook-signature': signatures.join(' '),
        },
        body,
      });
      return resultOf(response, notificationId, now);
    } catch (error) {
      return failureOf(error);
    }
  },
  trouble: () => null,
  status: () => 'http',
});

const resultOf = ({ status, headers }: OutboundResponse, id: string, now: Date): SendResult => {
  if (status >= 200 && status < 300) return { kind: 'submitted', providerMessageIds: [id] };
  const reason = `HTTP ${status}`;
  if (status === 410) return { kind: 'failed', permanent: true, reason };
  const busy = status === 429 || status === 503;
  return retryLater(reason, busy ? retryAfterMs(headers, now) : undefined);
};
