import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { pino } from 'pino';
import { vi } from 'vitest';
import { createService, type Service } from '../../src/pipeline.ts';
import { loadChannelConfig } from '../../src/shared/channel-config.ts';
import { type Clock, systemClock } from '../../src/shared/clock.ts';
import { loadCountyConfig } from '../../src/shared/county-config.ts';
import { readEnv } from '../../src/shared/env.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { type Mosquitto, startMosquitto } from './mosquitto.ts';
import { type RedisServer, startRedis } from './redis.ts';

/** `npm run test:services` sets these: the same tests against Mosquitto and Redis instead of what is embedded. */
const withServices = process.env.TEST_SERVICES === '1';

export const ADMIN_PASSWORD = 'correct-horse-battery';

export type Response<T = Record<string, unknown>> = { status: number; body: T };

export type TestService = {
  service: Service;
  database: TestDatabase;
  /** Calls /api/v1 as admin, or as the token given; `body` as JSON. */
  call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    token?: string | null,
  ): Promise<Response<T>>;
  /** What a test stands on: the body of the answer to such a call as admin; rejects where it is no success. */
  given<T = { id: string }>(path: string, body?: unknown, method?: 'POST' | 'PUT'): Promise<T>;
  /** Resolves with the token. */
  logIn(username: string, password: string): Promise<string>;
  /** Logs in to the bus; waits until an external broker has learnt of the login. */
  connect(username: string, password: string, will?: IClientOptions['will']): Promise<MqttClient>;
  stop(): Promise<void>;
};

/** The whole service in this process, on free ports, with a database of its own. `allow`: networks it may connect to. */
export const startTestService = async (
  variables: Record<string, string> = {},
  { clock = systemClock, allow = [] }: { clock?: Clock; allow?: readonly string[] } = {},
): Promise<TestService> => {
  const database = await createTestDatabase();
  const mosquitto: Mosquitto | undefined = withServices ? await startMosquitto() : undefined;
  // A Redis of its own: queues of tests that run side by side would take each other's jobs.
  const redis: RedisServer | undefined = withServices ? await startRedis() : undefined;
  const dataDir = await mkdtemp(join(tmpdir(), 'fengsui-test-'));
  const env = readEnv({
    PORT: '0',
    MQTT_PORT: '0',
    DATA_DIR: dataDir,
    DATABASE_URL: database.connectionString,
    ADMIN_PASSWORD,
    LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
    ...(mosquitto === undefined ? {} : { MQTT_URL: mosquitto.url, MOSQUITTO_DIR: mosquitto.dir }),
    ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
    ...variables,
  });
  const channels = await loadChannelConfig(env.configDir, {
    source: variables,
    smppUrl: env.smppUrl,
  });
  const service = createService({
    env,
    config: await loadCountyConfig(env.configDir),
    channels: { ...channels, ...(allow.length === 0 ? {} : { webhook: { allow: [...allow] } }) },
    logger: pino({ level: env.logLevel }),
    clock,
    onFatal: (error) => {
      throw error;
    },
    print: () => undefined,
  });
  await service.start();
  const base = `${service.httpUrl()}/api/v1`;
  let adminToken = '';

  const call: TestService['call'] = async <T>(
    method: string,
    path: string,
    body?: unknown,
    token?: string | null,
  ) => {
    const bearer = token === undefined ? adminToken : token;
    const response = await fetch(`${base}/${path}`, {
      method,
      headers: {
        ...(bearer === null || bearer === '' ? {} : { authorization: `Bearer ${bearer}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as T };
  };
  const given: TestService['given'] = async <T>(path: string, body?: unknown, method = 'POST') => {
    const answer = await call<T>(method, path, body);
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer)}`);
    return answer.body;
  };
  const logIn: TestService['logIn'] = async (username, password) => {
    const login = { username, password };
    return (await call<{ token: string }>('POST', 'auth/login', login, null)).body.token;
  };
  adminToken = await logIn('admin', ADMIN_PASSWORD);

  const clients: MqttClient[] = [];
  const connect: TestService['connect'] = async (username, password, will) => {
    const open = () =>
      mqtt.connectAsync(service.mqttUrl(), {
        username,
        password,
        clientId: username,
        protocolVersion: 4,
        reconnectPeriod: 0,
        ...(will === undefined ? {} : { will }),
      });
    // An external broker reads its login files again a moment after a registration.
    const client = await (withServices
      ? vi.waitFor(open, { timeout: 10_000, interval: 100 })
      : open());
    clients.push(client);
    return client;
  };

  return {
    service,
    database,
    call,
    given,
    logIn,
    connect,
    async stop() {
      await Promise.all(clients.map((client) => client.endAsync(true)));
      await service.stop();
      await mosquitto?.stop();
      await redis?.stop();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};
