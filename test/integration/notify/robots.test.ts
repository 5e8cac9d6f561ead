import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Channel, OutgoingMessage } from '../../../src/notify/channels/channel.ts';
import { dingtalk } from '../../../src/notify/channels/dingtalk.ts';
import { feishu } from '../../../src/notify/channels/feishu.ts';
import { createRobotChannel, type RobotPlatform } from '../../../src/notify/channels/robot.ts';
import { wecom } from '../../../src/notify/channels/wecom.ts';
import { createOutboundFetch } from '../../../src/shared/outbound-fetch.ts';
import { type Answer, type Call, json, startAnswerServer } from './answer-server.ts';
import { LOOPBACK } from './notify-harness.ts';

const SECRET = 'SECd41d8cd98f00b204';
const fetch = createOutboundFetch({ allow: LOOPBACK });
const hmac = (key: string, text: string): string =>
  createHmac('sha256', key).update(text).digest('base64');

/** What a platform checks, and how it says no, as its description has it. */
const PLATFORMS: Record<
  RobotPlatform['name'],
  {
    platform: RobotPlatform;
    path: string;
    textOf(body: Record<string, unknown>): unknown;
    check(call: Call): object;
    ok: object;
  }
> = {
  wecom: {
    platform: wecom,
    path: '/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa',
    textOf: (body) => (body['text'] as { content?: unknown }).content,
    check: ({ url, body }) =>
      url.searchParams.get('key') === '693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa' &&
      JSON.parse(body.toString()).msgtype === 'text'
        ? { errcode: 0, errmsg: 'ok' }
        : { errcode: 93000, errmsg: 'invalid webhook url' },
    ok: { errcode: 0, errmsg: 'ok' },
  },
  dingtalk: {
    platform: dingtalk,
    path: `/robot/send?access_token=abc#${SECRET}`,
    textOf: (body) => (body['text'] as { content?: unknown }).content,
    check({ url }) {
      const timestamp = url.searchParams.get('timestamp') ?? '';
      const fresh = Math.abs(Date.now() - Number(timestamp)) < 3_600_000;
      const signed = url.searchParams.get('sign') === hmac(SECRET, `${timestamp}\n${SECRET}`);
      return fresh && signed && url.searchParams.get('access_token') === 'abc'
        ? { errcode: 0, errmsg: 'ok' }
        : { errcode: 310000, errmsg: 'sign not match' };
    },
    ok: { errcode: 0, errmsg: 'ok' },
  },
  feishu: {
    platform: feishu,
    path: `/open-apis/bot/v2/hook/f5a1-77#${SECRET}`,
    textOf: (body) => (body['content'] as { text?: unknown }).text,
    check(call) {
      const { timestamp, sign, msg_type: type } = json(call);
      const fresh = Math.abs(Date.now() / 1000 - Number(timestamp)) < 3_600;
      return fresh && type === 'text' && sign === hmac(`${String(timestamp)}\n${SECRET}`, '')
        ? { code: 0, msg: 'success', data: {} }
        : { code: 19021, msg: 'sign match fail or timestamp is not within one hour' };
    },
    ok: { StatusCode: 0, StatusMessage: 'success' },
  },
};

