import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { hashSecret, mosquittoFiles } from '../../../src/devices/index.ts';
import { freePort, waitForPort } from '../../support/mosquitto.ts';

const CONFIG_DIR = fileURLToPath(new URL('../../../config/mosquitto', import.meta.url));
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`;
const installed = spawnSync('mosquitto', ['-h'], { env: { PATH } }).error === undefined;
const SERVICE = { username: 'fengsui', password: 'service-secret' };

// `npm run test:services` fails without Mosquitto, so there this is never left out.
describe.skipIf(!installed)('config/mosquitto with a real Mosquitto 2', () => {
  let dir: string;
  let devicePort: number;
  let servicePort: number;
  let broker: ChildProcess;
  const clients: MqttClient[] = [];

  /** The shipped files, with the container's paths and ports replaced. */
  const start = async (): Promise<void> => {
    broker = spawn('sh', [join(CONFIG_DIR, 'entrypoint.sh')], {
      stdio: 'ignore',
      env: {
        PATH,
        SHARED_DIR: join(dir, 'shared'),
        AUTH_DIR: join(dir, 'auth'),
        CONFIG: join(dir, 'mosquitto.conf'),
        API_UID: String(process.getuid?.() ?? 0),
        MQTT_USER: SERVICE.username,
        MQTT_PASSWORD: SERVICE.password,
      },
    });
    await waitForPort(servicePort);
  };
  const stop = async (): Promise<void> => {
    const exited = once(broker, 'exit');
    broker.kill('SIGTERM');
    await exited;
  };

  const connect = async (
    port: number,
    options: IClientOptions & { username: string },
  ): Promise<MqttClient> => {
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
      reconnectPeriod: 0,
      ...options,
    });
    client.on('error', () => undefined);
    clients.push(client);
    return client;
  };
  const service = (clientId: string): Promise<MqttClient> =>
    connect(servicePort, {
      ...SERVICE,
      clientId,
      protocolVersion: 5,
      clean: false,
      properties: { sessionExpiryInterval: 3600 },
    });

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'fengsui-broker-'));
    // Started as root, Mosquitto goes on as its own user.
    await chmod(dir, 0o755);
    await mkdir(join(dir, 'data'));
    await chmod(join(dir, 'data'), 0o777);
    [devicePort, servicePort] = [await freePort(), await freePort()];
    const config = readFileSync(join(CONFIG_DIR, 'mosquitto.conf'), 'utf8')
      .replaceAll('/mosquitto/', `${dir}/`)
      .replace('listener 1883', `listener ${devicePort} 127.0.0.1`)
      .replace('listener 1884', `listener ${servicePort} 127.0.0.1`);
    await writeFile(join(dir, 'mosquitto.conf'), config);
    await start();
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.endAsync(true)));
  });
  afterAll(async () => {
    await stop();
    await rm(dir, { recursive: true, force: true });
  });

  const registerCamera = async (): Promise<void> => {
    const files = mosquittoFiles(
      [
        {
          owner: 'device',
          id: 'cam-1',
          kind: 'camera',
          gatewayId: null,
          secretHash: hashSecret('one'),
        },
      ],
      { username: SERVICE.username, secretHash: hashSecret(SERVICE.password) },
    );
    await writeFile(join(dir, 'shared', 'acl'), files.acl);
    await writeFile(join(dir, 'shared', 'passwd'), files.passwd);
  };
  const camera = (clientId = 'any'): Promise<MqttClient> =>
    connect(devicePort, { username: 'cam-1', password: 'one', clientId });

  test('at first only the service may come in; a device once the api has written its files', async () => {
    await (await service('first')).publishAsync('fengsui/health', '', { qos: 1 });
    await expect(camera()).rejects.toThrow('Not authorized');
    await expect(mqtt.connectAsync(`mqtt://127.0.0.1:${devicePort}`)).rejects.toThrow(
      'Not authorized',
    );
    await registerCamera();
    await vi.waitFor(camera, { timeout: 10_000, interval: 200 });
  });

  test('what ingest has not taken waits for it, also over a restart of the broker', async () => {
    const ingest = await service('fengsui:ingest');
    // Not shared: Mosquitto 2.0.11 (Debian 12) forgets shared subscriptions over its restart.
    await ingest.subscribeAsync('fengsui/v1/+/+/detection', { qos: 1 });
    await ingest.endAsync();
    await (await camera()).publishAsync('fengsui/v1/camera/cam-1/detection', 'before', { qos: 1 });
    await stop();
    await start();
    await (await camera()).publishAsync('fengsui/v1/camera/cam-1/detection', 'after', { qos: 1 });

    const received: string[] = [];
    const again = mqtt.connect(`mqtt://127.0.0.1:${servicePort}`, {
      ...SERVICE,
      clientId: 'fengsui:ingest',
      protocolVersion: 5,
      clean: false,
      properties: { sessionExpiryInterval: 3600 },
      reconnectPeriod: 0,
    });
    clients.push(again);
    again.on('message', (_topic, payload) => received.push(payload.toString()));
    await vi.waitFor(() => expect(received).toEqual(['before', 'after']), 5_000);
  });

  test('a device cannot throw the service out by taking its client id', async () => {
    const ingest = await service('fengsui:ingest');
    await camera('fengsui:ingest');
    await ingest.publishAsync('fengsui/health', '', { qos: 1 });
    expect(ingest.connected).toBe(true);
  });

  test('a device reaches nobody on the topic of another', async () => {
    const ingest = await service('watch');
    const received: string[] = [];
    ingest.on('message', (topic) => received.push(topic));
    await ingest.subscribeAsync('fengsui/v1/#', { qos: 1 });
    const cam = await camera();
    await cam.publishAsync('fengsui/v1/camera/cam-2/detection', 'forged', { qos: 1 });
    await cam.publishAsync('fengsui/v1/camera/cam-1/detection', 'own', { qos: 1 });
    await vi.waitFor(() => expect(received).toEqual(['fengsui/v1/camera/cam-1/detection']));
  });

  test('a packet over 2 MiB closes the connection; 1.9 MB passes', async () => {
    const cam = await camera();
    await cam.publishAsync('fengsui/v1/camera/cam-1/detection', Buffer.alloc(1_900_000), {
      qos: 1,
    });
    const closed = new Promise((resolve) => cam.once('close', () => resolve(undefined)));
    cam.publish('fengsui/v1/camera/cam-1/detection', Buffer.alloc(2_100_000), { qos: 1 });
    await closed;
    expect(cam.connected).toBe(false);
  });
});
