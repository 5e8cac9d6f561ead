import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChannelConfig } from '../../../src/shared/channel-config.ts';
import type { HttpGatewayConfig } from '../../../src/shared/http-gateway-config.ts';
import { type HttpProvider, startHttpProvider } from '../../support/http-provider.ts';
import { startHooks, TOKEN } from './hooks-app.ts';
import { createHarness } from './notify-harness.ts';

const PHONE = '+8613800000001';
const PAYLOAD = { type: 'alert', code: '417', number: 'AR-1' };

describe('SMS by an HTTP gateway', () => {
  let harness: Awaited<ReturnType<typeof createHarness>>;
  let gateway: HttpProvider;
  let hooks: Awaited<ReturnType<typeof startHooks>> | undefined;

  beforeAll(async () => {
    harness = await createHarness();
    await harness.person([{ channel: 'sms', address: PHONE }]);
  });
  afterAll(() => harness.close());
  beforeEach(async () => {
    gateway = await startHttpProvider();
  });
  afterEach(async () => {
    await harness.stopAll();
    await gateway.stop();
    await hooks?.stop();
    hooks = undefined;
  });

  const start = async (more: Partial<HttpGatewayConfig> = {}) => {
    const http: HttpGatewayConfig = {
      url: `${gateway.url}/send`,
      json: { mobile: '{{toNational}}', content: '{{text}}', extend: { ref: '{{ref}}' } },
      success: { path: 'code', values: [0] },
      messageId: 'data.0.id',
      errors: { path: 'code', permanent: [4001], throttled: [4029], throttlePauseS: 0.2 },
      callback: {
        token: TOKEN,
        items: 'reports',
        receipt: {
          id: 'msgid',
          status: 'state',
          delivered: ['DELIVRD'],
          failed: ['UNDELIV'],
          to: 'mobile',
          detail: 'err',
        },
        reply: { text: 'content', from: 'mobile', id: 'moid' },
      },
      ...more,
    };
    const channels: ChannelConfig = { sms: [{ http }] };
    hooks = await startHooks(harness.pool, channels);
    return harness.start({ channels });
  };
  const accept = (id: string) => ({ json: { code: 0, data: [{ id }] } });
  const report = async (reports: unknown[]): Promise<Response> =>
    fetch(hooks?.url('http') ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ reports }),
    });

  it('fills JSON so that no text can break out of it, and keeps the gateway’s message id', async () => {
    gateway.onRequest(() => accept('m-1'));
    await start();
    const text = '【烽燧】"火情"\\{{to}}\n,"mobile":"1';
    const id = await harness.queueSms(PHONE, text, { payload: PAYLOAD });
    await harness.expectStatus(id, 'submitted');
    expect(gateway.requests[0]?.fields).toEqual({
      mobile: '13800000001',
      content: text,
      extend: { ref: `${id}-1` },
    });
    const { rows } = await harness.pool.query(
      'select provider, provider_message_ids as ids from delivery_attempt where notification_id = $1',
      [id],
    );
    expect(rows).toEqual([{ provider: 'http', ids: ['m-1'] }]);
  });

  it('fills forms, headers and the URL, each encoded for where it goes', async () => {
    gateway.onRequest(() => ({ text: 'OK' }));
    const http = {
      url: `${gateway.url}/v1/{{toDigits}}?c={{code}}&n={{number}}`,
      headers: { Authorization: 'Basic eDp5', 'X-Id': '{{id}}' },
      form: { to: '{{to}}', msg: '{{text}} & {{code}}' },
    };
    await harness.start({ channels: { sms: [{ http }] } });
    const payload = { ...PAYLOAD, number: 'A&B=1' };
    const id = await harness.queueSms(PHONE, '火=情&', { payload });
    await harness.expectStatus(id, 'submitted');
    const [request] = gateway.requests;
    expect(request?.url).toBe('/v1/8613800000001?c=417&n=A%26B%3D1');
    expect(request?.headers).toMatchObject({ authorization: 'Basic eDp5', 'x-id': id });
    expect(request?.fields).toEqual({ to: PHONE, msg: '火=情& & 417' });
  });

  it('is delivered by a report, late, twice, in a batch; one for nothing of ours changes nothing', async () => {
    gateway.onRequest((_request, count) => accept(`d-${count}`));
    await start();
    const id = await harness.queueSms(PHONE, 'x');
    await harness.expectStatus(id, 'submitted');
    const delivered = { msgid: 'd-1', state: 'DELIVRD', mobile: '13800000001' };
    const strange = { ...delivered, msgid: 'unheard-of' };
    const pending = { ...delivered, state: 'ENROUTE' };
    expect((await report([strange, pending])).status).toBe(200);
    await harness.expectStatus(id, 'submitted');
    for (let times = 0; times < 2; times += 1) {
      const answer = await report([delivered]);
      expect([answer.status, await answer.json()]).toEqual([200, { code: 0, msg: '成功' }]);
    }
    await harness.expectStatus(id, 'delivered');
    // Too late to change anything.
    await report([{ ...delivered, state: 'UNDELIV' }]);
    expect((await harness.expectStatus(id, 'delivered')).last_error).toBeNull();
  });

  it('counts a report that comes before the answer', async () => {
    gateway.onRequest(async () => {
      await report([{ msgid: 'early', state: 'DELIVRD', mobile: '13800000001' }]);
      return accept('early');
    });
    await start();
    const row = await harness.expectStatus(await harness.queueSms(PHONE, 'x'), 'delivered');
    expect(row.attempts).toBe(1);
  });

  it('fails for good when the report says so', async () => {
    gateway.onRequest(() => accept('f-1'));
    await start();
    const id = await harness.queueSms(PHONE, 'x');
    await harness.expectStatus(id, 'submitted');
    await report([{ msgid: 'f-1', state: 'UNDELIV', err: 'MK:0001' }]);
    const row = await harness.expectStatus(id, 'failed');
    expect(row.last_error).toBe('not delivered: UNDELIV MK:0001');
  });

  it('gives up at once on what the gateway will never take, and tries anything else again', async () => {
    gateway.onRequest((_request, count) => ({ json: { code: count === 1 ? 5000 : 4001 } }));
    await start();
    const row = await harness.expectStatus(await harness.queueSms(PHONE, 'x'), 'failed');
    expect(row.outcomes).toEqual(['failed', 'failed']);
    expect(row.last_error).toBe('HTTP 200 4001');
  });

  it.each([
    ['a busy code', { json: { code: 4029 } }],
    ['429', { status: 429, headers: { 'retry-after': '1' } }],
    ['503', { status: 503 }],
  ])('tries again after %s, not marked as a repeat', async (_name, reaction) => {
    gateway.onRequest((_request, count) => (count === 1 ? reaction : accept('t-1')));
    await start();
    const row = await harness.expectStatus(await harness.queueSms(PHONE, 'x'), 'submitted');
    expect(row.outcomes).toEqual(['failed', 'submitted']);
    expect(gateway.requests[1]?.fields['content']).toBe('x');
  });

  it.each([
    ['no answer', 'silence' as const],
    ['a broken line', 'drop' as const],
    ['a gateway behind the gateway', { status: 504 }],
    ['an answer that says nothing', { text: '<html>' }],
  ])('marks as a repeat what may have been taken: %s', async (_name, reaction) => {
    gateway.onRequest((_request, count) => (count === 1 ? reaction : accept('u-1')));
    await start({ timeoutS: 1 });
    const row = await harness.expectStatus(await harness.queueSms(PHONE, 'x'), 'submitted');
    expect(row.outcomes).toEqual(['unknown', 'submitted']);
    expect(gateway.requests.map(({ fields }) => fields['content'])).toEqual(['x', '重复：x']);
  });

  it('says on /readyz that it cannot be reached, and forgets it once it can', async () => {
    gateway.onRequest((_request, count) => (count <= 5 ? { status: 401 } : accept('r-1')));
    const notify = await start();
    await harness.expectStatus(await harness.queueSms(PHONE, 'x'), 'failed');
    expect(notify.troubles()).toEqual(['sms: HTTP 401']);
    await harness.expectStatus(await harness.queueSms(PHONE, 'x'), 'submitted');
    expect(notify.troubles()).toEqual([]);
  });

  it('sends several at a time, no more than its window', async () => {
    gateway.onRequest(async (_request, count) => {
      await vi.waitFor(() => expect(gateway.mostAtOnce()).toBeGreaterThanOrEqual(2));
      return accept(`w-${count}`);
    });
    await start({ window: 2 });
    const ids = await Promise.all(Array.from({ length: 6 }, () => harness.queueSms(PHONE, 'x')));
    for (const id of ids) await harness.expectStatus(id, 'submitted');
    expect(gateway.mostAtOnce()).toBe(2);
  });

  it('keeps a reply once, by the gateway’s id or by all it says', async () => {
    await start();
    const reply = { content: '417 1', mobile: '13800000001', moid: 'mo-1' };
    const { moid: _, ...withoutId } = { ...reply, time: '14:05' };
    await report([reply, withoutId]);
    await report([reply, withoutId, { ...withoutId, time: '14:06' }]);
    const { rows } = await harness.pool.query(
      `select sender, text from inbound_message where provider = 'http' order by id`,
    );
    expect(rows).toEqual(Array(3).fill({ sender: '13800000001', text: '417 1' }));
  });
});

