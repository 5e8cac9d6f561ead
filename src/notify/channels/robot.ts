import type { IncomingHttpHeaders } from 'node:http';
import { splitSecret } from '../../people/index.ts';
import type { Clock } from '../../shared/clock.ts';
import type { OutboundFetch, OutboundResponse } from '../../shared/outbound-fetch.ts';
import type { Channel, OutgoingMessage, SendResult } from './channel.ts';
import { failureOf, retryAfterMs, retryLater } from './outbound-failure.ts';
import { parseObject } from './provider-answer.ts';
import { createRobotLimit, type RateWindow } from './robot-limit.ts';

/** What a platform said to a message, in its JSON; most say it with HTTP 200. */
export type RobotVerdict =
  | { kind: 'taken' }
  /** Too many messages: nothing for this long. */
  | { kind: 'busy'; pauseMs: number; reason: string }
  | { kind: 'refused'; permanent: boolean; reason: string };

export type RobotPlatform = {
  name: 'wecom' | 'dingtalk' | 'feishu';
  /** A little below what the platform admits, since messages do not arrive as evenly as they are sent. */
  limits: readonly RateWindow[];
  /** The request that says `text`, signed when there is a secret. */
  request(
    text: string,
    robot: { url: string; secret: string | undefined; now: Date },
  ): { url: string; body: Record<string, unknown> };
  /** Undefined: that is no answer of this platform. */
  judge(answer: Record<string, unknown>, headers: IncomingHttpHeaders): RobotVerdict | undefined;
};

const TIMEOUT_MS = 10_000;
/** WeCom takes 2048 bytes; the others more. */
const MAX_TEXT_BYTES = 2_000;

/** A robot in a chat group. It has no memory of what it said: a message sent twice is there twice, marked as a repeat. */
export const createRobotChannel = (
  platform: RobotPlatform,
  deps: { fetch: OutboundFetch; clock: Clock; timeoutMs?: number },
): Channel => {
  const { fetch, clock, timeoutMs = TIMEOUT_MS } = deps;
  const limit = createRobotLimit(platform.limits);

  return {
    name: platform.name,
    provider: platform.name,
    everyAddressIsAServer: true,
    start: async () => undefined,
    stop: async () => undefined,
    async send(message) {
      const { url, secret } = splitSecret(message.address);
      const now = clock.now();
      const waitMs = limit.take(url, now.getTime());
      if (waitMs > 0) return retryLater('the robot would exceed its rate limit', waitMs);
      const post = platform.request(textOf(message), { url, secret, now });
      try {
        const response = await fetch(post.url, {
          method: 'POST',
          timeoutMs,
          headers: { 'content-type': 'application/json; charset=utf-8' },
          body: JSON.stringify(post.body),
        });
        const result = resultOf(platform, response, now);
        if (result.kind === 'failed' && result.retryAfterMs !== undefined) {
          limit.pause(url, now.getTime() + result.retryAfterMs);
        }
        return result;
      } catch (error) {
        return failureOf(error);
      }
    },
    trouble: () => null,
    status: () => 'http',
  };
};

const resultOf = (
  platform: RobotPlatform,
  { status, headers, text }: OutboundResponse,
  now: Date,
): SendResult => {
  const answer = parseObject(text);
  const verdict = answer === undefined ? undefined : platform.judge(answer, headers);
  switch (verdict?.kind) {
    case 'taken':
      return { kind: 'submitted', providerMessageIds: [] };
    case 'busy':
      return retryLater(verdict.reason, verdict.pauseMs);
    case 'refused':
      return { kind: 'failed', permanent: verdict.permanent, reason: verdict.reason };
    case undefined:
      break;
  }
  if (status >= 200 && status < 300) {
    // Something in between has answered; whether the platform got it, nobody knows.
    return { kind: 'unknown', reason: `HTTP ${status} without an answer of the platform` };
  }
  const pauseMs = status === 429 ? (retryAfterMs(headers, now) ?? 60_000) : undefined;
  return retryLater(`HTTP ${status}`, pauseMs);
};

/** The text, and the link that opens the place on a map. */
const textOf = ({ text, payload }: OutgoingMessage): string => {
  const { mapUrl } = payload;
  const whole = typeof mapUrl === 'string' ? `${text}\n${mapUrl}` : text;
  return Buffer.byteLength(whole) <= MAX_TEXT_BYTES ? whole : cut(text, MAX_TEXT_BYTES);
};

const cut = (text: string, maxBytes: number): string => {
  let kept = '';
  let bytes = Buffer.byteLength('…');
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxBytes) return `${kept}…`;
    kept += character;
  }
  return kept;
};
