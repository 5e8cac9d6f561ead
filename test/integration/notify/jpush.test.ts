import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Channel, OutgoingMessage } from '../../../src/notify/channels/channel.ts';
import { createJPushChannel } from '../../../src/notify/channels/jpush.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { createOutboundFetch } from '../../../src/shared/outbound-fetch.ts';
import { type Answer, type Call, json, startAnswerServer } from './answer-server.ts';
import { LOOPBACK } from './notify-harness.ts';

const APP = { appKey: '7d431e42dfa6a6d693ac2d04', masterSecret: '5e987ac6d2e04d95a9d8f0d1' };

const message = (change: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  notificationId: '01930000-0000-7000-8000-000000000001',
  reference: 1,
  attempt: 1,
  personId: 'p-1',
  address: '18171adc030dcba91c0',
  locale: 'zh-CN',
  text: '【烽燧】火情AR-20261102-001：烟，云台村',
  payload: { type: 'alert', number: 'AR-20261102-001', incidentId: 'i-1', mapUrl: 'https://m' },
  repeat: false,
  ...change,
});

describe('JPush', () => {
  let server: Awaited<ReturnType<typeof startAnswerServer>>;
  let channel: Channel;
  let issued = 0;
  const pushed = new Map<unknown, string>();

  /** What JPush does: knows its apps, gives out cids, and answers a cid it has seen with the first result. */
  const jpush = (call: Call): Answer => {
    const expected = Buffer.from(`${APP.appKey}:${APP.masterSecret}`).toString('base64');
    if (call.headers.authorization !== `Basic ${expected}`) {
      return { status: 401, body: { error: { code: 1004, message: 'Authentication failed' } } };
    }
    if (call.url.pathname === '/v3/push/cid') {
      const count = Number(call.url.searchParams.get('count') ?? 1);
      const cidlist = Array.from({ length: count }, () => `${APP.appKey}-${(issued += 1)}`);
      return { body: { cidlist } };
    }
    const { cid } = json(call);
    if (typeof cid !== 'string' || !cid.startsWith(`${APP.appKey}-`)) {
      return { status: 400, body: { error: { code: 1003, message: 'cid is invalid' } } };
    }
    const id = pushed.get(cid) ?? `msg-${pushed.size + 1}`;
    pushed.set(cid, id);
    return { body: { sendno: '0', msg_id: id } };
  };

  beforeEach(async () => {
    issued = 0;
    pushed.clear();
    server = await startAnswerServer(jpush);
    channel = create();
  });
  afterEach(() => server.stop());

  const create = (app: Partial<typeof APP> = {}): Channel =>
    createJPushChannel(
      { ...APP, ...app, url: `${server.origin}/` },
      { fetch: createOutboundFetch({ allow: LOOPBACK }), clock: systemClock, timeoutMs: 500 },
    );
  const pushes = (): Call[] => server.calls.filter(({ url }) => url.pathname === '/v3/push');
  /** The first of these answers goes to the push: cids are there already. */
  const after = async (...answers: Answer[]) => {
    await channel.send(message({ notificationId: 'first' }));
    server.answers.push(...answers);
    return channel.send(message());
  };

  it('notifies one registration id, and hands the app what to act upon', async () => {
    expect(await channel.send(message())).toEqual({
      kind: 'submitted',
      providerMessageIds: ['msg-1'],
    });
    expect(json(pushes()[0])).toMatchObject({
      cid: `${APP.appKey}-1`,
      platform: 'all',
      audience: { registration_id: ['18171adc030dcba91c0'] },
      notification: {
        alert: message().text,
        android: { title: '烽燧 AR-20261102-001', extras: { incidentId: 'i-1' } },
        ios: { sound: 'default' },
      },
      message: {
        msg_content: message().text,
        extras: { notificationId: message().notificationId, mapUrl: 'https://m', repeat: false },
      },
      options: { apns_production: true, time_to_live: 14_400 },
    });
    expect(Buffer.byteLength(pushes()[0]?.body ?? '')).toBeLessThan(4_000);
  });

  it('retries under the same cid, so that it comes once', async () => {
    expect(await after('drop')).toMatchObject({ kind: 'unknown' });
    expect(await channel.send(message({ attempt: 2, repeat: true }))).toMatchObject({
      kind: 'submitted',
    });
    expect(await channel.send(message({ attempt: 3, repeat: true }))).toMatchObject({
      providerMessageIds: ['msg-2'],
    });
    expect(
      new Set(
        pushes()
          .slice(1)
          .map((call) => json(call)['cid']),
      ).size,
    ).toBe(1);
    expect(pushed.size).toBe(2);
  });

  it('goes out without a cid when there is none to be had', async () => {
    server.answers.push({ status: 500 }, { body: { msg_id: 77 } });
    expect(await channel.send(message())).toEqual({
      kind: 'submitted',
      providerMessageIds: ['77'],
    });
    expect(json(pushes()[0])).not.toHaveProperty('cid');
  });

  it('gives up where nobody is behind the registration id', async () => {
    const error = { code: 1011, message: 'cannot find user by this audience' };
    expect(await after({ status: 400, body: { msg_id: 1, error } })).toEqual({
      kind: 'failed',
      permanent: true,
      reason: 'JPush: HTTP 400 1011 cannot find user by this audience',
    });
    expect(channel.trouble()).toBeNull();
  });

  it('waits until the window of a rate limit is over', async () => {
    const answer = {
      status: 429,
      headers: { 'x-rate-limit-limit': '600', 'x-rate-limit-reset': '23' },
      body: { error: { code: 2002, message: 'Rate limit exceeded' } },
    };
    expect(await after(answer)).toMatchObject({ permanent: false, retryAfterMs: 23_000 });
    server.answers.push({ status: 429, headers: { 'retry-after': '5' } });
    expect(await channel.send(message())).toMatchObject({ retryAfterMs: 5_000 });
  });

  it('says that its own credentials are wrong, until they work', async () => {
    const wrong = create({ masterSecret: 'wrong' });
    expect(await wrong.send(message())).toMatchObject({ kind: 'failed', permanent: false });
    expect(wrong.trouble()).toMatch(/401 1004 Authentication failed/);
    expect(wrong.status()).toMatch(/1004/);
    expect(channel.trouble()).toBeNull();
    const refused = { status: 401, body: { error: { code: 1004, message: 'no' } } };
    await after(refused);
    expect(channel.trouble()).toMatch(/1004/);
    await channel.send(message());
    expect(channel.trouble()).toBeNull();
  });

  it('tries again after trouble on the other side', async () => {
    const error = { code: 1000, message: 'System error' };
    expect(await after({ status: 500, body: { error } })).toMatchObject({
      kind: 'failed',
      permanent: false,
    });
    server.answers.push({ status: 502, body: '<html>' });
    expect(await channel.send(message())).toMatchObject({ kind: 'failed', permanent: false });
    expect(await channel.send(message())).toMatchObject({ kind: 'submitted' });
  });

  it('does not know what became of it without an answer of JPush', async () => {
    expect(await after('hang')).toEqual({ kind: 'unknown', reason: 'no answer in 500 ms' });
    server.answers.push({ body: '<html>Please log in</html>' });
    expect(await channel.send(message())).toMatchObject({ kind: 'unknown' });
  });
});
