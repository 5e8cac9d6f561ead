import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAliyunCallback } from '../../../src/notify/hooks/aliyun-callback.ts';
import { readGatewayCallback } from '../../../src/notify/hooks/gateway-callback.ts';

const NOW = new Date('2026-11-02T06:05:00Z');
const CONFIG = {
  token: 'x'.repeat(16),
  items: 'data.list',
  receipt: {
    id: 'id',
    status: 'st.code',
    delivered: [0],
    failed: ['bad'],
    retry: ['busy'],
    retryAfterS: 7,
    to: 'to',
    detail: 'why',
  },
  reply: { text: 'text', from: 'from', call: 'id' },
};
const read = (...list: unknown[]) => readGatewayCallback(CONFIG, { data: { list } }, NOW);

describe('readGatewayCallback', () => {
  it.each([
    [0, { event: 'delivered' }],
    ['0', { event: 'delivered' }],
    ['bad', { event: 'failed', detail: 'bad no such number' }],
    ['busy', { event: 'failed', retryAfterMs: 7_000 }],
  ])('reads the status %j', (code, wanted) => {
    const { receipts, refused } = read({
      id: 17,
      st: { code },
      to: '+86 138-0000-0001',
      why: 'no such number',
    });
    expect(receipts).toEqual([
      expect.objectContaining({ messageId: '17', address: '8613800000001', at: NOW, ...wanted }),
    ]);
    expect(refused).toEqual([]);
  });

  it('settles nothing by a status it was not told of', () => {
    expect(read({ id: 'a', st: { code: 'queued' } })).toEqual({
      receipts: [],
      replies: [],
      refused: [],
    });
  });

  it('takes a receipt and keys from one report, and refuses the others beside it', () => {
    const content = read({ id: 'a', st: { code: 0 }, text: 1 }, { st: { code: 0 } }, null, 'x');
    expect(content.receipts).toHaveLength(1);
    expect(content.replies).toEqual([
      { externalId: 'a 1', sender: undefined, recipient: '', text: '1', callId: 'a' },
    ]);
    expect(content.refused.map(({ item }) => item)).toEqual([{ st: { code: 0 } }, null, 'x']);
  });

  it('refuses any other JSON whole, and never throws', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { minLength: 1 }), (list) => {
        expect(read(...list).refused.map(({ item }) => item)).toEqual(list);
      }),
    );
    expect(readGatewayCallback(CONFIG, undefined, NOW).refused).toHaveLength(1);
  });
});

describe('readAliyunCallback', () => {
  const report = {
    phone_number: '13800000001',
    send_time: '2026-11-02 14:05:00',
    report_time: '2026-11-02 14:05:03',
    success: true,
    err_code: 'DELIVERED',
    err_msg: '用户接收成功',
    sms_size: '1',
    biz_id: '123^0',
    out_id: 'n-1',
  };

  it('reads Beijing’s time, and ours where there is none', () => {
    const [first, second] = readAliyunCallback(
      [report, { ...report, report_time: 'soon' }],
      NOW,
    ).receipts;
    expect(first).toEqual({
      messageId: '123^0',
      address: '13800000001',
      event: 'delivered',
      at: new Date('2026-11-02T06:05:03Z'),
      detail: 'DELIVERED 用户接收成功',
    });
    expect(second?.at).toEqual(NOW);
  });

  it('takes sequence numbers as number or text', () => {
    const reply = { phone_number: '138', content: '1', send_time: 't', dest_code: '9' };
    const { replies } = readAliyunCallback(
      [
        { ...reply, sequence_id: 7 },
        { ...reply, sequence_id: '7' },
      ],
      NOW,
    );
    expect(replies).toEqual(
      Array(2).fill({ externalId: '7 138 t', sender: '138', recipient: '9', text: '1' }),
    );
  });

  it('refuses with a reason what it does not know, and never throws', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        const { receipts, replies, refused } = readAliyunCallback(body, NOW);
        expect(receipts.length + replies.length + refused.length).toBe(
          Array.isArray(body) ? body.length : 1,
        );
        expect(refused.every(({ reason }) => reason !== '')).toBe(true);
      }),
    );
  });
});
