import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ChannelConfig } from '../../../src/shared/channel-config.ts';
import type { Clock } from '../../../src/shared/clock.ts';
import { localDay } from '../../../src/shared/local-time.ts';
import {
  ALIYUN_KEY,
  type AliyunServer,
  startAliyunServer,
} from '../../support/aliyun-sms-server.ts';
import { startHooks, TOKEN } from './hooks-app.ts';
import { createHarness } from './notify-harness.ts';

const PHONE = '+8613800000001';
const ALERT =
  '${level}${number}：${place}发现${kind}，${time}，来源${source}。详情登录fs.example.cn输入编号${code}，回复1接警、2误报、0不能到。';
const TEMPLATES = { SMS_1: ALERT, SMS_2: ALERT, SMS_3: '火情${number}已由${by}接警。' };

describe('SMS by Aliyun', () => {
  let harness: Awaited<ReturnType<typeof createHarness>>;
  let aliyun: AliyunServer;
  let hooks: Awaited<ReturnType<typeof startHooks>> | undefined;

  beforeAll(async () => {
    harness = await createHarness();
    await harness.person([{ channel: 'sms', address: PHONE }]);
  });
  afterAll(() => harness.close());
  beforeEach(async () => {
    aliyun = await startAliyunServer(TEMPLATES);
    harness.givenUp.length = 0;
    await harness.pool.query('delete from sms_daily_count');
  });
  afterEach(async () => {
    await harness.stopAll();
    await aliyun.stop();
    await hooks?.stop();
    hooks = undefined;
  });

  type Aliyun = NonNullable<NonNullable<ChannelConfig['sms']>[number]['aliyun']>;
  const channelsWith = (more: Partial<Aliyun> = {}): ChannelConfig => ({
    sms: [
      {
        aliyun: {
          ...ALIYUN_KEY,
          endpoint: aliyun.url,
          signName: '安仁防火',
          templates: {
            alert: [{ templateCode: 'SMS_1', text: ALERT }],
            taken_over: [{ templateCode: 'SMS_3', text: TEMPLATES.SMS_3 }],
          },
          callback: { token: TOKEN },
          ...more,
        },
      },
    ],
  });
  const start = async (more: Partial<Aliyun> = {}, clock?: Clock) => {
    const channels = channelsWith(more);
    hooks = await startHooks(harness.pool, channels);
    return harness.start({ channels, ...(clock === undefined ? {} : { clock }) });
  };
  const codesOf = async (): Promise<Record<string, number>> => {
    const { rows } = await harness.pool.query<{ template: string; sent: number }>(
      'select template, sent from sms_daily_count order by template',
    );
    return Object.fromEntries(rows.map(({ template, sent }) => [template, sent]));
  };

  it('fills the approved template from the alert, with the address fixed and the code to enter there', async () => {
    await start();
    const { alert } = await harness.openIncident();
    const [row] = await harness.expectStatuses(alert.incidentId, ['submitted']);
    const [sms] = aliyun.messages;
    expect(sms?.text).toMatch(
      new RegExp(
        `^【安仁防火】疑似火情${alert.number}：辖区内发现烟雾，\\d\\d:\\d\\d，来源云台山3号。详情登录fs.example.cn输入编号\\d{3}，回复1接警`,
      ),
    );
    expect(sms).toMatchObject({ to: '13800000001', outId: row?.id });
    const { rows } = await harness.pool.query(
      'select provider, provider_message_ids as ids from delivery_attempt where notification_id = $1',
      [row?.id],
    );
    expect(rows).toEqual([{ provider: 'aliyun', ids: [sms?.bizId] }]);
  });

  it('counts receipts by HTTP push, twice the same and before our own answer too, and answers as Aliyun wants it', async () => {
    await start();
    const url = hooks?.url('aliyun') ?? '';
    const id = await harness.queueSms(PHONE, 'x');
    const row = await harness.expectStatus(id, 'submitted');
    expect(row.outcomes).toEqual(['submitted']);
    const report = aliyun.report(aliyun.messages[0]?.bizId ?? '');
    for (let times = 0; times < 2; times += 1) {
      expect(await aliyun.push(url, [report])).toEqual({
        status: 200,
        body: { code: 0, msg: '成功' },
      });
    }
    await harness.expectStatus(id, 'delivered');

    // The receipt for a message whose id is not known here yet.
    await aliyun.push(url, [{ ...report, biz_id: aliyun.nextBizId() }]);
    const second = await harness.queueSms(PHONE, 'y');
    await harness.expectStatus(second, 'delivered');
  });

  it('fails when the carrier says that the number does not exist', async () => {
    await start();
    const id = await harness.queueSms(PHONE, 'x');
    await harness.expectStatus(id, 'submitted');
    const report = aliyun.report(aliyun.messages[0]?.bizId ?? '', { success: false });
    await aliyun.push(hooks?.url('aliyun') ?? '', [report]);
    const row = await harness.expectStatus(id, 'failed');
    expect(row.last_error).toBe('not delivered: MK:0001 空号');
    expect(hooks?.givenUp).toMatchObject([{ notificationId: id }]);
  });

  it('takes replies once, and keeps what it cannot read', async () => {
    await start();
    const url = hooks?.url('aliyun') ?? '';
    const reply = {
      phone_number: '13800000001',
      content: '1',
      send_time: '2026-11-02 14:06:00',
      dest_code: '1234',
      sequence_id: 1234567890,
    };
    const broken = { phone_number: '13800000001' };
    for (let times = 0; times < 2; times += 1) {
      expect((await aliyun.push(url, [reply, broken])).status).toBe(200);
    }
    const { rows } = await harness.pool.query(
      `select provider, sender, recipient, text, handled_at from inbound_message where provider = 'aliyun'`,
    );
    expect(rows).toEqual([
      { provider: 'aliyun', sender: '13800000001', recipient: '1234', text: '1', handled_at: null },
    ]);
    expect(hooks?.refused[0]).toMatchObject({ provider: 'aliyun', item: broken });
    expect(hooks?.refused[0]?.reason).toContain('content');
  });

  it('takes templates in turns and stops at the day’s limit with a reason that says so', async () => {
    const two = ['SMS_1', 'SMS_2'].map((templateCode) => ({ templateCode, text: ALERT }));
    await start({ dailyLimit: 2, templates: { alert: two } });
    for (let count = 0; count < 4; count += 1) {
      await harness.expectStatus(await harness.queueSms(PHONE, 'x'), 'submitted');
    }
    expect(aliyun.messages.map(({ template }) => template)).toEqual([
      'SMS_1',
      'SMS_2',
      'SMS_1',
      'SMS_2',
    ]);
    const fifth = await harness.expectStatus(await harness.queueSms(PHONE, 'x'), 'failed');
    expect(fifth.last_error).toBe(
      'this number has had its 2 messages of today from SMS_1, SMS_2; add templates or have it whitelisted',
    );
    expect(aliyun.messages).toHaveLength(4);
    // Another number has its own.
    await harness.expectStatus(await harness.queueSms('+8613800000002', 'x'), 'submitted');
  });

  it('keeps the count over a restart and begins anew at local midnight', async () => {
    let now = new Date('2026-11-02T15:59:00Z');
    const clock: Clock = { now: () => now };
    await start({ dailyLimit: 1 }, clock);
    await harness.expectStatus(await harness.queueSms(PHONE, 'x'), 'submitted');
    await harness.stopAll();
    await hooks?.stop();
    await start({ dailyLimit: 1 }, clock);
    expect(localDay(now, 'Asia/Shanghai')).toBe('2026-11-02');
    await harness.expectStatus(await harness.queueSms(PHONE, 'x'), 'failed');
    now = new Date('2026-11-02T16:00:30Z');
    await harness.expectStatus(await harness.queueSms(PHONE, 'x'), 'submitted');
  });

  it('does not count for a number that is whitelisted', async () => {
    await start({ dailyLimit: 1, whitelist: [PHONE] });
    await harness.expectStatus(await harness.queueSms(PHONE, 'x'), 'submitted');
    await harness.expectStatus(await harness.queueSms(PHONE, 'x'), 'submitted');
    expect(await codesOf()).toEqual({});
  });

  it('believes Aliyun when it says that the day is used up, and goes on to the next template', async () => {
    const two = ['SMS_1', 'SMS_2'].map((templateCode) => ({ templateCode, text: ALERT }));
    await start({ templates: { alert: two } });
    aliyun.failNext({ Code: 'isv.BUSINESS_LIMIT_CONTROL', Message: '触发天级流控Permits:10' });
    const row = await harness.expectStatus(await harness.queueSms(PHONE, 'x'), 'submitted');
    expect(row.attempts).toBe(1);
    expect(aliyun.messages.map(({ template }) => template)).toEqual(['SMS_2']);
    expect(await codesOf()).toEqual({ SMS_1: 50, SMS_2: 1 });
  });

  it('tries again what was throttled, and does not count it twice', async () => {
    await start();
    aliyun.failNext(
      { Code: 'isv.BUSINESS_LIMIT_CONTROL', Message: '触发分钟级流控Permits:1' },
      {
        Code: 'Throttling.User',
        Message: 'Request was denied due to user flow control.',
        status: 400,
      },
    );
    const row = await harness.expectStatus(await harness.queueSms(PHONE, 'x'), 'submitted');
    expect(row.outcomes).toEqual(['failed', 'failed', 'submitted']);
    expect(row.text).not.toContain('重复');
    expect(await codesOf()).toEqual({ SMS_1: 1 });
  });

  it('gives up at once on a number that is none', async () => {
    await start();
    const row = await harness.expectStatus(await harness.queueSms('+8612', 'x'), 'failed');
    expect(row).toMatchObject({ attempts: 1 });
    expect(row.last_error).toContain('isv.MOBILE_NUMBER_ILLEGAL');
  });

  it.each([
    ['isv.AMOUNT_NOT_ENOUGH', 200],
    ['SignatureDoesNotMatch', 400],
  ])('takes %s for its own trouble, not the message’s, until it is over', async (Code, status) => {
    const notify = await start();
    aliyun.failNext(...Array.from({ length: 5 }, () => ({ Code, status, Message: 'no' })));
    const row = await harness.expectStatus(await harness.queueSms(PHONE, 'x'), 'failed');
    expect(row.attempts).toBe(5);
    expect(notify.troubles()).toEqual([`sms: ${Code} no`]);
    expect(notify.channelStatus()['sms']).toContain(Code);
    await harness.expectStatus(await harness.queueSms(PHONE, 'x'), 'submitted');
    expect(notify.troubles()).toEqual([]);
  });

  it('marks as a repeat what it had no answer for', async () => {
    await start({ timeoutS: 1 });
    let silent = true;
    const answer = aliyun.requests;
    aliyun.onRequest(() => {
      if (!silent) return { json: { Code: 'OK', BizId: 'x^0' } };
      silent = false;
      return 'silence';
    });
    const row = await harness.expectStatus(
      await harness.queueSms(PHONE, 'x', { payload: { type: 'alert', number: 'AR-1' } }),
      'submitted',
    );
    expect(row.outcomes).toEqual(['unknown', 'submitted']);
    const params = answer.map(
      ({ url }) => new URL(url, 'http://x').searchParams.get('TemplateParam') ?? '',
    );
    expect(params.map((text) => (JSON.parse(text) as { number: string }).number)).toEqual([
      'AR-1',
      '重复：AR-1',
    ]);
  });

  it('is a failure that says what is missing where no template fits', async () => {
    await start();
    const id = await harness.queueSms(PHONE, 'x', { payload: { type: 'reply' } });
    const row = await harness.expectStatus(id, 'failed');
    expect(row).toMatchObject({ attempts: 1 });
    expect(row.last_error).toContain('no Aliyun template for messages of the type "reply"');
  });
});
