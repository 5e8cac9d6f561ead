import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { crashRun } from '../chaos/crash-run.ts';
import { type Mosquitto, startMosquitto } from '../support/mosquitto.ts';
import { type RedisServer, startRedis } from '../support/redis.ts';
import { startTestService, type TestService } from '../support/service.ts';

let mosquitto: Mosquitto;
let redis: RedisServer;

beforeAll(async () => {
  mosquitto = await startMosquitto();
  redis = await startRedis();
});
afterAll(async () => {
  await mosquitto?.stop();
  await redis?.stop();
});

it('loses and doubles nothing when killed while Mosquitto holds the message', async () => {
  const rounds = 3;
  const external = { mqttUrl: mosquitto.url, mosquittoDir: mosquitto.dir, redisUrl: redis.url };
  const result = await crashRun({ rounds, seed: 11, print: () => undefined, external });
  expect(result).toMatchObject({ published: rounds, wrongLinks: 0, lostSms: 0 });
  expect(result.incidents).toBe(rounds + 5);
}, 180_000);

describe('with Mosquitto', () => {
  let town: TestService;
  beforeAll(async () => {
    town = await startTestService();
  });
  afterAll(() => town?.stop());

  const register = async (id: string) =>
    (
      await town.call<{ secret: string }>('POST', 'devices', {
        id,
        kind: 'camera',
        name: id,
        lon: 113.27,
        lat: 26.71,
      })
    ).body.secret;

  it('a registered device gets in within seconds, a revoked one does not, others never', async () => {
    const secret = await register('cam-in');
    const camera = await town.connect('cam-in', secret);
    expect(camera.connected).toBe(true);
    const attempt = (password: string) =>
      mqtt.connectAsync(town.service.mqttUrl(), {
        username: 'cam-in',
        password,
        reconnectPeriod: 0,
      });
    await expect(attempt('wrong')).rejects.toThrow(/not authorized/i);
    const revoked = await town.call('POST', 'devices/cam-in/revoke');
    expect(revoked.status).toBeLessThan(300);
    await vi.waitFor(() => expect(attempt(secret)).rejects.toThrow(/not authorized/i), {
      timeout: 10_000,
      interval: 200,
    });
  });

  it('a revoked device that is connected has nothing taken, at once, and is cut off by the broker', async () => {
    const camera = await town.connect('cam-open', await register('cam-open'));
    const report = (id: string) =>
      camera.publishAsync(
        'fengsui/v1/camera/cam-open/detection',
        JSON.stringify({ id, at: new Date(), kind: 'smoke', confidence: 0.9, azimuthDeg: 10 }),
        { qos: 1 },
      );
    const detections = async () => {
      const { rows } = await town.database.pool.query<{ id: string }>(
        `select dedupe_key as id from detection where device_id = 'cam-open'`,
      );
      return rows.map(({ id }) => id);
    };
    await report('before');
    await vi.waitFor(async () => expect(await detections()).toEqual(['id:before']));
    await town.call('POST', 'devices/cam-open/revoke');
    // Within the 300 ms in which the files wait for more changes: the broker still admits it.
    await report('after');
    await vi.waitFor(async () => {
      const { body } = await town.call<{ items: { code: string; topic: string }[] }>(
        'GET',
        'dead-letters',
      );
      expect(body.items).toContainEqual(
        expect.objectContaining({
          code: 'revoked_device',
          topic: 'fengsui/v1/camera/cam-open/detection',
        }),
      );
    });
    expect(await detections()).toEqual(['id:before']);
    await vi.waitFor(() => expect(camera.connected).toBe(false), { timeout: 10_000 });
  });

  it('a device cannot listen to what is not its own', async () => {
    const secret = await register('cam-ears');
    const ears = await town.connect('cam-ears', secret);
    const heard: string[] = [];
    ears.on('message', (topic) => void heard.push(topic));
    await ears.subscribeAsync('fengsui/v1/+/+/+', { qos: 1 });
    const voice = await town.connect('cam-voice', await register('cam-voice'));
    await voice.publishAsync('fengsui/v1/camera/cam-voice/status', 'online', { qos: 1 });
    await ears.publishAsync('fengsui/v1/camera/cam-ears/status', 'online', { qos: 1 });
    await vi.waitFor(() => expect(heard).toEqual(['fengsui/v1/camera/cam-ears/status']));
  });
});
