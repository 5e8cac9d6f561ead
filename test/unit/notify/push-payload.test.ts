import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OutgoingMessage } from '../../../src/notify/channels/channel.ts';
import { encodePush, type PushPayload } from '../../../src/notify/web-push/push-payload.ts';
import { readReceiptToken, receiptToken } from '../../../src/notify/web-push/receipt-token.ts';

const ID = '01930000-0000-7000-8000-000000000001';
const message = (text: string, payload: OutgoingMessage['payload'] = {}): OutgoingMessage => ({
  notificationId: ID,
  reference: 1,
  attempt: 1,
  personId: 'p-1',
  address: 'p-1',
  locale: 'en',
  text,
  payload,
  repeat: false,
});

describe('what a browser gets', () => {
  it('is never longer than it may be, and as much of the text as has room', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 2_000 });
    fc.assert(
      fc.property(text, fc.integer({ min: 300, max: 3_000 }), (whole, maxBytes) => {
        const encoded = encodePush(message(whole), { receipt: 'r', maxBytes });
        expect(Buffer.byteLength(encoded)).toBeLessThanOrEqual(maxBytes);
        const { body } = JSON.parse(encoded) as PushPayload;
        expect(body.isWellFormed()).toBe(whole.isWellFormed());
        if (body === whole) return;
        const kept = body.slice(0, -1);
        expect(whole.startsWith(kept)).toBe(true);
        const next = Array.from(whole)
          .slice(0, Array.from(kept).length + 1)
          .join('');
        const longer = encodePush(message(next), { receipt: 'r', maxBytes: Number.MAX_VALUE });
        expect(Buffer.byteLength(longer) + Buffer.byteLength('…')).toBeGreaterThan(maxBytes);
      }),
    );
  });

  it('stays on the screen when somebody has to act, and is replaced by later news of the fire', () => {
    const read = (type: string) =>
      JSON.parse(
        encodePush(message('x', { type, incidentId: 'i-1' }), { receipt: 'r', maxBytes: 3_000 }),
      ) as PushPayload;
    expect(read('alert')).toMatchObject({ urgent: true, tag: 'i-1', title: '烽燧' });
    expect(read('taken_over')).toMatchObject({ urgent: false, tag: 'i-1', lang: 'en' });
  });
});

describe('a receipt token', () => {
  it('is good for its notification alone, and of our key alone', () => {
    const token = receiptToken(ID, 'key');
    expect(readReceiptToken(token, 'key')).toBe(ID);
    expect(readReceiptToken(token, 'other')).toBeUndefined();
    expect(readReceiptToken(token.replace('01930000', '01930001'), 'key')).toBeUndefined();
    for (const bad of ['', '.', ID, `${ID}.`, `${token}A`.slice(0, -3)]) {
      expect(readReceiptToken(bad, 'key')).toBeUndefined();
    }
  });
});
