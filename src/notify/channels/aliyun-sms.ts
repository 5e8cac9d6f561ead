import { randomUUID } from 'node:crypto';
import type { AliyunSmsConfig, AliyunTemplate } from '../../shared/aliyun-config.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Pool } from '../../shared/db.ts';
import { addDays, localDay } from '../../shared/local-time.ts';
import { parseJson } from '../../shared/safe-json.ts';
import { signAcs3 } from './acs3-sign.ts';
import { type AliyunOutcome, readSendSms } from './aliyun-result.ts';
import { templateParams, templatesFor } from './aliyun-text.ts';
import type { Channel, OutgoingMessage, SendResult } from './channel.ts';
import {
  type DailyCount,
  exhaustTemplate,
  forgetDays,
  giveBackTemplate,
  takeTemplate,
} from './daily-count-store.ts';
import { requestOnce } from './http-request.ts';
import { createLastTrouble } from './last-trouble.ts';
import { createSemaphore } from './semaphore.ts';

export type AliyunSmsDeps = {
  name: string;
  config: AliyunSmsConfig;
  pool: Pool;
  /** Days of the limit begin at midnight here. */
  timeZone: string;
  clock: Clock;
};

const ENDPOINT = 'https://dysmsapi.aliyuncs.com';
const VERSION = '2017-05-25';
const TIMEOUT_S = 10;
/** Aliyun takes 1,000 a second of an account. */
const WINDOW = 50;
/** What Aliyun lets through of notifications: of one template to one number on one calendar day. */
const DAILY_LIMIT = 50;
/** Of a variable of the kind 其他. */
const MAX_VARIABLE_LENGTH = 35;
/** Days whose counts are kept. */
const KEEP_DAYS = 7;

/**
 * SMS by Aliyun (dysmsapi, SendSms). The text is one of the approved templates, so only its variables are sent. A number
 * gets at most `dailyLimit` a day from each template; several are taken in turns. It knows nothing of repeats, so what had
 * no answer may arrive twice.
 */
export const createAliyunSms = (deps: AliyunSmsDeps): Channel => {
  const { name, config, pool, clock, timeZone } = deps;
  const { signName, dailyLimit = DAILY_LIMIT, whitelist = [] } = config;
  const window = createSemaphore(WINDOW);
  const trouble = createLastTrouble(clock);
  const endpoint = new URL(config.endpoint ?? ENDPOINT);

  const submit = async (
    message: OutgoingMessage,
    template: AliyunTemplate,
  ): Promise<AliyunOutcome> => {
    const maxLength = config.maxVariableLength ?? MAX_VARIABLE_LENGTH;
    const { query, headers } = signAcs3({
      method: 'POST',
      host: endpoint.host,
      action: 'SendSms',
      version: VERSION,
      accessKeyId: config.accessKeyId,
      accessKeySecret: config.accessKeySecret,
      at: clock.now(),
      nonce: randomUUID(),
      query: {
        PhoneNumbers: message.address.replace(/^\+86/, '').replace(/^\+/, ''),
        SignName: template.signName ?? signName,
        TemplateCode: template.templateCode,
        TemplateParam: JSON.stringify(
          templateParams(template, message, { signName, maxLength, timeZone }),
        ),
        OutId: message.notificationId,
      },
    });
    const url = `${endpoint.origin}/?${query}`;
    const timeoutMs = (config.timeoutS ?? TIMEOUT_S) * 1_000;
    const answer = await window.run(() => requestOnce(url, { method: 'POST', headers }, timeoutMs));
    return answer.kind === 'answered'
      ? readSendSms(answer, parseJson(answer.body))
      : { kind: 'result', result: answer, trouble: answer.reason };
  };

  /** One template after the other, until one is not used up for this number today. */
  const sendCounted = async (
    message: OutgoingMessage,
    templates: readonly AliyunTemplate[],
  ): Promise<SendResult> => {
    const now = clock.now();
    const count: DailyCount = {
      provider: name,
      address: message.address,
      day: localDay(now, timeZone),
    };
    const codes = templates.map(({ templateCode }) => templateCode);
    let reason = `this number has had its ${dailyLimit} messages of today from ${codes.join(', ')}; add templates or have it whitelisted`;
    for (;;) {
      const code = await takeTemplate(pool, count, { templates: codes, limit: dailyLimit });
      const template = templates.find(({ templateCode }) => templateCode === code);
      // Another provider or channel has to do it: tomorrow is too late.
      if (template === undefined) return { kind: 'failed', permanent: true, reason };
      const { templateCode } = template;
      const outcome = await submit(message, template);
      if (outcome.kind === 'result') {
        trouble.set(outcome.trouble);
        if (outcome.result.kind === 'failed') await giveBackTemplate(pool, count, templateCode);
        return outcome.result;
      }
      ({ reason } = outcome);
      await exhaustTemplate(pool, count, { template: templateCode, limit: dailyLimit });
    }
  };

  const sendUncounted = async (
    message: OutgoingMessage,
    template: AliyunTemplate,
  ): Promise<SendResult> => {
    const outcome = await submit(message, template);
    if (outcome.kind === 'result') {
      trouble.set(outcome.trouble);
      return outcome.result;
    }
    return { kind: 'failed', permanent: true, reason: outcome.reason };
  };

  return {
    name: `aliyun-sms-${name}`,
    provider: name,
    start: () => forgetDays(pool, addDays(localDay(clock.now(), timeZone), -KEEP_DAYS)),
    stop: async () => undefined,
    async send(message) {
      const templates = templatesFor(config.templates, message);
      const [template] = templates;
      if (template === undefined) {
        const reason = `no Aliyun template for messages of the type "${String(message.payload['type'])}"; add it below templates in channels.json`;
        return { kind: 'failed', permanent: true, reason };
      }
      return whitelist.includes(message.address)
        ? sendUncounted(message, template)
        : sendCounted(message, templates);
    },
    trouble: () => trouble.get(),
    status() {
      const reason = trouble.get();
      return reason === null ? `${name}: ${endpoint.host}` : `${name}: ${endpoint.host}: ${reason}`;
    },
  };
};