describe.each(Object.values(PLATFORMS))('the $platform.name robot', (given) => {
  let server: Awaited<ReturnType<typeof startAnswerServer>>;
  let nowMs = 0;
  let channel: Channel;

  beforeEach(async () => {
    nowMs = Date.now();
    server = await startAnswerServer((call) => ({ body: given.check(call) }));
    channel = createRobotChannel(given.platform, {
      fetch,
      clock: { now: () => new Date(nowMs) },
      timeoutMs: 1_000,
    });
  });
  afterEach(() => server.stop());

  const message = (change: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
    notificationId: '01930000-0000-7000-8000-000000000001',
    reference: 1,
    attempt: 1,
    personId: 'p-group',
    address: server.origin + given.path,
    locale: 'zh-CN',
    text: '【烽燧】火情AR-20261102-001：烟，云台村',
    payload: { mapUrl: 'https://uri.amap.com/marker?position=113.27,26.7' },
    repeat: false,
    ...change,
  });
  const after = async (...answers: Answer[]) => {
    server.answers.push(...answers);
    return channel.send(message());
  };

  it('says the text with a link to the map, signed so that the platform takes it', async () => {
    expect(await channel.send(message())).toEqual({ kind: 'submitted', providerMessageIds: [] });
    const [call] = server.calls;
    expect(given.textOf(json(call))).toBe(
      '【烽燧】火情AR-20261102-001：烟，云台村\nhttps://uri.amap.com/marker?position=113.27,26.7',
    );
    expect(JSON.stringify([call?.url, call?.headers, json(call)])).not.toContain(SECRET);
    expect(await after({ body: given.ok })).toMatchObject({ kind: 'submitted' });
  });

  it('keeps a text within what the platform takes', async () => {
    await channel.send(message({ text: `【烽燧】${'长'.repeat(5_000)}🔥` }));
    const text = String(given.textOf(json(server.calls[0])));
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2_048);
    expect(text).toMatch(/^【烽燧】长+…$/);
  });

  it('gives up at once where the robot’s settings refuse it', async () => {
    const wrong = given.path.replace(/#.*/, '#other').replace('key=', 'key=x');
    const result = await channel.send(message({ address: server.origin + wrong }));
    expect(result).toMatchObject({ kind: 'failed', permanent: true });
    expect(result.kind === 'failed' && result.reason).toMatch(/93000|310000|19021/);
  });

  it('does not know what became of it without an answer of the platform', async () => {
    expect(await after('hang')).toEqual({ kind: 'unknown', reason: 'no answer in 1000 ms' });
    nowMs += 60_000;
    expect(await after('drop')).toMatchObject({ kind: 'unknown' });
    nowMs += 60_000;
    expect(await after({ body: '<html>Please log in</html>' })).toMatchObject({ kind: 'unknown' });
    nowMs += 60_000;
    expect(await after({ body: { surprise: true } })).toMatchObject({ kind: 'unknown' });
  });

  it('tries again after trouble on the other side', async () => {
    expect(await after({ status: 502, body: 'Bad Gateway' })).toEqual({
      kind: 'failed',
      permanent: false,
      reason: 'HTTP 502',
    });
    expect(await after({ body: { errcode: -1, code: -1, errmsg: 'system busy' } })).toMatchObject({
      kind: 'failed',
      permanent: false,
    });
    expect(await channel.send(message({ attempt: 3 }))).toMatchObject({ kind: 'submitted' });
  });

  it('is silent for as long as the platform shuts it out, and only this robot', async () => {
    const tooMany = { errcode: 0, code: 0, errmsg: 'too many', msg: 'frequency limited' };
    const code = { wecom: 45009, dingtalk: 130101, feishu: 11232 }[given.platform.name];
    const result = await after({ body: { ...tooMany, errcode: code, code } });
    const pauseMs = given.platform.name === 'dingtalk' ? 600_000 : 60_000;
    expect(result).toMatchObject({ kind: 'failed', permanent: false, retryAfterMs: pauseMs });
    expect(server.calls).toHaveLength(1);

    nowMs += pauseMs / 2;
    const early = await channel.send(message());
    expect(early).toMatchObject({ kind: 'failed', permanent: false, retryAfterMs: pauseMs / 2 });
    expect(server.calls).toHaveLength(1);
    const other = given.path.replace('key=', 'key=2').replace('abc', 'def').replace('-77', '-78');
    await channel.send(message({ address: server.origin + other }));
    expect(server.calls).toHaveLength(2);

    nowMs += pauseMs / 2;
    expect(await channel.send(message())).toMatchObject({ kind: 'submitted' });
  });

  it('stays below what the platform admits', async () => {
    const [aMinute, aSecond] = { wecom: [20, 10], dingtalk: [20, 10], feishu: [100, 5] }[
      given.platform.name
    ] as [number, number];
    const sentMs: number[] = [];
    const endMs = nowMs + 180_000;
    // A message every 100 ms for three minutes; whatever is put off is put off until there is room.
    while (nowMs < endMs) {
      const result = await channel.send(message());
      if (result.kind === 'submitted') sentMs.push(nowMs);
      nowMs += result.kind === 'failed' ? (result.retryAfterMs ?? 0) : 100;
    }
    const within = (windowMs: number): number =>
      Math.max(
        ...sentMs.map((from) => sentMs.filter((at) => at >= from && at < from + windowMs).length),
      );
    expect([within(60_000), within(1_000)]).toEqual([aMinute, aSecond]);
    expect(server.calls).toHaveLength(sentMs.length);
  });
});

describe('Feishu', () => {
  it('means "bad request" or "too many" by 9499, and says when to come again', () => {
    expect(feishu.judge({ code: 9499, msg: 'Bad Request' }, {})).toMatchObject({
      kind: 'refused',
      permanent: true,
    });
    expect(
      feishu.judge({ code: 9499, msg: 'too many request' }, { 'x-ogw-ratelimit-reset': '52' }),
    ).toMatchObject({ kind: 'busy', pauseMs: 52_000 });
  });
});
