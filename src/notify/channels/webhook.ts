import { Webhook } from 'standardwebhooks';
import { AppError, errorMessage } from '../../shared/app-error.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Channel, SendResult } from './channel.ts';

export type WebhookOptions = {
  /** `whsec_` and base64, as Standard Webhooks has it; read when first needed. */
  secret: () => Promise<string>;
  clock: Clock;
  timeoutMs?: number;
};

/** The Standard Webhooks advise 15 to 30 s; an alarm has a better use for the time. */
const TIMEOUT_MS = 10_000;

/** Throws AppError('startup') for a secret that cannot sign. */
export const checkWebhookSecret = (secret: string): void => {
  const bytes = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  if (/^whsec_[A-Za-z0-9+/]+=*$/.test(secret) && bytes.length >= 24 && bytes.length <= 64) return;
  throw new AppError(
    'startup',
    'WEBHOOK_SECRET is not "whsec_" followed by 24 to 64 bytes in base64; set e.g. WEBHOOK_SECRET=whsec_$(openssl rand -base64 32)',
  );
};

/**
 * Posts to the contact's URL as https://www.standardwebhooks.com has it: `webhook-id` is the notification's id and stays
 * the same over retries. 2xx is success, 410 Gone is final, anything else (a redirect too) is tried again.
 */
export const createWebhookChannel = ({
  secret,
  clock,
  timeoutMs = TIMEOUT_MS,
}: WebhookOptions): Channel => {
  let signer: Webhook | undefined;
  return {
    name: 'webhook',
    provider: 'webhook',
    everyAddressIsAServer: true,
    async start() {
      signer = new Webhook(await secret());
    },
    stop: async () => undefined,
    async send({ notificationId, address, text, payload, repeat }) {
      signer ??= new Webhook(await secret());
      const now = clock.now();
      const body = JSON.stringify({
        type: 'incident.notification',
        timestamp: now.toISOString(),
        data: { ...payload, notificationId, text, repeat },
      });
      try {
        const response = await fetch(address, {
          method: 'POST',
          redirect: 'manual',
          signal: AbortSignal.timeout(timeoutMs),
          headers: {
            'content-type': 'application/json',
            'user-agent': 'fengsui',
            'webhook-id': notificationId,
            'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
            'webhook-signature': signer.sign(notificationId, now, body),
          },
          body,
        });
        await response.body?.cancel();
        return resultOf(response.status, notificationId);
      } catch (error) {
        return failureOf(error, timeoutMs);
      }
    },
    trouble: () => null,
    status: () => 'http',
  };
};

const resultOf = (status: number, id: string): SendResult =>
  status >= 200 && status < 300
    ? { kind: 'submitted', providerMessageIds: [id] }
    : { kind: 'failed', permanent: status === 410, reason: `HTTP ${status}` };

/** A timeout may have come after the receiver took it; a refused connection cannot have. */
const failureOf = (error: unknown, timeoutMs: number): SendResult => {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return { kind: 'unknown', reason: `no answer in ${timeoutMs} ms` };
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return { kind: 'failed', permanent: false, reason: errorMessage(cause) };
};
