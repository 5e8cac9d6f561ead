import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { geodesicDirect } from '../../src/shared/geo.ts';
import { givenPerson } from '../support/person.ts';
import { phoneOf } from '../support/phone.ts';
import { remoteIdMessage, type Said } from '../support/remote-id-fixtures.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { type Smsc, startSmsc } from '../support/smsc.ts';

type Aircraft = { id: string; lon: number; incidentIds: string[]; track: unknown[] };
type Event = { type: string; actor: string; data: Record<string, unknown> };

const WITHIN = { timeout: 20_000, interval: 100 };
const FOREIGN = '1581F4FOREIGN0000001';
const OURS = '1581F4OURS00000000001'.slice(0, 20);
const FIRE = [113.27, 26.71] as const;

let smsc: Smsc;
let town: TestService;
let configDir: string;
let receiver: MqttClient;

beforeAll(async () => {
  smsc = await startSmsc({ autoReceipt: 'DELIVRD' });
  configDir = await mkdtemp(join(tmpdir(), 'fengsui-airspace-'));
  const county = JSON.parse(await readFile('config/county.json', 'utf8')) as object;
  const airspace = { radiusM: 2000, leaveAfterS: 8 };
  await writeFile(join(configDir, 'county.json'), JSON.stringify({ ...county, airspace }));
  town = await startTestService({ SMPP_URL: smsc.url, CONFIG_DIR: configDir });
  const device = async (body: Record<string, unknown>): Promise<string> => {
    const answer = await town.call<{ secret: string }>('POST', 'devices', body);
    expect(answer.status).toBe(201);
    return answer.body.secret;
  };
  const [lon, lat] = FIRE;
  await device({ id: 'cam-001', kind: 'camera', name: 'Tower 3', lon, lat });
  await device({ id: 'drone-7', kind: 'drone', name: 'Ours', remoteId: OURS.toLowerCase() });
  receiver = await town.connect(
    'rid-1',
    await device({ id: 'rid-1', kind: 'gateway', name: 'Receiver on the town hall' }),
  );
  await givenPerson(town, {
    name: '李明',
    roles: ['duty_officer'],
    regionIds: ['default'],
    phone: '+8613800000001',
  });
  const policy = { id: 'once', name: 'Once', regionIds: ['default'] };
  const steps = [{ afterS: 0, to: [{ onDuty: true }], channels: ['sms'] }];
  expect((await town.call('POST', 'policies', { ...policy, steps })).status).toBe(201);
}, 60_000);
afterAll(async () => {
  await town?.stop();
  await smsc?.stop();
  await rm(configDir, { recursive: true, force: true });
});

const publish = (payload: unknown): Promise<unknown> =>
  receiver.publishAsync(
    'fengsui/v1/gateway/rid-1/remote-id',
    typeof payload === 'string' ? payload : JSON.stringify(payload),
    { qos: 1 },
  );
/** A drone so far east of the fire. */
const flies = async (distanceM: number, said: Said = {}): Promise<void> => {
  const [lon, lat] = geodesicDirect(FIRE, 90, distanceM);
  await publish(remoteIdMessage({ lon, lat, heightM: 120, ...said }, { timestamp: Date.now() }));
};
const listed = async (): Promise<Aircraft[]> => {
  const { status, body } = await town.call<{ items: Aircraft[] }>('GET', 'airspace/aircraft');
  expect(status).toBe(200);
  return body.items;
};
const told = async (incidentId: string): Promise<Event[]> =>
  (await town.call<{ items: Event[] }>('GET', `incidents/${incidentId}/events`)).body.items.filter(
    ({ type }) => type === 'foreign_aircraft',
  );

