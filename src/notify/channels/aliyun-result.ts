import type { SendResult } from './channel.ts';
import { type HttpAnswer, isUnclear, textAt } from './http-request.ts';

/** This number will never be reached by Aliyun, or not with this text. Trying again cannot help. */
const PERMANENT = [
  'isv.MOBILE_NUMBER_ILLEGAL',
  'isv.MOBILE_COUNT_OVER_LIMIT',
  'isv.DOMESTIC_NUMBER_NOT_SUPPORTED',
  'isv.PARAM_LENGTH_LIMIT',
  'isv.PARAM_NOT_SUPPORT_URL',
  'isv.INVALID_PARAMETERS',
  'isv.INVALID_JSON_PARAM',
  'isv.TEMPLATE_MISSING_PARAMETERS',
  'isv.TEMPLATE_PARAMS_ILLEGAL',
  'isv.BLACK_KEY_CONTROL_LIMIT',
  'isv.SMS_CONTENT_ILLEGAL',
];

export type AliyunOutcome =
  | { kind: 'result'; result: SendResult; trouble: string | null }
  /** This number has had what Aliyun allows of this template today. */
  | { kind: 'day_limit'; reason: string };

type Answered = Extract<HttpAnswer, { kind: 'answered' }>;

/**
 * What Aliyun answered to SendSms. Limits of a number ask for a pause or for another template; what is wrong with the
 * account, its key, its balance or a signature is the provider's trouble, not this message's.
 * Codes: https://help.aliyun.com/document_detail/101346.html
 */
export const readSendSms = ({ status }: Answered, value: unknown): AliyunOutcome => {
  const code = textAt(value, 'Code');
  const message = textAt(value, 'Message') ?? '';
  if (code === 'OK') {
    const id = textAt(value, 'BizId');
    const providerMessageIds = id === undefined ? [] : [id];
    return { kind: 'result', result: { kind: 'submitted', providerMessageIds }, trouble: null };
  }
  const reason = code === undefined ? `HTTP ${status}` : `${code} ${message}`.trim();
  if (code === 'isv.BUSINESS_LIMIT_CONTROL') return readLimit(reason, message);
  if (code?.startsWith('Throttling') === true || status === 429) {
    return failed({ reason, retryAfterMs: 1_000 }, null);
  }
  if (code !== undefined && PERMANENT.includes(code)) {
    return { kind: 'result', result: { kind: 'failed', permanent: true, reason }, trouble: null };
  }
  // Without a code it is not Aliyun's API that speaks, but something on the way to it.
  if (code === undefined && (isUnclear(status) || status === 200)) {
    return { kind: 'result', result: { kind: 'unknown', reason }, trouble: reason };
  }
  return failed({ reason }, reason);
};

const failed = (
  { reason, retryAfterMs }: { reason: string; retryAfterMs?: number },
  trouble: string | null,
): AliyunOutcome => ({
  kind: 'result',
  result: {
    kind: 'failed',
    permanent: false,
    reason,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  },
  trouble,
});

/**
 * `触发分钟级流控Permits:1`, `触发小时级流控Permits:5`, `触发天级流控Permits:10`: all of one number, so no reason for a pause of
 * the provider. A minute can be waited for; an alert an hour late is of no use.
 */
const readLimit = (reason: string, message: string): AliyunOutcome => {
  if (/天级|day/i.test(message)) return { kind: 'day_limit', reason };
  const permanent = /小时|hour/i.test(message);
  return { kind: 'result', result: { kind: 'failed', permanent, reason }, trouble: null };
};
