import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSendCode } from '../../../src/notify/index.ts';
import type { Person } from '../../../src/people/person.ts';
import { findPerson } from '../../../src/people/person-store.ts';
import { sendVerification } from '../../../src/people/verify-contact.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { phoneOf } from '../../support/phone.ts';
import { type Smsc, startSmsc } from '../../support/smsc.ts';
import { createHarness } from './notify-harness.ts';

describe('STOP and START', () => {
  let harness: Awaited<ReturnType<typeof createHarness>>;
  let smsc: Smsc;
  let outcomes: string[];
  let seen = 0;
  let numbers = 0;
  const newNumber = (): string => `86138111${String((numbers += 1)).padStart(5, '0')}`;

  beforeAll(async () => {
    harness = await createHarness();
    smsc = await startSmsc();
    const replies = await harness.startReplies();
    ({ outcomes } = replies);
    await harness.start({
      channels: { sms: [{ smpp: { url: smsc.url } }] },
      onSms: replies.onSms,
    });
    await smsc.waitForBind();
  });
  afterAll(async () => {
    await harness?.close();
    await smsc?.stop();
  });
  beforeEach(() => {
    seen = outcomes.length;
  });
  const dealtWith = (list: string[]) =>
    vi.waitFor(() => expect(outcomes.slice(seen)).toEqual(list), { timeout: 10_000 });
  const contactsOf = async ({ id }: Person) =>
    (await findPerson(harness.pool, id))?.contacts.map(({ channel, disabledReason }) => [
      channel,
      disabledReason ?? 'on',
    ]);

  it('end SMS to a number, whosever it is, and take them up again', async () => {
    const number = newNumber();
    const li = await harness.person([
      { channel: 'sms', address: number },
      { channel: 'voice', address: number },
    ]);
    const wang = await harness.person([{ channel: 'sms', address: number }], ['viewer']);
    const phone = phoneOf(smsc, number);
    // Without country code, in full width: as some networks and phones have it.
    await smsc.sendSms(number.slice(2), 'ＳＴＯＰ');
    const answer = await phone.expectSms(/^【烽燧】已停止向本号码发送短信/);
    expect(answer.text).toContain('START');
    expect(await contactsOf(li)).toEqual([
      ['sms', 'stop'],
      ['voice', 'on'],
    ]);
    expect(await contactsOf(wang)).toEqual([['sms', 'stop']]);
    await phone.reply('退订');
    await dealtWith(['stopped', 'stop: nothing to change']);
    phone.expectNothing();
    await phone.reply('恢复');
    await phone.expectSms(/^【烽燧】已恢复/);
    expect(await contactsOf(wang)).toEqual([['sms', 'on']]);
    await dealtWith(['stopped', 'stop: nothing to change', 'started']);
    phone.expectNothing();
  });

  it('do not undo what an admin has ended', async () => {
    const number = newNumber();
    const li = await harness.person([{ channel: 'sms', address: number }]);
    await harness.pool.query(
      `update contact_method set disabled_at = now(), disabled_reason = 'admin' where person_id = $1`,
      [li.id],
    );
    await smsc.sendSms(number, 'START');
    await dealtWith(['start: nothing to change']);
    expect(await contactsOf(li)).toEqual([['sms', 'admin']]);
    phoneOf(smsc, number).expectNothing();
  });

  it('from a number that is nobody’s are not answered', async () => {
    const before = smsc.messages.length;
    await smsc.sendSms('8613999999999', 'STOP');
    await smsc.sendSms('10086', 'T');
    await dealtWith(['unknown sender', 'unknown sender']);
    expect(smsc.messages).toHaveLength(before);
  });

  it('are told to the admins when an officer on duty stops', async () => {
    const number = newNumber();
    const adminNumber = newNumber();
    const li = await harness.person([{ channel: 'sms', address: number }]);
    await harness.person([{ channel: 'sms', address: adminNumber }], ['admin']);
    await harness.pool.query(
      `insert into shift (id, person_id, region_id, starts_at, ends_at)
       values (gen_random_uuid(), $1, 'default', now() - interval '1 hour', now() + interval '1 hour')`,
      [li.id],
    );
    const admin = phoneOf(smsc, adminNumber);
    await smsc.sendSms(number, 'TD');
    await admin.expectSms(/李明正在值班但已退订短信，火情无法通知到本人/);
    await dealtWith(['stopped']);
    admin.expectNothing();
    expect(await contactsOf(li)).toEqual([['sms', 'stop']]);
  });

  it('prove nothing; a code sent back does', async () => {
    const number = newNumber();
    const li = await harness.person([{ channel: 'sms', address: number }]);
    const [contact] = li.contacts;
    if (contact === undefined) throw new Error('no contact');
    const sendCode = createSendCode({ smsSignature: '【烽燧】', timeZone: 'Asia/Shanghai' });
    const deps = { pool: harness.pool, clock: systemClock, sendCode };
    await sendVerification(deps, {
      ...contact,
      personId: li.id,
      personName: li.name,
      locale: 'en',
    });
    const phone = phoneOf(smsc, number);
    const { text } = await phone.expectSms(/Code \d{6}, good until/);
    const code = /\d{6}/.exec(text)?.[0] ?? '';
    await phone.reply(code === '000000' ? '000001' : '000000');
    await dealtWith(['code: wrong']);
    await smsc.sendSms(number.slice(2), code);
    await dealtWith(['code: wrong', 'verified a contact']);
    expect((await findPerson(harness.pool, li.id))?.contacts).toMatchObject([{ verified: true }]);
    await phone.reply(code);
    await dealtWith(['code: wrong', 'verified a contact', 'unknown sender']);
    phone.expectNothing();
  });
});