describe('a drone that is not ours', () => {
  let incidentId: string;
  let phone: ReturnType<typeof phoneOf>;

  it('is listed where it flies; ours are not', async () => {
    phone = phoneOf(smsc, '8613800000001');
    await flies(820, { operator: [113.2, 26.7] });
    await flies(300, { serial: OURS });
    await vi.waitFor(async () => expect(await listed()).toHaveLength(1), WITHIN);
    const [foreign] = await listed();
    expect(foreign).toMatchObject({
      id: FOREIGN,
      state: 'airborne',
      heightM: 120,
      heightRef: 'takeoff',
      operator: { lon: 113.2, lat: 26.7 },
      receiverId: 'rid-1',
      incidentIds: [],
    });
    expect(foreign?.track).toHaveLength(1);
    expect((await town.call('GET', 'airspace/aircraft', undefined, null)).status).toBe(401);
  });

  it('is told of by SMS when a fire breaks out below it, once however it flaps at the edge', async () => {
    const [lon, lat] = FIRE;
    const detection = { kind: 'smoke', confidence: 0.9, lon, lat, at: new Date().toISOString() };
    const opened = await town.call<{ incidentId: string }>('POST', 'detections', {
      deviceId: 'cam-001',
      id: 'alarm-1',
      ...detection,
    });
    ({ incidentId } = opened.body);
    await phone.expectSms(/疑似火情/);
    const { text } = await phone.expectSms(/不明无人机进入火场空域/);
    expect(text).toMatch(/距火点8[12]\d米，高120米，编号1581F4FOREIGN0000001/);
    expect(text).toContain('操控者经纬度113.20000,26.70000');

    // Each longer than the two seconds in which the service looks, and in all longer than an aircraft may be away.
    const until = Date.now() + 11_000;
    let inside = false;
    await vi.waitFor(
      async () => {
        inside = !inside;
        await flies(inside ? 1_900 : 2_600);
        expect(Date.now()).toBeGreaterThan(until);
      },
      { timeout: 20_000, interval: 2_500 },
    );
    expect(await told(incidentId)).toMatchObject([
      {
        actor: 'device:rid-1',
        data: { state: 'entered', aircraftId: FOREIGN, heightM: 120, told: [expect.any(String)] },
      },
    ]);
    expect((await listed())[0]?.incidentIds).toEqual([incidentId]);
    phone.expectNothing();
  });

  it('is told of as gone when it was away for long enough, and anew when it comes back', async () => {
    await flies(9_000);
    await vi.waitFor(async () => expect(await told(incidentId)).toHaveLength(2), WITHIN);
    expect((await told(incidentId))[1]).toMatchObject({
      actor: 'system',
      data: { state: 'left', aircraftId: FOREIGN },
    });
    phone.expectNothing();
    await flies(1_000);
    await phone.expectSms(/距火点1.0公里/);
  });

  it('is not mistaken for one of ours once that is registered', async () => {
    const one = { id: FOREIGN, kind: 'drone', name: 'Bought today' };
    expect((await town.call('POST', 'devices', one)).status).toBe(201);
    expect(await listed()).toEqual([]);
    await flies(500);
    expect(await listed()).toEqual([]);
  });

  it('makes a dead letter of what cannot be read', async () => {
    await publish('garbage');
    await publish(remoteIdMessage({}, { UASdata: 'AA==' }));
    await vi.waitFor(async () => {
      const { body } = await town.call<{ items: { reason: string; topic: string }[] }>(
        'GET',
        'dead-letters',
      );
      const reasons = body.items.map(({ reason }) => reason);
      expect(reasons).toEqual(
        expect.arrayContaining([
          expect.stringContaining('not JSON'),
          expect.stringContaining('/data/UASdata has 1 bytes'),
        ]),
      );
    }, WITHIN);
    await publish({ protocol: 1, status: { 'sensor ID': 'x', status: 'normal' } });
    await vi.waitFor(async () => {
      const { body } = await town.call<{ latest: { online: boolean } | null }>(
        'GET',
        'devices/rid-1',
      );
      expect(body.latest?.online).toBe(true);
    }, WITHIN);
  });
});
