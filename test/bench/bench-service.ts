import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/mosquitto.ts';
import { type Smsc, startSmsc } from '../support/smsc.ts';
import { pause, startChild } from './child.ts';
import type { FirehoseTarget } from './firehose.ts';

const PASSWORD = 'correct-horse-battery';
/** As many senders at once as there are drones in the model county. */
const DRONES = 15;

export type BenchService = {
  smsc: Smsc;
  drones: FirehoseTarget[];
  camera: { url: string; username: string; password: string };
  /** Telemetry rows in PostgreSQL so far. */
  persisted(): Promise<number>;
  stop(): Promise<void>;
};

/** The service as a user starts it, in a process of its own, with 15 drones, a camera and an officer on duty. */
export const startBenchService = async (): Promise<BenchService> => {
  const smsc = await startSmsc();
  const dataDir = await mkdtemp(join(tmpdir(), 'fengsui-bench-'));
  // Run by root, PostgreSQL works as another user and keeps its data here only if that user can get in.
  await chmod(dataDir, 0o755);
  const [port, mqttPort] = [await freePort(), await freePort()];
  const child = await startChild('src/main.ts', ['serve'], {
    // As `npm start` does it.
    NODE_OPTIONS: '--max-semi-space-size=64',
    PORT: String(port),
    MQTT_PORT: String(mqttPort),
    DATA_DIR: dataDir,
    ADMIN_PASSWORD: PASSWORD,
    SMPP_URL: smsc.url,
    LOG_LEVEL: 'info',
  });
  const base = `http://127.0.0.1:${port}`;
  while (
    !(await fetch(`${base}/readyz`).then(
      (r) => r.ok,
      () => false,
    ))
  )
    await pause(50);

  let token = '';
  const call = async <T>(path: string, body: unknown): Promise<T> => {
    const response = await fetch(`${base}/api/v1/${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  token = (await call<{ token: string }>('auth/login', { username: 'admin', password: PASSWORD }))
    .token;
  const drones: FirehoseTarget[] = [];
  for (let n = 1; n <= DRONES; n += 1) {
    const id = `drone-${n}`;
    const { secret } = await call<{ secret: string }>('devices', { id, kind: 'drone', name: id });
    drones.push({
      host: '127.0.0.1',
      port: mqttPort,
      username: id,
      password: secret,
      topic: `fengsui/v1/drone/${id}/telemetry`,
    });
  }
  const camera = await call<{ secret: string }>('devices', {
    id: 'cam-1',
    kind: 'camera',
    name: 'Tower 1',
    lon: 113.27,
    lat: 26.71,
  });
  const { id: personId } = await call<{ id: string }>('people', {
    name: 'Duty officer',
    roles: ['duty_officer'],
    regionIds: ['default'],
    contacts: [{ channel: 'sms', address: '+8613800000001', verified: true }],
  });
  await call('shifts', {
    personId,
    regionId: 'default',
    from: new Date(Date.now() - 3_600_000).toISOString(),
    to: new Date(Date.now() + 86_400_000).toISOString(),
  });
  return {
    smsc,
    drones,
    camera: { url: `mqtt://127.0.0.1:${mqttPort}`, username: 'cam-1', password: camera.secret },
    async persisted() {
      const metrics = await (await fetch(`${base}/metrics`)).text();
      return Number(/^fengsui_telemetry_rows_total (\d+)/m.exec(metrics)?.[1] ?? 0);
    },
    async stop() {
      await child.stop();
      await smsc.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};
