import type { Clock } from '../../shared/clock.ts';
import type { GatewayVariable, HttpGatewayConfig } from '../../shared/http-gateway-config.ts';
import { fillJson, fillVariables } from '../../shared/message-template.ts';
import { parseJson } from '../../shared/safe-json.ts';
import type { Channel, OutgoingMessage, SendResult } from './channel.ts';
import { type HttpAnswer, isUnclear, requestOnce, textAt } from './http-request.ts';
import { createLastTrouble } from './last-trouble.ts';
import { createSemaphore } from './semaphore.ts';

export type HttpGatewayDeps = {
  name: string;
  config: HttpGatewayConfig;
  clock: Clock;
  timeoutMs?: number;
};

const TIMEOUT_MS = 10_000;
const WINDOW = 20;
const THROTTLE_PAUSE_MS = 5_000;
/** Whatever a gateway asks for: alarms do not wait longer without another look. */
const MAX_PAUSE_MS = 60_000;

/**
 * SMS or calls by a gateway's HTTP interface as channels.json describes it: the request is made from templates, the answer
 * read by paths. `unknown` is what may have been taken: no answer, a broken connection, a 5xx other than 503, and a
 * 2xx whose answer cannot be read.
 */
export const createHttpGateway = ({
  name,
  config,
  clock,
  timeoutMs = (config.timeoutS ?? TIMEOUT_MS / 1_000) * 1_000,
}: HttpGatewayDeps): Channel => {
  const window = createSemaphore(config.window ?? WINDOW);
  const trouble = createLastTrouble(clock);
  const { host } = new URL(config.url);
  return {
    name: `http-gateway-${name}`,
    provider: name,
    start: async () => undefined,
    stop: async () => undefined,
    async send(message) {
      const values = valuesOf(message);
      const { url, init } = requestOf(config, values);
      const answer = await window.run(() => requestOnce(url, init, timeoutMs));
      const result = answer.kind === 'answered' ? readAnswer(config, answer, values.ref) : answer;
      trouble.set(isTrouble(answer, result) ? result.reason : null);
      return result;
    },
    trouble: () => trouble.get(),
    status() {
      const reason = trouble.get();
      return reason === null ? `${name}: ${host}` : `${name}: ${host}: ${reason}`;
    },
  };
};

/** What is wrong with one message says nothing about the gateway. */
const isTrouble = (
  answer: HttpAnswer,
  result: SendResult,
): result is Exclude<SendResult, { kind: 'submitted' }> =>
  result.kind === 'unknown' ||
  (result.kind === 'failed' &&
    !result.permanent &&
    (answer.kind !== 'answered' || [401, 403, 404, 503].includes(answer.status)));

const valuesOf = (message: OutgoingMessage): Record<GatewayVariable, string> => {
  const { address, text, notificationId, attempt, payload, locale } = message;
  const said = (key: string): string => {
    const value = payload[key];
    return typeof value === 'string' ? value : '';
  };
  return {
    to: address,
    toDigits: address.replace(/^\+/, ''),
    toNational: address.replace(/^\+86/, '').replace(/^\+/, ''),
    text,
    id: notificationId,
    ref: `${notificationId}-${attempt}`,
    code: said('code'),
    number: said('number'),
    locale,
  };
};

const requestOf = (
  { url, method = 'POST', headers = {}, json, form }: HttpGatewayConfig,
  values: Readonly<Record<string, string>>,
): { url: string; init: RequestInit } => {
  const body =
    json !== undefined
      ? { type: 'application/json', text: JSON.stringify(fillJson(json, values)) }
      : form !== undefined
        ? { type: 'application/x-www-form-urlencoded;charset=utf-8', text: formText(form, values) }
        : undefined;
  const all = new Headers({ 'user-agent': 'fengsui' });
  if (body !== undefined) all.set('content-type', body.type);
  for (const [key, value] of Object.entries(headers)) all.set(key, fillVariables(value, values));
  return {
    url: fillVariables(url, values, encodeURIComponent),
    init: {
      method,
      headers: all,
      ...(body === undefined ? {} : { body: body.text }),
    },
  };
};

const formText = (
  form: Readonly<Record<string, string>>,
  values: Readonly<Record<string, string>>,
): string =>
  new URLSearchParams(
    Object.fromEntries(
      Object.entries(form).map(([key, value]) => [key, fillVariables(value, values)]),
    ),
  ).toString();

type Answered = Extract<HttpAnswer, { kind: 'answered' }>;

const readAnswer = (config: HttpGatewayConfig, answer: Answered, ref: string): SendResult => {
  const { status, body } = answer;
  const value = parseJson(body);
  const { errors, success } = config;
  const error = textAt(value, errors?.path);
  const reason = `HTTP ${status}${error === undefined ? '' : ` ${error}`}`;
  if (status === 429 || isOneOf(error, errors?.throttled)) {
    const pauseMs = (errors?.throttlePauseS ?? THROTTLE_PAUSE_MS / 1_000) * 1_000;
    const retryAfterMs = Math.min(answer.retryAfterMs ?? pauseMs, MAX_PAUSE_MS);
    return {
      kind: 'failed',
      permanent: false,
      reason: `${reason}: too much at once`,
      retryAfterMs,
    };
  }
  if (isOneOf(error, errors?.permanent)) return { kind: 'failed', permanent: true, reason };
  if (isUnclear(status)) return { kind: 'unknown', reason };
  if (status < 200 || status >= 300) return { kind: 'failed', permanent: false, reason };
  if (success !== undefined) {
    const outcome = textAt(value, success.path);
    if (outcome === undefined) {
      return { kind: 'unknown', reason: `${reason}: the answer has no ${success.path}` };
    }
    if (!isOneOf(outcome, success.values)) {
      return { kind: 'failed', permanent: false, reason: `${reason}: ${success.path} ${outcome}` };
    }
  }
  return { kind: 'submitted', providerMessageIds: [textAt(value, config.messageId) ?? ref] };
};

/** `0` and "0" are the same: gateways write either. */
export const isOneOf = (
  text: string | undefined,
  values: readonly (string | number | boolean)[] | undefined,
): boolean => text !== undefined && (values ?? []).some((value) => String(value) === text);
