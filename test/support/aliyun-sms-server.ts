import { createHash, createHmac, randomInt } from 'node:crypto';
import { type HttpProvider, type ProviderRequest, startHttpProvider } from './http-provider.ts';

export const ALIYUN_KEY = { accessKeyId: 'LTAI-test', accessKeySecret: 'test-secret' };

export type AliyunSms = {
  to: string;
  text: string;
  template: string;
  params: Record<string, string>;
  outId: string;
  bizId: string;
};

export type AliyunServer = HttpProvider & {
  /** What phones show, oldest first. */
  messages: AliyunSms[];
  /** Answers the next calls with these codes instead; then again as the rules are. */
  failNext(...answers: { status?: number; Code: string; Message?: string }[]): void;
  /** What the next message taken will be known by. */
  nextBizId(): string;
  /** Calls us back as the HTTP push does; resolves with status and body of our answer. */
  push(url: string, items: unknown[]): Promise<{ status: number; body: unknown }>;
  report(bizId: string, options?: { success?: boolean; code?: string }): Record<string, unknown>;
};

/**
 * SendSms of dysmsapi 2017-05-25 on loopback: checks version and signature, that the template is approved and its variables
 * follow the rules, and its own limit a day of a template to a number.
 */
export const startAliyunServer = async (
  templates: Readonly<Record<string, string>>,
  { dailyLimit = 50 }: { dailyLimit?: number } = {},
): Promise<AliyunServer> => {
  const provider = await startHttpProvider();
  const messages: AliyunSms[] = [];
  // As with the real one, ids are not given out twice.
  const firstId = randomInt(1e12);
  const nextBizId = (): string => `9006${firstId + messages.length}^0`;
  const failures: { status?: number; Code: string; Message?: string }[] = [];

  provider.onRequest((request) => {
    const failure = failures.shift();
    if (failure !== undefined) {
      const { status = 200, Code, Message = 'failed' } = failure;
      return { status, json: { Code, Message, RequestId: 'test' } };
    }
    const wrong = checkSignature(request);
    if (wrong !== undefined) return { status: 400, json: { Code: wrong, Message: wrong } };
    const outcome = take(new URL(request.url, 'http://aliyun').searchParams);
    return { json: typeof outcome === 'string' ? { Code: outcome, Message: outcome } : outcome };
  });

  const take = (query: URLSearchParams): string | Record<string, string> => {
    const field = (name: string): string => query.get(name) ?? '';
    const template = field('TemplateCode');
    const to = field('PhoneNumbers');
    const approved = templates[template];
    if (!/^1\d{10}$/.test(to)) return 'isv.MOBILE_NUMBER_ILLEGAL';
    if (approved === undefined) return 'isv.SMS_TEMPLATE_ILLEGAL';
    const params = JSON.parse(field('TemplateParam')) as Record<string, unknown>;
    let missing = false;
    const text = approved.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
      const value = params[name];
      if (typeof value !== 'string' || value === '') missing = true;
      return String(value);
    });
    if (missing) return 'isv.TEMPLATE_MISSING_PARAMETERS';
    for (const value of Object.values(params).map(String)) {
      if (value.length > 35) return 'isv.PARAM_LENGTH_LIMIT';
      if (/https?:|www\.|\w\.[a-z]{2,}/i.test(value)) return 'isv.PARAM_NOT_SUPPORT_URL';
      if (/[【】]/.test(value)) return 'isv.INVALID_PARAMETERS';
    }
    const sameToday = messages.filter((sms) => sms.to === to && sms.template === template);
    if (sameToday.length >= dailyLimit) return 'isv.BUSINESS_LIMIT_CONTROL';
    const bizId = nextBizId();
    messages.push({
      to,
      text: `【${field('SignName')}】${text}`,
      template,
      params: params as Record<string, string>,
      outId: field('OutId'),
      bizId,
    });
    return { Code: 'OK', Message: 'OK', BizId: bizId, RequestId: 'test' };
  };

  return {
    ...provider,
    messages,
    nextBizId,
    failNext: (...answers) => void failures.push(...answers),
    async push(url, items) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(items),
      });
      return { status: response.status, body: await response.json() };
    },
    report: (bizId, { success = true, code } = {}) => ({
      phone_number: messages.find((sms) => sms.bizId === bizId)?.to ?? '13800000001',
      send_time: '2026-11-02 14:05:00',
      report_time: '2026-11-02 14:05:03',
      success,
      err_code: code ?? (success ? 'DELIVERED' : 'MK:0001'),
      err_msg: success ? '用户接收成功' : '空号',
      sms_size: '1',
      biz_id: bizId,
      out_id: messages.find((sms) => sms.bizId === bizId)?.outId ?? '',
    }),
  };
};

/** Signature V3, computed from what came over the wire; undefined when it is right, else Aliyun's code. */
const checkSignature = ({ method, url, headers, body }: ProviderRequest): string | undefined => {
  const { accessKeyId, accessKeySecret } = ALIYUN_KEY;
  const authorization = String(headers.authorization);
  const [, keyId, signed = '', signature] =
    /^ACS3-HMAC-SHA256 Credential=(.+),SignedHeaders=(.+),Signature=([0-9a-f]{64})$/.exec(
      authorization,
    ) ?? [];
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  if (headers['x-acs-action'] !== 'SendSms' || headers['x-acs-version'] !== '2017-05-25') {
    return 'InvalidAction.NotFound';
  }
  if (keyId !== accessKeyId) return 'InvalidAccessKeyId.NotFound';
  const names = signed.split(';');
  const needed = Object.keys(headers).filter((name) => /^(host|x-acs-.*)$/.test(name));
  const canonical = [
    method,
    '/',
    (url.split('?')[1] ?? '').split('&').toSorted().join('&'),
    names.map((name) => `${name}:${String(headers[name])}\n`).join(''),
    signed,
    hash(body),
  ].join('\n');
  const wanted = createHmac('sha256', accessKeySecret)
    .update(`ACS3-HMAC-SHA256\n${hash(canonical)}`)
    .digest('hex');
  const complete = needed.every((name) => names.includes(name));
  return complete && signature === wanted && headers['x-acs-content-sha256'] === hash(body)
    ? undefined
    : 'SignatureDoesNotMatch';
};
