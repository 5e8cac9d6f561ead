import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AccessRole } from '../../src/shared/http.ts';
import { givenPerson } from '../support/person.ts';
import { phoneOf } from '../support/phone.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { type Smsc, startSmsc } from '../support/smsc.ts';

type Event = { type: string; actor: string; at: string; data: Record<string, unknown> };

const HOUR_MS = 3_600_000;

describe('a fire at night', () => {
  let smsc: Smsc;
  let town: TestService;
  let ids: Record<'officer' | 'second' | 'leader' | 'county', string>;

  beforeAll(async () => {
    smsc = await startSmsc({ autoReceipt: 'DELIVRD' });
    town = await startTestService({ SMPP_URL: smsc.url });
    const person = (name: string, roles: AccessRole[], phone: string): Promise<string> =>
      givenPerson(town, { name, roles, regionIds: ['default'], locale: 'en', phone });
    ids = {
      officer: await person('Li', ['duty_officer'], '+8613800000001'),
      second: await person('Chen', ['viewer'], '+8613800000002'),
      leader: await person('Wang', ['dispatcher'], '+8613800000003'),
      county: await person('Zhao', ['viewer'], '+8613800000004'),
    };
    const shift = await town.call('POST', 'shifts', {
      personId: ids.officer,
      regionId: 'default',
      from: new Date(Date.now() - HOUR_MS).toISOString(),
      to: new Date(Date.now() + HOUR_MS).toISOString(),
    });
    expect(shift.status).toBe(201);
    const camera = await town.call('POST', 'devices', {
      id: 'cam-001',
      kind: 'camera',
      name: 'Tower 3',
      lon: 113.27,
      lat: 26.71,
    });
    expect(camera.status).toBe(201);
    const policy = await town.call('POST', 'policies', {
      id: 'short',
      name: 'Seconds instead of minutes',
      regionIds: ['default'],
      steps: [
        { afterS: 0, to: [{ onDuty: true }], channels: ['sms'] },
        { afterS: 1, to: [{ onDuty: true }], channels: ['voice', 'sms'] },
        { afterS: 2, to: [{ role: 'dispatcher' }], channels: ['sms'] },
        { afterS: 4, to: [{ personId: ids.county }, { onDuty: true }], channels: ['sms'] },
      ],
    });
    expect(policy.status).toBe(201);
  });
  afterAll(async () => {
    await town?.stop();
    await smsc?.stop();
  });

  let fires = 0;
  const smoke = async (): Promise<string> => {
    fires += 1;
    const { status, body } = await town.call<{ incidentId: string }>('POST', 'detections', {
      deviceId: 'cam-001',
      id: `alarm-${String(fires)}`,
      at: new Date().toISOString(),
      kind: 'smoke',
      confidence: 0.9,
      lon: 113.27 + fires * 0.1,
      lat: 26.71,
    });
    expect([200, 201, 202]).toContain(status);
    return body.incidentId;
  };
  const events = async (id: string): Promise<Event[]> =>
    (await town.call<{ items: Event[] }>('GET', `incidents/${id}/events`)).body.items;
  const lateMs = (list: readonly Event[]): number[] =>
    list
      .filter(({ type }) => type === 'escalated')
      .map(({ at, data }) => Date.parse(at) - Date.parse(String(data['dueAt'])));

  it('climbs in silence until somebody answers, who then has it alone', async () => {
    const officer = phoneOf(smsc, '8613800000001');
    const second = phoneOf(smsc, '8613800000002');
    const leader = phoneOf(smsc, '8613800000003');
    const county = phoneOf(smsc, '8613800000004');
    const id = await smoke();
    await officer.expectSms(/Possible fire/);
    await officer.expectSms(/UNTAKEN fire/);
    await leader.expectSms(/UNTAKEN fire/);
    second.expectNothing();
    county.expectNothing();
    await leader.reply('1');
    await vi.waitFor(
      async () => {
        const incident = await town.call('GET', `incidents/${id}`);
        expect(incident.body).toMatchObject({ status: 'acknowledged' });
      },
      { timeout: 10_000 },
    );
    const timeline = await events(id);
    expect(timeline.at(-1)).toMatchObject({
      type: 'acknowledged',
      actor: `person:${ids.leader}`,
    });
    // The next fire climbs further than this one would have by then, and the county hears of that one alone.
    const next = await smoke();
    await officer.expectSms(/Possible fire/);
    await officer.expectSms(/UNTAKEN/);
    await leader.expectSms(/UNTAKEN/);
    await officer.expectSms(/UNTAKEN/);
    const { text } = await county.expectSms(/UNTAKEN/);
    const { body } = await town.call<{ number: string }>('GET', `incidents/${next}`);
    expect(text).toContain(body.number);
    expect(await events(id)).toEqual(timeline);
    for (const phone of [officer, second, leader, county]) phone.expectNothing();

    const late = [...lateMs(timeline), ...lateMs(await events(next))];
    process.stdout.write(`steps late by ${late.join(', ')} ms\n`);
    expect(late).toHaveLength(5);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...late)).toBeLessThan(2_000);
  });
});
