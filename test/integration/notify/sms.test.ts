import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { decodeReference } from '../../../src/notify/message-reference.ts';
import { type Smsc, startSmsc } from '../../support/smsc.ts';
import { createHarness, NOTIFY_CONFIG } from './notify-harness.ts';

const PHONE = '+8613800000001';
/** What a test would have to wait for, shortened. */
const FAST = {
  responseTimeoutMs: 700,
  enquireLinkMs: 200,
  reconnectBaseMs: 50,
  reconnectMaxMs: 100,
  throttlePauseMs: 150,
  throttlePatienceMs: 400,
};

describe('SMS over SMPP', () => {
  let harness: Awaited<ReturnType<typeof createHarness>>;
  let smsc: Smsc;

  beforeAll(async () => {
    harness = await createHarness();
    await harness.person([{ channel: 'sms', address: PHONE }]);
  });
  afterAll(() => harness.close());
  beforeEach(async () => {
    smsc = await startSmsc();
    harness.givenUp.length = 0;
  });
  afterEach(async () => {
    await harness.stopAll();
    await smsc.stop();
  });

  const start = async (query = '') => {
    const notify = await harness.start({
      channels: { sms: [{ smpp: { url: smsc.url + query } }] },
      config: { ...NOTIFY_CONFIG, bundleWindowMs: 0 },
      tuning: { smpp: FAST },
    });
    await smsc.waitForBind();
    return notify;
  };

  it('carries the alert in two UCS-2 parts, with the number as the carrier wants it', async () => {
    await start('?source=10690001');
    const { alert } = await harness.openIncident();
    const sms = await smsc.waitForSms();
    expect(sms.text).toContain(`【烽燧】疑似火情${alert.number}：辖区内发现烟雾，`);
    expect(sms.text).toContain('来源云台山3号。经纬度113.26944,26.70912(WGS-84)，误差200米。');
    expect(sms).toMatchObject({ from: '10690001', to: '8613800000001', parts: 2 });
    expect(smsc.submits[0]).toMatchObject({
      data_coding: 8,
      esm_class: 0x40,
      registered_delivery: 1,
      dest_addr_ton: 1,
      dest_addr_npi: 1,
    });
    const references = smsc.submits.map((pdu) => decodeReference(pdu.user_message_reference ?? 0));
    const message = references[0]?.message;
    expect(references).toEqual([
      { message, parts: 2, part: 1 },
      { message, parts: 2, part: 2 },
    ]);
    const [row] = await harness.expectStatuses(alert.incidentId, ['submitted']);
    expect(row).toMatchObject({ attempts: 1, outcomes: ['submitted'] });
    const { rows } = await harness.pool.query(
      'select provider, provider_message_ids from delivery_attempt where notification_id = $1',
      [row?.id],
    );
    expect(rows).toEqual([{ provider: 'smpp', provider_message_ids: sms.messageIds }]);
    expect(Math.max(...harness.delays)).toBeLessThan(5_000);
  });

  it('is delivered when the receipts of all parts say so, whatever their form, and repeated ones change nothing', async () => {
    await start();
    const { alert } = await harness.openIncident();
    const { messageIds } = await smsc.waitForSms();
    const [first = '', second = ''] = messageIds;
    await harness.expectStatuses(alert.incidentId, ['submitted']);
    expect(await smsc.sendReceipt(first, { state: 'ENROUTE' })).toBe(0);
    expect(await smsc.sendReceipt(first, { form: 'text' })).toBe(0);
    expect(await smsc.sendReceipt(first)).toBe(0);
    await harness.expectStatuses(alert.incidentId, ['submitted']);
    expect(await smsc.sendReceipt(second, { form: 'tlv' })).toBe(0);
    const [row] = await harness.expectStatuses(alert.incidentId, ['delivered']);
    const { rows } = await harness.pool.query(
      'select provider_message_id as id, event from receipt where notification_id = $1 order by id',
      [row?.id],
    );
    expect(rows).toEqual([
      { id: first, event: 'delivered' },
      { id: second, event: 'delivered' },
    ]);
  });

  it('counts receipts that arrive before the answer to the submit', async () => {
    smsc.onSubmit(() => ({ kind: 'accept', receiptFirst: true }));
    await start();
    const { alert } = await harness.openIncident();
    await harness.expectStatuses(alert.incidentId, ['delivered']);
    // Both are counted once the first of them is: the other's answer may still be to come.
    await vi.waitFor(() => expect(smsc.receiptAnswers).toEqual([0, 0]));
  });

  it('counts both parts’ receipts when they come together', async () => {
    await start();
    const alerts = await Promise.all(Array.from({ length: 10 }, () => harness.openIncident()));
    await vi.waitFor(() => expect(smsc.messages).toHaveLength(10), { timeout: 10_000 });
    const ids = smsc.messages.flatMap((sms) => sms.messageIds);
    await Promise.all(ids.map((id) => smsc.sendReceipt(id)));
    for (const { alert } of alerts) await harness.expectStatuses(alert.incidentId, ['delivered']);
  });

  it('knows its message by an id in decimal that was given out in hex', async () => {
    await smsc.stop();
    const ids = ['00001A2B', '00001A2C'];
    smsc = await startSmsc({ nextMessageId: () => ids.shift() ?? '0' });
    await start();
    const { alert } = await harness.openIncident();
    await smsc.waitForSms();
    await harness.expectStatuses(alert.incidentId, ['submitted']);
    expect(await smsc.sendReceipt('00001A2B', { writtenId: String(0x1a2b) })).toBe(0);
    expect(await smsc.sendReceipt('00001A2C', { writtenId: '1a2c', form: 'text' })).toBe(0);
    await harness.expectStatuses(alert.incidentId, ['delivered']);
  });

  it('fails when the carrier reports it undelivered, and says so in the timeline', async () => {
    await start();
    const { alert } = await harness.openIncident();
    const { messageIds } = await smsc.waitForSms();
    await harness.expectStatuses(alert.incidentId, ['submitted']);
    await smsc.sendReceipt(messageIds[0] ?? '', { state: 'UNDELIV' });
    const [row] = await harness.expectStatuses(alert.incidentId, ['failed']);
    expect(row?.last_error).toBe('not delivered: UNDELIV err:027');
    expect(harness.givenUp).toMatchObject([{ notificationId: row?.id }]);
  });

  it('waits for a throttled line without spending an attempt, and tries a refused one again', async () => {
    smsc.onSubmit((_pdu, count) =>
      count <= 3
        ? { kind: 'refuse', status: 'ESME_RTHROTTLED' }
        : count <= 5
          ? { kind: 'refuse', status: 'ESME_RSYSERR' }
          : { kind: 'accept' },
    );
    await start();
    const { alert } = await harness.openIncident();
    const sms = await smsc.waitForSms();
    expect(sms.text).not.toContain('重复');
    const [row] = await harness.expectStatuses(alert.incidentId, ['submitted']);
    expect(row?.attempts).toBeLessThanOrEqual(3);
    expect(smsc.submits.length).toBeGreaterThanOrEqual(7);
  });

  it('sends without a reference where the centre refuses it', async () => {
    smsc.onSubmit(({ user_message_reference }) =>
      user_message_reference === undefined
        ? { kind: 'accept' }
        : { kind: 'refuse', status: 'ESME_RTLVNOTALLWD' },
    );
    await start();
    const { alert } = await harness.openIncident();
    const [row] = await harness.expectStatuses(alert.incidentId, ['submitted']);
    expect(row).toMatchObject({ attempts: 1, outcomes: ['submitted'] });
  });

  it('gives up at once on a number the carrier does not know', async () => {
    smsc.onSubmit(() => ({ kind: 'refuse', status: 'ESME_RINVDSTADR' }));
    await start();
    const { alert } = await harness.openIncident();
    const [row] = await harness.expectStatuses(alert.incidentId, ['failed']);
    expect(row).toMatchObject({
      attempts: 1,
      last_error: expect.stringContaining('ESME_RINVDSTADR'),
    });
    expect(harness.givenUp).toMatchObject([{ attempt: 1, channel: 'sms' }]);
  });

  it('gives up after the configured attempts, once', async () => {
    smsc.onSubmit(() => ({ kind: 'refuse', status: 'ESME_RSYSERR' }));
    await start();
    const { alert } = await harness.openIncident();
    const [row] = await harness.expectStatuses(alert.incidentId, ['failed']);
    expect(row).toMatchObject({ attempts: 5, outcomes: Array(5).fill('failed') });
    expect(harness.givenUp).toHaveLength(1);
  });

  it('sends again, marked as a repeat, what got no answer', async () => {
    smsc.onSubmit((_pdu, count) => (count <= 2 ? { kind: 'silence' } : { kind: 'accept' }));
    await start();
    const { alert } = await harness.openIncident();
    const repeated = await smsc.waitForSms((sms) => sms.text.includes('重复：'));
    expect(repeated.text.startsWith('【烽燧】重复：疑似火情')).toBe(true);
    expect(repeated.parts).toBe(2);
    const [row] = await harness.expectStatuses(alert.incidentId, ['submitted']);
    expect(row?.outcomes).toEqual(['unknown', 'submitted']);
  });

  it('binds again after the centre restarted, and sends what was due meanwhile', async () => {
    const notify = await start();
    const { port } = smsc;
    await smsc.stop();
    const { alert } = await harness.openIncident();
    await vi.waitFor(() => expect(notify.channelStatus()['sms']).toContain('not bound'));
    smsc = await startSmsc({ port });
    const sms = await smsc.waitForSms();
    expect(sms.text).toContain(alert.number);
    await harness.expectStatuses(alert.incidentId, ['submitted']);
    expect(notify.channelStatus()['sms']).toBe(`smpp: bound to 127.0.0.1:${port}`);
  });

  it('keeps trying while binds are refused, and says why', async () => {
    smsc.refuseBinds(true);
    const notify = await harness.start({
      channels: { sms: [{ smpp: { url: smsc.url } }] },
      tuning: { smpp: FAST },
    });
    await vi.waitFor(() =>
      expect(notify.channelStatus()['sms']).toContain('bind refused: ESME_RBINDFAIL'),
    );
    smsc.refuseBinds(false);
    await smsc.waitForBind();
    const { alert } = await harness.openIncident();
    await harness.expectStatuses(alert.incidentId, ['submitted']);
  });

  it('keeps several messages in flight', async () => {
    smsc.onSubmit(() => ({ kind: 'accept', delayMs: 100 }));
    await start();
    const alerts = await Promise.all(Array.from({ length: 8 }, () => harness.openIncident()));
    for (const { alert } of alerts) await harness.expectStatuses(alert.incidentId, ['submitted']);
    expect(smsc.mostInFlight()).toBeGreaterThan(2);
    expect(smsc.mostInFlight()).toBeLessThanOrEqual(10);
  });

  it('writes what the centre has answered though all else waits for a connection', async () => {
    const { pool, sending } = harness;
    smsc.onSubmit(() => ({ kind: 'accept', delayMs: 1_000 }));
    await harness.start({ channels: { sms: [{ smpp: { url: smsc.url } }] } });
    const id = await harness.queueSms(PHONE, 'x');
    await smsc.waitForSms();
    const held = await Promise.all(Array.from({ length: pool.options.max }, () => pool.connect()));
    try {
      await vi.waitFor(
        async () => {
          const { rows } = await sending.query('select status from notification where id = $1', [
            id,
          ]);
          expect(rows).toEqual([{ status: 'submitted' }]);
        },
        { timeout: 5_000 },
      );
    } finally {
      for (const client of held) client.release();
    }
  });

  it('is held up little by what somebody keeps locked, and sends that too once it is free', async () => {
    const queue = async (n: number): Promise<string> => {
      const address = `+861390000000${n}`;
      const { id: personId } = await harness.person([{ channel: 'sms', address }]);
      return harness.queueSms(address, 'x', { personId });
    };
    const [locked = '', ...others] = await Promise.all([1, 2, 3, 4, 5].map(queue));
    const holder = await harness.pool.connect();
    try {
      await holder.query('begin');
      await holder.query('select from notification where id = $1 for update', [locked]);
      await start();
      for (const id of others) await harness.expectStatus(id, 'submitted');
      const row = await harness.expectStatus(locked, 'queued');
      expect(row.outcomes).toEqual([]);
    } finally {
      await holder.query('rollback');
      holder.release();
    }
    await harness.expectStatus(locked, 'submitted');
  });

  it('answers what somebody writes once it is kept, and asks for it again when it cannot be', async () => {
    const kept: string[] = [];
    let away = true;
    await harness.start({
      channels: { sms: [{ smpp: { url: smsc.url } }] },
      tuning: { smpp: FAST },
      onSms: async ({ sender, text }) => {
        if (away) throw new Error('database is away');
        kept.push(`${sender}: ${text}`);
      },
    });
    await smsc.waitForBind();
    expect(await smsc.sendSms('8613800000001', '１')).toBe(0x64);
    away = false;
    expect(await smsc.sendSms('8613800000001', '１')).toBe(0);
    expect(await smsc.sendSms('8613800000001', '417 1', { coding: 'gsm' })).toBe(0);
    expect(kept).toEqual(['8613800000001: １', '8613800000001: 417 1']);
  });

  it('sends plain English in GSM 03.38, one part where UCS-2 would take two', async () => {
    await start();
    const text = 'Possible fire AR-1: smoke at Longhai [tower 3], 14:05. Code 417. '.repeat(2);
    const id = await harness.queueSms(PHONE, text);
    const sms = await smsc.waitForSms();
    expect(sms).toMatchObject({ text, parts: 1 });
    expect(smsc.submits[0]).toMatchObject({ data_coding: 0, esm_class: 0 });
    await harness.expectStatus(id, 'submitted');
  });

  it('tells two centres apart that give out the same message ids', async () => {
    const ids = (): (() => string) => {
      let next = 1;
      return () => String(next++);
    };
    await smsc.stop();
    smsc = await startSmsc({ nextMessageId: ids() });
    const second = await startSmsc({ nextMessageId: ids() });
    try {
      const channels = { sms: [{ smpp: { url: smsc.url } }, { smpp: { url: second.url } }] };
      const notify = await harness.start({ channels, tuning: { smpp: FAST } });
      await smsc.waitForBind();
      await second.waitForBind();
      const id = await harness.queueSms(PHONE, 'x');
      await smsc.waitForSms();
      await harness.expectStatus(id, 'submitted');
      // The other centre has never had this message: its receipt for its own "1" is not about it.
      expect(await second.sendReceipt('1', { to: PHONE.slice(1), state: 'UNDELIV' })).toBe(0);
      await harness.expectStatus(id, 'submitted');
      expect(await smsc.sendReceipt('1')).toBe(0);
      await harness.expectStatus(id, 'delivered');
      expect(notify.channelStatus()['sms']).toBe(
        `smpp: bound to 127.0.0.1:${smsc.port}; smpp-2: bound to 127.0.0.1:${second.port}`,
      );
    } finally {
      await harness.stopAll();
      await second.stop();
    }
  });

  it('reads what phones write in whatever alphabet, and puts long replies together in order', async () => {
    const kept: string[] = [];
    await harness.start({
      channels: { sms: [{ smpp: { url: smsc.url } }] },
      tuning: { smpp: FAST },
      onSms: async ({ text }) => {
        kept.push(text);
      },
    });
    await smsc.waitForBind();
    const from = '8613800000001';
    await smsc.sendSms(from, '1 @home [Ω€]', { coding: 'gsm' });
    await smsc.sendSms(from, 'café 1', { coding: 'latin1' });
    const long = { reference: 7, total: 2 };
    await smsc.sendSms(from, '山后冒烟', { part: { ...long, part: 2 } });
    expect(kept).toHaveLength(2);
    await smsc.sendSms(from, '我在路上，', { part: { ...long, part: 1 } });
    // The same part again, as a centre sends it that has not heard the answer.
    await smsc.sendSms(from, '我在路上，', { part: { ...long, part: 1 } });
    await smsc.sendSms(from, 'one, ', {
      coding: 'gsm',
      part: { ...long, part: 1, by: 'tlv', reference: 900 },
    });
    await smsc.sendSms(from, 'two', {
      coding: 'gsm',
      part: { ...long, part: 2, by: 'tlv', reference: 900 },
    });
    expect(kept).toEqual(['1 @home [Ω€]', 'café 1', '我在路上，山后冒烟', 'one, two']);
  });

  it('asks for the last part again when the message could not be kept', async () => {
    const kept: string[] = [];
    let away = true;
    await harness.start({
      channels: { sms: [{ smpp: { url: smsc.url } }] },
      tuning: { smpp: FAST },
      onSms: async ({ text }) => {
        if (away) throw new Error('database is away');
        kept.push(text);
      },
    });
    await smsc.waitForBind();
    const part = { reference: 9, total: 2 };
    expect(await smsc.sendSms('8613800000001', 'a', { part: { ...part, part: 1 } })).toBe(0);
    expect(await smsc.sendSms('8613800000001', 'b', { part: { ...part, part: 2 } })).toBe(0x64);
    away = false;
    expect(await smsc.sendSms('8613800000001', 'b', { part: { ...part, part: 2 } })).toBe(0);
    expect(kept).toEqual(['ab']);
  });
});
