import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestService, type TestService } from '../../support/service.ts';

let town: TestService;

beforeAll(async () => {
  town = await startTestService();
});
afterAll(() => town?.stop());

const loggedIn = async (id: string): Promise<{ client: MqttClient; secret: string }> => {
  const body = { id, kind: 'camera', name: id, lon: 113.27, lat: 26.71 };
  const { body: made } = await town.call<{ secret: string }>('POST', 'devices', body);
  return { client: await town.connect(id, made.secret), secret: made.secret };
};
const revoke = async (id: string): Promise<void> => {
  expect((await town.call('POST', `devices/${id}/revoke`)).status).toBe(200);
};
const isCut = (client: MqttClient) =>
  vi.waitFor(() => expect(client.connected).toBe(false), { timeout: 10_000 });
/** Waits, since an external broker reads its files a moment later. */
const isRefused = (username: string, password: string) =>
  vi.waitFor(
    () =>
      expect(
        mqtt.connectAsync(town.service.mqttUrl(), { username, password, reconnectPeriod: 0 }),
      ).rejects.toThrow(/not authorized|bad user/i),
    { timeout: 10_000 },
  );
const knock = async (id: string, secret: string): Promise<number> => {
  const url = `${new URL(town.service.httpUrl()).origin}/equipment/hikvision/${id}/${secret}`;
  return (await fetch(url, { method: 'POST', body: '<a/>' })).status;
};

describe('a revoked device', () => {
  it('is cut off while it is connected, and let in again with a new secret only', async () => {
    const { client, secret } = await loggedIn('cam-cut');
    expect(await knock('cam-cut', secret)).not.toBe(401);
    await revoke('cam-cut');
    await isCut(client);
    await isRefused('cam-cut', secret);
    expect(await knock('cam-cut', secret)).toBe(401);
    const { body } = await town.call<{ secret: string }>('POST', 'devices/cam-cut/secret');
    // Who logs in while the change is still being told is asked to try again.
    const again = await vi.waitFor(() => town.connect('cam-cut', body.secret), { timeout: 10_000 });
    expect(again.connected).toBe(true);
    await isRefused('cam-cut', secret);
  });

  it('is cut off by a new secret too: who holds the old one may be a thief', async () => {
    const { client } = await loggedIn('cam-rotated');
    expect((await town.call('POST', 'devices/cam-rotated/secret')).status).toBe(200);
    await isCut(client);
  });

  it('is found out when it was revoked while the service could not hear of it; others stay', async () => {
    const { client } = await loggedIn('cam-unheard');
    const { client: other } = await loggedIn('cam-in-use');
    // The notice of a change made while nothing listens is lost.
    await town.database.pool.query('alter table mqtt_credential disable trigger user');
    await revoke('cam-unheard');
    await town.database.pool.query('alter table mqtt_credential enable trigger user');
    expect(client.connected).toBe(true);
    await town.database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'fengsui-listen' and datname = current_database()`,
    );
    await isCut(client);
    expect(other.connected).toBe(true);
  });

  it('has nothing taken that is reported in its name, and that is kept', async () => {
    await loggedIn('cam-named');
    await revoke('cam-named');
    const report = {
      deviceId: 'cam-named',
      at: new Date().toISOString(),
      kind: 'smoke',
      confidence: 0.9,
      azimuthDeg: 10,
    };
    await vi.waitFor(async () => {
      const { status } = await town.call('POST', 'detections', report);
      expect(status).toBe(422);
    });
    const { body } = await town.call<{ items: { code: string }[] }>('GET', 'dead-letters');
    expect(body.items).toContainEqual(expect.objectContaining({ code: 'revoked_device' }));
  });
});
