import Type from 'typebox';
import { compileSchema } from '../../shared/schema.ts';
import type { CallbackContent } from './callback.ts';

/** https://help.aliyun.com/zh/sms/developer-reference/smsreport-2 */
const report = compileSchema(
  Type.Object({
    phone_number: Type.String(),
    success: Type.Boolean(),
    biz_id: Type.String({ minLength: 1 }),
    err_code: Type.Optional(Type.String()),
    err_msg: Type.Optional(Type.String()),
    report_time: Type.Optional(Type.String()),
  }),
);

/** https://help.aliyun.com/zh/sms/developer-reference/smsup-http; sequence_id was a number once. */
const upward = compileSchema(
  Type.Object({
    phone_number: Type.String({ minLength: 1 }),
    content: Type.String(),
    send_time: Type.String(),
    dest_code: Type.Optional(Type.String()),
    sequence_id: Type.Union([Type.String(), Type.Number()]),
  }),
);

/** Reads what Aliyun pushes over HTTP, receipts (SmsReport) and replies (SmsUp), both lists, at one address or two. */
export const readAliyunCallback = (body: unknown, now: Date): CallbackContent => {
  const content: CallbackContent = { receipts: [], replies: [], refused: [] };
  for (const item of Array.isArray(body) ? body : [body]) {
    const isReport = typeof item === 'object' && item !== null && 'biz_id' in item;
    const problem = isReport ? takeReport(item, content, now) : takeReply(item, content);
    if (problem !== undefined) content.refused.push({ item, reason: problem });
  }
  return content;
};

type Problem = string | undefined;

const takeReport = (item: unknown, content: CallbackContent, now: Date): Problem => {
  const checked = report(item);
  if (!checked.ok) return describe(checked.errors);
  const { biz_id, phone_number, success, err_code, err_msg, report_time } = checked.value;
  const detail = [err_code, err_msg].filter((text) => text !== undefined && text !== '');
  content.receipts.push({
    messageId: biz_id,
    address: phone_number.replaceAll(/\D/g, ''),
    event: success ? 'delivered' : 'failed',
    at: beijingTime(report_time) ?? now,
    detail: detail.join(' '),
  });
  return undefined;
};

const takeReply = (item: unknown, content: CallbackContent): Problem => {
  const checked = upward(item);
  if (!checked.ok) return describe(checked.errors);
  const { phone_number, content: text, send_time, dest_code, sequence_id } = checked.value;
  content.replies.push({
    // Numbers are not said to be unique for ever.
    externalId: `${sequence_id} ${phone_number} ${send_time}`,
    sender: phone_number,
    recipient: dest_code ?? '',
    text,
  });
  return undefined;
};

const describe = (errors: readonly { path: string; message: string }[]): string =>
  errors.map(({ path, message }) => `${path} ${message}`).join('; ');

/** `2017-01-01 00:00:00`, as clocks in Beijing show it. */
const beijingTime = (text: string | undefined): Date | undefined => {
  const at = new Date(`${(text ?? '').replace(' ', 'T')}+08:00`);
  return Number.isNaN(at.getTime()) ? undefined : at;
};
