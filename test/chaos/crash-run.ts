import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import { type Api, logIn } from '../support/api.ts';
import { freePort } from '../support/mosquitto.ts';
import { createRandom } from '../support/random.ts';
import { startSmsc } from '../support/smsc.ts';
import { until } from '../support/until.ts';
import { ROOT, type ServiceProcess, spawnService } from './service-process.ts';

export type CrashRunOptions = {
  /** Kills that must fall between PUBLISH and PUBACK; those that come too late are made and counted besides. */
  rounds: number;
  seed: number;
  print: (line: string) => void;
  /** Mosquitto and Redis instead of what is embedded. The camera's PUBACK is then Mosquitto's, and every kill counts. */
  external?: { mqttUrl: string; mosquittoDir: string; redisUrl: string };
};

export type CrashRunResult = {
  published: number;
  /** Kills that came before the PUBACK of the round's detection. */
  killedBeforePuback: number;
  killedAfterPuback: number;
  incidents: number;
  /** Incidents whose number of linked detections is not 1. */
  wrongLinks: number;
  notifications: number;
  /** Incidents whose SMS never reached the SMS centre. */
  lostSms: number;
  /** SMS that came more than once. */
  repeatedSms: number;
};

const PASSWORD = 'correct-horse-battery';
const PHONE = '8613800000001';

const startProcess = async (env: Record<string, string>): Promise<ServiceProcess> => {
  const running = spawnService(env);
  await running.ready;
  return running;
};

/**
 * Publishes detections, each of a fire of its own, and kills the service (`kill -9`) at a random moment
 * around the PUBACK of each; the camera sends again until it has its PUBACK, as MQTT devices do. At the
 * end each detection must be linked to exactly one incident and each incident's SMS must have arrived.
 */
