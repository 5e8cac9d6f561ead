import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { findIncident, listEvents } from '../../../src/incidents/index.ts';
import type { Person } from '../../../src/people/person.ts';
import type { Policy } from '../../../src/shared/policy.ts';
import { type Smsc, startSmsc } from '../../support/smsc.ts';
import { createHarness } from './notify-harness.ts';

const OFFICER = '8613800000001';
const CHIEF = '8613800000002';

describe('SMS replies', () => {
  let harness: Awaited<ReturnType<typeof createHarness>>;
  let smsc: Smsc;
  let officer: Person;
  let chief: Person;
  let outcomes: string[];

  beforeAll(async () => {
    harness = await createHarness();
    officer = await harness.person([{ channel: 'sms', address: OFFICER }]);
    chief = await harness.person([{ channel: 'sms', address: CHIEF }], ['viewer']);
  });
  afterAll(() => harness.close());
  beforeEach(async () => {
    smsc = await startSmsc();
    await start();
  });
  afterEach(async () => {
    await harness.stopAll();
    await smsc.stop();
    // What a test left open must not make the replies of the next ambiguous.
    await harness.pool.query(`update notification set created_at = created_at - interval '2 days'`);
    await harness.pool.query(
      `update inbound_message set received_at = received_at - interval '2 days'`,
    );
  });

  const start = async () => {
    const replies = await harness.startReplies();
    ({ outcomes } = replies);
    const notify = await harness.start({
      channels: { sms: [{ smpp: { url: smsc.url } }] },
      onSms: replies.onSms,
      tuning: { smpp: { reconnectBaseMs: 20, reconnectMaxMs: 50 } },
    });
    await smsc.waitForBind();
    return notify;
  };
  const steps = (): Policy['steps'] => [
    { afterS: 0, to: [{ personId: officer.id }], channels: ['sms'] },
    { afterS: 3600, to: [{ personId: officer.id }], channels: ['sms'] },
    { afterS: 7200, to: [{ personId: chief.id }, { personId: officer.id }], channels: ['sms'] },
  ];
  /** A fire the officer has been told of, and the code its SMS named. */
  const fire = async () => {
    const { alert } = await harness.openIncident(steps());
    const sms = await smsc.waitForSms(
      ({ to, text }) => to === OFFICER && text.includes(alert.number),
    );
    return { ...alert, code: /编号(\d{3})/.exec(sms.text)?.[1] ?? 'none' };
  };
  const statusOf = async (id: string) => (await findIncident(harness.pool, id))?.status;
  const dealtWith = (list: string[]) =>
    vi.waitFor(() => expect(outcomes).toEqual(list), { timeout: 10_000 });
  const inbound = async () => {
    const { rows } = await harness.pool.query<{ text: string; outcome: string; person_id: string }>(
      'select text, outcome, person_id from inbound_message order by id desc',
    );
    return rows;
  };

  it.each([OFFICER, `+${OFFICER}`, '13800000001'])('1 from %s takes the incident', async (from) => {
    const { incidentId } = await fire();
    const sent = smsc.messages.length;
    expect(await smsc.sendSms(from, '1', { coding: 'gsm' })).toBe(0);
    await dealtWith(['acknowledged']);
    expect(await statusOf(incidentId)).toBe('acknowledged');
    const events = await listEvents(harness.pool, { incidentId, limit: 10 });
    expect(events).toMatchObject([{ type: 'acknowledged', actor: `person:${officer.id}` }]);
    expect((await inbound())[0]).toEqual({
      text: '1',
      outcome: 'acknowledged',
      person_id: officer.id,
    });
    expect(smsc.messages).toHaveLength(sent);
  });

  it('asks which one is meant when two are open, and does what is then said', async () => {
    const first = await fire();
    const second = await fire();
    await smsc.sendSms(OFFICER, '1');
    const question = await smsc.waitForSms(({ text }) => text.includes('多起火情'));
    expect(question).toMatchObject({ to: OFFICER });
    expect(question.text).toContain(`${second.code} 1接警${second.number}`);
    expect(question.text).toContain(`${first.code} 1接警${first.number}`);
    expect([await statusOf(first.incidentId), await statusOf(second.incidentId)]).toEqual([
      'reported',
      'reported',
    ]);
    await smsc.sendSms(OFFICER, `${first.code} 1`);
    await dealtWith(['asked which', 'acknowledged']);
    expect(await statusOf(first.incidentId)).toBe('acknowledged');
    expect(await statusOf(second.incidentId)).toBe('reported');
  });

  it('2 asks, and a second 2 dismisses', async () => {
    const { incidentId, number, code } = await fire();
    await smsc.sendSms(OFFICER, '2');
    const question = await smsc.waitForSms(({ text }) => text.includes('确认是误报'));
    expect(question.text).toBe(`【烽燧】火情${number}：确认是误报，请在10分钟内再回复${code} 2。`);
    expect(await statusOf(incidentId)).toBe('reported');
    await vi.waitFor(async () => {
      const rows = await harness.rows(incidentId);
      expect(rows.find(({ text }) => text.includes('确认'))?.status).toBe('submitted');
    });
    await smsc.sendSms(OFFICER, '2');
    await dealtWith(['asked whether false alarm', 'dismissed']);
    expect(await findIncident(harness.pool, incidentId)).toMatchObject({
      status: 'dismissed',
      dismissedReason: 'SMS: false alarm',
    });
  });

  it('2 after more than ten minutes asks again', async () => {
    const { incidentId } = await fire();
    await smsc.sendSms(OFFICER, '2');
    await dealtWith(['asked whether false alarm']);
    await harness.pool.query(
      `update inbound_message set received_at = received_at - interval '11 minutes'`,
    );
    await smsc.sendSms(OFFICER, '2');
    await dealtWith(['asked whether false alarm', 'asked whether false alarm']);
    expect(await statusOf(incidentId)).toBe('reported');
  });

  it('is no second reply when the centre brings it again, on the same line or after it was lost', async () => {
    const { incidentId } = await fire();
    await smsc.sendSms(OFFICER, '2', { sequenceNumber: 7001 });
    await dealtWith(['asked whether false alarm']);
    await smsc.waitForSms(({ text }) => text.includes('确认是误报'));
    expect(await smsc.sendSms(OFFICER, '2', { sequenceNumber: 7001 })).toBe(0);
    smsc.refuseBinds(true);
    smsc.dropConnections();
    await vi.waitFor(() => expect(smsc.boundSessions()).toBe(0));
    smsc.refuseBinds(false);
    await smsc.waitForBind();
    expect(await smsc.sendSms(OFFICER, '2', { sequenceNumber: 1 })).toBe(0);
    // A later one through the same desk shows that the repeats have been through it.
    await smsc.sendSms('10086', 'marker');
    await dealtWith(['asked whether false alarm', 'unknown sender']);
    expect(await statusOf(incidentId)).toBe('reported');
  });

  it('is a reply of its own when it is the same text as one before, on a line that has been up', async () => {
    const first = await fire();
    await smsc.sendSms(OFFICER, '1');
    await dealtWith(['acknowledged']);
    const second = await fire();
    await smsc.sendSms(OFFICER, '1');
    await dealtWith(['acknowledged', 'acknowledged']);
    expect(await statusOf(first.incidentId)).toBe('acknowledged');
    expect(await statusOf(second.incidentId)).toBe('acknowledged');
  });

  it('0 brings the next person at once, and leaves the one who cannot come in peace', async () => {
    const { incidentId } = await fire();
    await harness.startEscalator();
    const before = smsc.messages.length;
    await smsc.sendSms(OFFICER, '0');
    const sms = await smsc.waitForSms(({ to }) => to === CHIEF);
    expect(sms.text).toContain('无人接警');
    await dealtWith(['declined']);
    expect(smsc.messages.slice(before).map(({ to }) => to)).toEqual([CHIEF]);
    const events = await listEvents(harness.pool, { incidentId, limit: 10 });
    expect(events.map(({ type, data }) => [type, data['step']])).toEqual([
      ['declined', undefined],
      ['escalated', 1],
      ['escalated', 2],
    ]);
    expect(events[1]?.data).toMatchObject({ passedOver: true });
    await smsc.sendSms(OFFICER, '0');
    await dealtWith(['declined', 'declined']);
    expect(await listEvents(harness.pool, { incidentId, limit: 10 })).toHaveLength(3);
    await smsc.sendSms(CHIEF, '1');
    await dealtWith(['declined', 'declined', 'acknowledged']);
  });

  it('tells who has it when it is too late', async () => {
    const { incidentId, number } = await fire();
    await harness.act(incidentId, 'verify', { actor: `person:${chief.id}` });
    await smsc.sendSms(OFFICER, '1');
    const answer = await smsc.waitForSms(({ text }) => text.includes('核实'));
    expect(answer.text).toBe(`【烽燧】火情${number}已由李明核实。`);
    expect(await statusOf(incidentId)).toBe('verified');
  });

  it('helps whoever is not understood, but does not go on for ever', async () => {
    const { code } = await fire();
    const before = smsc.messages.length;
    for (let n = 0; n < 8; n++) await smsc.sendSms(OFFICER, `收到 ${'!'.repeat(n)}`);
    await dealtWith(Array.from({ length: 8 }, () => 'not understood'));
    await vi.waitFor(() => expect(smsc.messages.length - before).toBe(5));
    expect(smsc.messages.at(-1)?.text).toContain(
      `请回复${code} 1接警、${code} 2误报、${code} 0不能到`,
    );
  });

  it('acts on nothing from a number that was not told, and answers nothing', async () => {
    const { incidentId } = await fire();
    const before = smsc.messages.length;
    for (const from of [CHIEF, '10086', '8613911112222', '']) {
      expect(await smsc.sendSms(from, '1')).toBe(0);
    }
    await dealtWith(Array.from({ length: 4 }, () => 'unknown sender'));
    expect(await statusOf(incidentId)).toBe('reported');
    expect(smsc.messages).toHaveLength(before);
  });

  it('acts after a restart on what was kept before', async () => {
    const { incidentId } = await fire();
    await harness.stopAll();
    await harness.pool.query(
      `insert into inbound_message (provider, line_id, sequence_number, sender, recipient, text, received_at)
       values ('smpp', gen_random_uuid(), 1, $1, '10690001', '1', now())`,
      [OFFICER],
    );
    await start();
    await dealtWith(['acknowledged']);
    expect(await statusOf(incidentId)).toBe('acknowledged');
  });
});
