import { createHash } from 'node:crypto';
import type { HttpCallbackConfig } from '../../shared/http-gateway-config.ts';
import { isOneOf } from '../channels/http-gateway.ts';
import { textAt, valueAt } from '../channels/http-request.ts';
import type { CallbackContent, CallbackReply } from './callback.ts';

const RETRY_AFTER_S = 30;

/**
 * Reads what a gateway reports by the paths of its `callback` in channels.json. A report may be a receipt, a reply, or
 * both (a call that was answered, and the keys pressed in it). A status that is in no list settles nothing.
 */
export const readGatewayCallback = (
  config: HttpCallbackConfig,
  body: unknown,
  now: Date,
): CallbackContent => {
  const found = config.items === undefined ? body : valueAt(body, config.items);
  const items = Array.isArray(found) ? found : [found];
  const content: CallbackContent = { receipts: [], replies: [], refused: [] };
  for (const item of items) {
    const receipt = readReceipt(config.receipt, item, now);
    const reply = readReply(config.reply, item);
    if (typeof receipt === 'object') content.receipts.push(receipt);
    if (reply !== undefined) content.replies.push(reply);
    if (receipt === undefined && reply === undefined) {
      content.refused.push({
        item,
        reason: 'neither a receipt nor a reply as channels.json has it',
      });
    }
  }
  return content;
};

const readReceipt = (
  config: HttpCallbackConfig['receipt'],
  item: unknown,
  now: Date,
): CallbackContent['receipts'][number] | 'pending' | undefined => {
  const messageId = textAt(item, config?.id);
  const status = textAt(item, config?.status);
  if (config === undefined || messageId === undefined || status === undefined) return undefined;
  const detail = textAt(item, config.detail);
  const receipt = {
    messageId,
    address: (textAt(item, config.to) ?? '').replaceAll(/\D/g, ''),
    at: now,
    detail: detail === undefined ? status : `${status} ${detail}`,
  };
  if (isOneOf(status, config.delivered)) return { ...receipt, event: 'delivered' };
  if (isOneOf(status, config.failed)) return { ...receipt, event: 'failed' };
  const retryAfterMs = (config.retryAfterS ?? RETRY_AFTER_S) * 1_000;
  return isOneOf(status, config.retry) ? { ...receipt, event: 'failed', retryAfterMs } : 'pending';
};

const readReply = (
  config: HttpCallbackConfig['reply'],
  item: unknown,
): CallbackReply | undefined => {
  const text = textAt(item, config?.text);
  const sender = textAt(item, config?.from);
  const callId = textAt(item, config?.call);
  if (text === undefined || (sender === undefined && callId === undefined)) return undefined;
  return {
    // Gateways tell of a key when it is pressed and once more when the call is over.
    externalId:
      textAt(item, config?.id) ?? (callId === undefined ? hashOf(item) : `${callId} ${text}`),
    sender,
    recipient: textAt(item, config?.to) ?? '',
    text,
    ...(callId === undefined ? {} : { callId }),
  };
};

const hashOf = (item: unknown): string =>
  createHash('sha256').update(JSON.stringify(item)).digest('hex');