export const crashRun = async ({
  rounds,
  seed,
  print,
  external,
}: CrashRunOptions): Promise<CrashRunResult> => {
  const random = createRandom(seed);
  const smsc = await startSmsc();
  const dataDir = await mkdtemp(join(tmpdir(), 'fengsui-chaos-'));
  // Run by root, PostgreSQL works as another user and keeps its data here only if that user can get in.
  await chmod(dataDir, 0o755);
  await withoutEscalation(dataDir);
  const [port, mqttPort] = [await freePort(), await freePort()];
  const env = {
    PORT: String(port),
    MQTT_PORT: String(mqttPort),
    DATA_DIR: dataDir,
    CONFIG_DIR: dataDir,
    ADMIN_PASSWORD: PASSWORD,
    SMPP_URL: smsc.url,
    LOG_LEVEL: 'warn',
    ...(external === undefined
      ? {}
      : {
          MQTT_URL: external.mqttUrl,
          MOSQUITTO_DIR: external.mosquittoDir,
          REDIS_URL: external.redisUrl,
        }),
  };
  const brokerPort = external === undefined ? mqttPort : Number(new URL(external.mqttUrl).port);
  let running = await startProcess(env);
  let camera: MqttClient | undefined;
  const result = { published: 0, killedBeforePuback: 0, killedAfterPuback: 0 };
  try {
    const api = await logIn(`http://127.0.0.1:${port}/api/v1`, PASSWORD);
    const secret = await prepare(api);
    camera = mqtt.connect(`mqtt://127.0.0.1:${brokerPort}`, {
      username: 'cam-001',
      password: secret,
      clientId: 'cam-001',
      clean: false,
      protocolVersion: 4,
      reconnectPeriod: 100,
      // An external broker learns of the login a moment after the registration.
      reconnectOnConnackError: true,
    });
    camera.on('error', () => undefined);
    await connected(camera);
    const typicalMs = await typicalPubackMs(camera);
    // Mosquitto's PUBACK says nothing of our commit, which comes some 10 ms later.
    const withinMs = 1.2 * typicalMs + (external === undefined ? 0 : 30);
    print(
      `PUBACK takes about ${typicalMs.toFixed(0)} ms; killing within ${withinMs.toFixed(0)} ms of each PUBLISH`,
    );

    const enough = (): boolean =>
      (external === undefined ? result.killedBeforePuback : result.published) >= rounds;
    while (!enough()) {
      if (result.published >= 3 * rounds) throw new Error('too few kills came before the PUBACK');
      await connected(camera);
      let acknowledged = false;
      result.published += 1;
      const n = result.published;
      const puback = publish(camera, `kill-${n}`, n + WARM_UP).then(() => {
        acknowledged = true;
      });
      await delay(random() * withinMs);
      if (acknowledged) result.killedAfterPuback += 1;
      else result.killedBeforePuback += 1;
      await running.kill();
      running = await startProcess(env);
      await puback;
      if (n % 10 === 0) print(`${n} kills, ${result.killedBeforePuback} of them before the PUBACK`);
    }
    const expected = result.published + WARM_UP;
    const checked = await check(
      await logIn(`http://127.0.0.1:${port}/api/v1`, PASSWORD),
      smsc.messages,
      expected,
    );
    return { ...result, ...checked };
  } finally {
    await camera?.endAsync(true);
    await running.stop();
    await smsc.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
};

/** The shipped settings, but each alarm told once: what is counted at the end is what the alarms themselves wrote. */
const withoutEscalation = async (dir: string): Promise<void> => {
  const text = await readFile(join(ROOT, 'config/county.json'), 'utf8');
  const config = JSON.parse(text) as { policies: { steps: unknown[] }[] };
  const policies = config.policies.map((policy) => ({
    ...policy,
    steps: policy.steps.slice(0, 1),
  }));
  await writeFile(join(dir, 'county.json'), JSON.stringify({ ...config, policies }));
};

const connected = async (client: MqttClient): Promise<void> => {
  if (!client.connected)
    await new Promise<void>((resolve) => client.once('connect', () => resolve()));
};

/** Detections before the first kill, to learn how long a PUBACK takes. */
const WARM_UP = 5;

/** A fire of its own for each number: 5 km from any other, far outside the 200 m a camera's position is good for. */
const placeOf = (n: number): { lon: number; lat: number } => ({
  lon: 113 + (n % 20) * 0.05,
  lat: 26 + Math.floor(n / 20) * 0.05,
});

const publish = (camera: MqttClient, id: string, n: number) =>
  camera.publishAsync(
    'fengsui/v1/camera/cam-001/detection',
    JSON.stringify({
      id,
      at: new Date().toISOString(),
      kind: 'smoke',
      confidence: 0.9,
      ...placeOf(n),
    }),
    { qos: 1 },
  );

const typicalPubackMs = async (camera: MqttClient): Promise<number> => {
  const times: number[] = [];
  for (let n = 1; n <= WARM_UP; n += 1) {
    const started = performance.now();
    await publish(camera, `warm-up-${n}`, n);
    times.push(performance.now() - started);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(WARM_UP / 2)] ?? 10;
};

const prepare = async (api: Api): Promise<string> => {
  const { secret } = await api<{ secret: string }>('POST', 'devices', {
    id: 'cam-001',
    kind: 'camera',
    name: 'Tower 1',
    lon: 113.27,
    lat: 26.71,
  });
  const { id: personId } = await api<{ id: string }>('POST', 'people', {
    name: 'Duty officer',
    roles: ['duty_officer'],
    regionIds: ['default'],
    locale: 'en',
    contacts: [{ channel: 'sms', address: `+${PHONE}`, verified: true }],
  });
  await api('POST', 'shifts', {
    personId,
    regionId: 'default',
    from: new Date(Date.now() - 3_600_000).toISOString(),
    to: new Date(Date.now() + 86_400_000).toISOString(),
  });
  return secret;
};

type Listed = { items: { id: string; number: string; detectionCount: number }[]; next?: string };

const check = async (
  api: Api,
  sms: readonly { text: string }[],
  expected: number,
): Promise<Omit<CrashRunResult, 'published' | 'killedBeforePuback' | 'killedAfterPuback'>> => {
  const incidents: Listed['items'] = [];
  let cursor: string | undefined;
  do {
    const page = await api<Listed>(
      'GET',
      `incidents?limit=100${cursor === undefined ? '' : `&cursor=${cursor}`}`,
    );
    incidents.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);

  const received = (number: string): number =>
    sms.filter(({ text }) => text.includes(number)).length;
  // What was queued when the process died last is sent within seconds of its return.
  await until(() => incidents.every(({ number }) => received(number) > 0), {
    withinMs: 30_000,
    everyMs: 100,
  });
  let notifications = 0;
  for (const { id } of incidents) {
    notifications += (await api<{ items: unknown[] }>('GET', `notifications?incident=${id}`)).items
      .length;
  }
  return {
    incidents: incidents.length,
    wrongLinks:
      incidents.filter(({ detectionCount }) => detectionCount !== 1).length +
      Math.abs(expected - incidents.length),
    notifications,
    lostSms: incidents.filter(({ number }) => received(number) === 0).length,
    repeatedSms: incidents.filter(({ number }) => received(number) > 1).length,
  };
};
