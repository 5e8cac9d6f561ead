import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AccessRole } from '../../../src/shared/http.ts';
import { createDjiDock } from '../../support/dji-dock.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { givenAccount } from '../api/api-harness.ts';

type Login = { host: string; username: string; password: string };
type Problem = { detail: string };

const RC = '4LFCL5T001RC';
const app = { DJI_APP_ID: '123456', DJI_APP_KEY: 'key', DJI_APP_LICENSE: 'licence' };

let town: TestService;
let operator = '';
const clients: MqttClient[] = [];

const loginAs = async (username: string, roles: readonly AccessRole[]): Promise<string> => {
  const password = 'correct-horse-battery';
  await givenAccount(town.database, username, { password, roles });
  return town.logIn(username, password);
};
const logIn = <T = Login>(gatewaySn: string, token = operator) =>
  town.call<T>('POST', 'pilot/login', { gatewaySn }, token);
/** As Pilot 2 does: by what it was given. An external broker knows the login a moment later. */
const connect = ({ username, password }: Login): Promise<MqttClient> =>
  vi.waitFor(
    async () => {
      const url = new URL(town.service.mqttUrl()).toString();
      const client = await mqtt.connectAsync(url, { username, password, reconnectPeriod: 0 });
      clients.push(client);
      return client;
    },
    { timeout: 10_000 },
  );

beforeAll(async () => {
  town = await startTestService({ ...app, MQTT_PUBLIC_URL: 'mqtts://fire.example.org:8883' });
  operator = await loginAs('pilot', ['operator']);
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.endAsync(true)));
  await town?.stop();
});

describe('a controller with Pilot 2', () => {
  it('is told what to check and show', async () => {
    const { status, body } = await town.call('GET', 'pilot', undefined, operator);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      platform: '烽燧 Fengsui',
      appId: '123456',
      appKey: 'key',
      appLicense: 'licence',
    });
    expect((await town.call('GET', 'pilot', undefined, operator)).body).toEqual(body);
  });

  it('is registered, gets in, and brings its aircraft as a dock does', async () => {
    const { status, body } = await logIn(RC);
    expect(status).toBe(200);
    expect(body).toMatchObject({ host: 'ssl://fire.example.org:8883', username: RC });
    const rc = await createDjiDock(await connect(body), RC);
    const topology = {
      domain: '2',
      type: 174,
      sub_type: 0,
      sub_devices: [{ sn: 'RC-AIRCRAFT', domain: '0', type: 99, sub_type: 0 }],
    };
    expect((await rc.ask('status', 'update_topo', topology)).data).toEqual({ result: 0 });
    const { body: aircraft } = await town.call('GET', 'devices/RC-AIRCRAFT');
    expect(aircraft).toMatchObject({ kind: 'drone', gatewayId: RC });
    expect((await town.call('GET', `devices/${RC}`)).body).toMatchObject({
      kind: 'dock',
      properties: { controller: true, registeredBy: 'user:pilot', modelKey: '2-174-0' },
    });
    const { body: events } = await town.call<{ items: unknown[] }>('GET', `devices/${RC}/events`);
    expect(events.items).toContainEqual(
      expect.objectContaining({ method: 'pilot_login', data: { by: 'user:pilot' } }),
    );
  });

  it('ends its connection before when it logs in anew', async () => {
    const before = await connect((await logIn(RC)).body);
    const { body } = await logIn(RC);
    await vi.waitFor(() => expect(before.connected).toBe(false), { timeout: 10_000 });
    expect((await connect(body)).connected).toBe(true);
  });

  it('is not a dock, and does not get in again once an admin has revoked it', async () => {
    const dock = { id: 'PILOT-DOCK', kind: 'dock', name: 'D', lon: 113.2, lat: 26.7 };
    await town.call('POST', 'devices', dock);
    const refused = await logIn<Problem>('PILOT-DOCK');
    expect([refused.status, refused.body.detail]).toEqual([
      409,
      expect.stringContaining('not registered as a controller'),
    ]);
    await town.call('POST', `devices/${RC}/revoke`);
    const revoked = await logIn<Problem>(RC);
    expect([revoked.status, revoked.body.detail]).toEqual([
      409,
      expect.stringContaining('was revoked'),
    ]);
  });

  it('is for those who fly or run an incident', async () => {
    const viewer = await loginAs('viewer', ['viewer']);
    expect((await logIn('RC-2', viewer)).status).toBe(403);
    expect((await town.call('GET', 'pilot', undefined, viewer)).status).toBe(403);
    expect((await town.call('POST', 'pilot/login', { gatewaySn: 'RC-2' }, null)).status).toBe(401);
    expect((await logIn('a/b')).status).toBe(400);
  });
});
