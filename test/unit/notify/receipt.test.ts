import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  matchReceipt,
  messageIdForms,
  type ReceiptEvent,
  settleAttempts,
} from '../../../src/notify/receipt.ts';

const attempt = (notificationId: string, address: string, ...providerMessageIds: string[]) => ({
  notificationId,
  attempt: 1,
  address,
  providerMessageIds,
});

describe('messageIdForms', () => {
  it('knows hex, decimal, case and padding for the same', () => {
    expect(messageIdForms('00FF')).toEqual(['00ff', 'ff', '255']);
    expect(messageIdForms('255')).toContain('ff');
    expect(messageIdForms('c4-9')).toEqual(['c4-9']);
  });

  it('shares a form between any number in hex and in decimal', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 60n }), (id) => {
        const hex = messageIdForms(id.toString(16).toUpperCase().padStart(16, '0'));
        expect(messageIdForms(id.toString(10)).some((form) => hex.includes(form))).toBe(true);
      }),
    );
  });
});

describe('matchReceipt', () => {
  const li = attempt('li', '+8613800000001', '10');
  const wang = attempt('wang', '+8613800000002', '16');

  it('takes the very id first', () => {
    expect(matchReceipt({ messageId: '16', address: '' }, [li, wang])?.candidate).toBe(wang);
    expect(matchReceipt({ messageId: '10', address: '' }, [wang, li])?.candidate).toBe(li);
  });

  it('takes the id in another notation only when it went to the same number', () => {
    expect(matchReceipt({ messageId: '10', address: '8613800000002' }, [wang])).toEqual({
      candidate: wang,
      messageId: '16',
    });
    expect(matchReceipt({ messageId: '10', address: '13800000002' }, [wang])?.candidate).toBe(wang);
    expect(matchReceipt({ messageId: '10', address: '8613800000001' }, [wang])).toBeUndefined();
    expect(matchReceipt({ messageId: '10', address: '' }, [wang])).toBeUndefined();
  });
});

describe('settleAttempts', () => {
  const settle = (attempts: string[][], receipts: Record<string, ReceiptEvent>) =>
    settleAttempts({
      attempts: attempts.map((messageIds) => ({ messageIds })),
      receipts: Object.entries(receipts).map(([messageId, event]) => ({ messageId, event })),
    });

  it('needs every part for delivered and one for failed', () => {
    expect(settle([['a', 'b']], { a: 'delivered' })).toBe('pending');
    expect(settle([['a', 'b']], { a: 'delivered', b: 'delivered' })).toBe('delivered');
    expect(settle([['a', 'b']], { a: 'delivered', b: 'failed' })).toBe('failed');
    expect(settle([], { a: 'delivered' })).toBe('pending');
  });

  it('lets an older attempt deliver, but not fail, what was sent again', () => {
    expect(settle([['a'], ['b']], { a: 'failed' })).toBe('pending');
    expect(settle([['a'], ['b']], { a: 'delivered', b: 'failed' })).toBe('delivered');
    expect(settle([['a'], ['b']], { b: 'failed' })).toBe('failed');
  });
});
