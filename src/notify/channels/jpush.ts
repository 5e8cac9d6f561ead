import type { Clock } from '../../shared/clock.ts';
import type { OutboundFetch, OutboundResponse } from '../../shared/outbound-fetch.ts';
import type { JPushConfig } from '../../shared/push-config.ts';
import type { Channel, OutgoingMessage, SendResult } from './channel.ts';
import { createJPushCids, type JPushCids } from './jpush-cids.ts';
import { failureOf, retryAfterMs, retryLater } from './outbound-failure.ts';
import { codeOf, parseObject, reasonOf } from './provider-answer.ts';

const DEFAULT_URL = 'https://api.jpush.cn';
const TIMEOUT_MS = 10_000;
/** A phone that comes back within this long is still told; after it, news of a fire is history. */
const TIME_TO_LIVE_S = 4 * 3_600;

/** Key or secret are wrong, or this machine's address is not on the list: nothing goes out until that is mended. */
const OUR_FAULT = new Set([1004, 1008, 2003]);
const RATE_LIMIT = 2002;

/**
 * The county's app over JPush 极光, REST API v3 (https://docs.jiguang.cn/jpush/server/push/rest_api_v3_push). The contact's
 * address is the registration id. The app gets a notification, and a message with the same fields to act upon.
 */
export const createJPushChannel = (
  config: JPushConfig,
  deps: { fetch: OutboundFetch; clock: Clock; timeoutMs?: number },
): Channel => {
  const { fetch, clock, timeoutMs = TIMEOUT_MS } = deps;
  const base = (config.url ?? DEFAULT_URL).replace(/\/+$/, '');
  const credentials = Buffer.from(`${config.appKey}:${config.masterSecret}`).toString('base64');
  const headers = {
    authorization: `Basic ${credentials}`,
    'content-type': 'application/json; charset=utf-8',
  };
  const cids: JPushCids = createJPushCids({ fetch, url: `${base}/v3/push/cid`, headers });
  let fault: string | null = null;

  return {
    name: 'jpush',
    provider: 'jpush',
    start: async () => undefined,
    stop: async () => undefined,
    async send(message) {
      try {
        const cid = await cids.forNotification(message.notificationId);
        const response = await fetch(`${base}/v3/push`, {
          method: 'POST',
          timeoutMs,
          headers,
          body: JSON.stringify({
            ...pushOf(message, config),
            ...(cid === undefined ? {} : { cid }),
          }),
        });
        const { result, ourFault } = read(response, clock.now());
        if (ourFault !== undefined) fault = ourFault;
        else if (result.kind === 'submitted') fault = null;
        return result;
      } catch (error) {
        return failureOf(error);
      }
    },
    trouble: () => fault,
    status: () => (fault === null ? 'jpush' : `jpush: ${fault}`),
  };
};

const pushOf = (
  { notificationId, address, text, payload, repeat }: OutgoingMessage,
  { apnsProduction = true }: JPushConfig,
): Record<string, unknown> => {
  const { number, incidentId, type, mapUrl } = payload;
  const title = typeof number === 'string' ? `烽燧 ${number}` : '烽燧';
  const extras = { notificationId, incidentId, number, type, mapUrl, repeat };
  return {
    platform: 'all',
    audience: { registration_id: [address] },
    notification: {
      alert: text,
      android: { alert: text, title, extras, priority: 2, alert_type: 7 },
      ios: {
        alert: { title, body: text },
        extras,
        sound: 'default',
        'interruption-level': 'time-sensitive',
      },
    },
    message: { title, msg_content: text, content_type: 'text', extras },
    options: {
      time_to_live: TIME_TO_LIVE_S,
      apns_production: apnsProduction,
      // On an iPhone a repeat takes the place of the first.
      apns_collapse_id: notificationId,
    },
  };
};

type Read = { result: SendResult; ourFault?: string };

const read = ({ status, headers, text }: OutboundResponse, now: Date): Read => {
  const answer = parseObject(text);
  const id = answer?.['msg_id'];
  if (status === 200) {
    const known = typeof id === 'string' || typeof id === 'number';
    if (known) return { result: { kind: 'submitted', providerMessageIds: [String(id)] } };
    return { result: { kind: 'unknown', reason: 'HTTP 200 without a msg_id' } };
  }
  const error = answer?.['error'];
  const said = typeof error === 'object' && error !== null ? (error as JPushError) : {};
  const code = codeOf(said.code);
  const details = code === undefined ? '' : ` ${reasonOf(code, said.message)}`;
  const reason = `JPush: HTTP ${status}${details}`;
  if (status === 429 || code === RATE_LIMIT) {
    const resetS = Number(headers['x-rate-limit-reset'] ?? Number.NaN);
    const pauseMs = Number.isFinite(resetS) ? resetS * 1000 : retryAfterMs(headers, now);
    return { result: retryLater(reason, pauseMs ?? 60_000) };
  }
  if (status === 401 || (code !== undefined && OUR_FAULT.has(code))) {
    return { result: retryLater(reason, undefined), ourFault: reason };
  }
  // 1011, nobody behind that registration id, and whatever else is wrong with the message itself.
  const permanent = status >= 400 && status < 500 && code !== undefined;
  return { result: { kind: 'failed', permanent, reason } };
};

type JPushError = { code?: unknown; message?: unknown };