describe('callbacks', () => {
  let harness: Awaited<ReturnType<typeof createHarness>>;
  let hooks: Awaited<ReturnType<typeof startHooks>>;
  const channels: ChannelConfig = {
    sms: [
      {
        http: {
          url: 'http://127.0.0.1:9/send',
          form: { to: '{{to}}' },
          callback: {
            token: TOKEN,
            receipt: { id: 'id', status: 's', delivered: [1] },
            answer: 'OK',
          },
        },
      },
      { http: { url: 'http://127.0.0.1:9/send', form: { to: '{{to}}' } } },
    ],
  };

  beforeAll(async () => {
    harness = await createHarness();
    hooks = await startHooks(harness.pool, channels);
  });
  afterAll(async () => {
    await hooks.stop();
    await harness.close();
  });
  const post = (url: string, body: string, type = 'application/json') =>
    fetch(url, { method: 'POST', headers: { 'content-type': type }, body });

  it('takes forms, and answers in the provider’s words', async () => {
    const type = 'application/x-www-form-urlencoded';
    const answer = await post(hooks.url('http'), 'id=x-1&s=1', type);
    expect([answer.status, await answer.text()]).toEqual([200, 'OK']);
    expect(answer.headers.get('content-type')).toContain('text/plain');
    const { rows } = await harness.pool.query(
      `select provider, event from receipt where provider_message_id = 'x-1'`,
    );
    expect(rows).toEqual([{ provider: 'http', event: 'delivered' }]);
  });

  it('is not there for a wrong token, an unknown provider, or one without callbacks', async () => {
    for (const url of [
      hooks.url('http', `${TOKEN}x`),
      hooks.url('http', TOKEN.slice(1)),
      hooks.url('http-2'),
      hooks.url('smpp'),
      hooks.url('__proto__'),
    ]) {
      expect((await post(url, '{"id":"x-2","s":1}')).status).toBe(404);
    }
    const { rows } = await harness.pool.query(
      `select from receipt where provider_message_id = 'x-2'`,
    );
    expect(rows).toEqual([]);
  });

  it('keeps what it does not understand, and refuses what is no message or too large', async () => {
    expect((await post(hooks.url('http'), '{"what":1}')).status).toBe(200);
    expect(hooks.refused.at(-1)).toMatchObject({ provider: 'http', item: { what: 1 } });
    expect((await post(hooks.url('http'), '{')).status).toBe(400);
    const large = JSON.stringify({ id: 'x'.repeat(600_000), s: 1 });
    expect((await post(hooks.url('http'), large)).status).toBe(413);
  });
});
