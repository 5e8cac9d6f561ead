import { type EventEmitter, once } from 'node:events';
import { connect as connectTcp, createServer, type Socket } from 'node:net';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type BrokerMessage,
  createEmbeddedBroker,
  type EmbeddedBroker,
} from '../../../src/embedded/index.ts';
import { AppError } from '../../../src/shared/app-error.ts';

type Principal = { id: string };

/** MqttClient has its own typed emitter, which node:events does not know. */
const event = (client: MqttClient, name: string): Promise<unknown[]> =>
  once(client as unknown as EventEmitter, name);

const logger = pino({ level: 'silent' });
const SECRETS: Record<string, string> = { 'cam-1': 'one', 'cam-2': 'two', p1: 'three' };

describe('embedded broker', () => {
  let broker: EmbeddedBroker;
  let published: BrokerMessage[];
  let refused: BrokerMessage[];
  let persist: (message: BrokerMessage) => Promise<void>;
  const opened: MqttClient[] = [];
  const sockets: Socket[] = [];

  const create = (port = 0): EmbeddedBroker =>
    createEmbeddedBroker<Principal>({
      host: '127.0.0.1',
      port,
      logger,
      access: {
        authenticate: async (username, password) => {
          if (username === 'db-down') throw new Error('database is down');
          return SECRETS[username] === password.toString() ? { id: username } : undefined;
        },
        mayPublish: ({ id }, topic) => topic.startsWith(`${id}/`),
        maySubscribe: ({ id }, filter) => filter.startsWith(`${id}/`),
        onPublish: async (message) => {
          published.push(message);
          await persist(message);
        },
        onRefused: async (message) => {
          refused.push(message);
        },
      },
    });

  const dial = (username: string, options: IClientOptions = {}): MqttClient => {
    const client = mqtt.connect(`mqtt://127.0.0.1:${broker.port()}`, {
      username,
      password: SECRETS[username] ?? 'wrong',
      reconnectPeriod: 0,
      clientId: `client-of-${username}`,
      ...options,
    });
    client.on('error', () => undefined);
    opened.push(client);
    return client;
  };
  const connected = async (username: string, options?: IClientOptions): Promise<MqttClient> => {
    const client = dial(username, options);
    await event(client, 'connect');
    return client;
  };
  const inbox = (client: MqttClient): string[] => {
    const received: string[] = [];
    client.on('message', (topic, payload) => received.push(`${topic} ${payload.toString()}`));
    return received;
  };
  const refusal = async (client: MqttClient): Promise<number> => {
    const [error] = (await event(client, 'error')) as [Error & { code: number }];
    return error.code;
  };

  beforeEach(async () => {
    published = [];
    refused = [];
    persist = async () => undefined;
    broker = create();
    await broker.start();
  });
  afterEach(async () => {
    for (const client of opened.splice(0)) client.end(true);
    for (const socket of sockets.splice(0)) socket.destroy();
    await broker.stop();
  });

  test('persists a QoS 1 message before its PUBACK', async () => {
    let release = (): void => undefined;
    persist = () => new Promise((resolve) => (release = resolve));
    const client = await connected('cam-1');
    let acknowledged = false;
    const sent = client.publishAsync('cam-1/detection', '{}', { qos: 1 }).then(() => {
      acknowledged = true;
    });
    await vi.waitFor(() => expect(published).toHaveLength(1));
    // A whole round trip later the broker has had every chance to acknowledge too early.
    await client.subscribeAsync('cam-1/x').catch(() => undefined);
    expect(acknowledged).toBe(false);
    release();
    await sent;
    expect(published[0]).toMatchObject({ topic: 'cam-1/detection', qos: 1, publisherId: 'cam-1' });
    expect(published[0]?.payload.toString()).toBe('{}');
  });

  test('a message that cannot be persisted closes the connection without PUBACK and comes again', async () => {
    let failures = 1;
    persist = async () => {
      if (failures-- > 0) throw new Error('database is down');
    };
    const client = await connected('cam-1', { reconnectPeriod: 10, clean: false });
    await client.publishAsync('cam-1/detection', 'fire', { qos: 1 });
    expect(published.map((message) => message.payload.toString())).toEqual(['fire', 'fire']);
  });

  test('a QoS 0 message that cannot be persisted is not forwarded and keeps the connection', async () => {
    persist = async (message) => {
      if (message.payload.toString() === 'lost') throw new Error('database is down');
    };
    const client = await connected('cam-1');
    const received = inbox(client);
    await client.subscribeAsync('cam-1/#');
    await client.publishAsync('cam-1/telemetry', 'lost');
    await client.publishAsync('cam-1/telemetry', 'kept', { qos: 1 });
    await vi.waitFor(() => expect(received).toEqual(['cam-1/telemetry kept']));
    expect(client.connected).toBe(true);
  });

  test.each([0, 1, 2] as const)('a topic of another device is refused, QoS %i', async (qos) => {
    const victim = await connected('cam-2');
    const received = inbox(victim);
    await victim.subscribeAsync('cam-2/#');
    const client = await connected('cam-1');
    await client.publishAsync('cam-2/detection', 'forged', { qos, retain: true });
    await client.publishAsync('cam-1/after', 'x', { qos: 1 });
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({ topic: 'cam-2/detection', publisherId: 'cam-1', qos });
    expect(refused[0]?.payload.toString()).toBe('forged');
    expect(published.map((message) => message.topic)).toEqual(['cam-1/after']);
    await broker.publish({ topic: 'cam-2/last', payload: 'y', qos: 1 });
    await vi.waitFor(() => expect(received).toEqual(['cam-2/last y']));
  });

  test('PUBACKs come in the order of the messages', async () => {
    const releases: (() => void)[] = [];
    persist = () => new Promise((resolve) => releases.push(resolve));
    const client = await connected('cam-1');
    const acknowledged: number[] = [];
    const sent = [1, 2, 3].map((n) =>
      client
        .publishAsync('cam-1/detection', String(n), { qos: 1 })
        .then(() => acknowledged.push(n)),
    );
    await vi.waitFor(() => expect(releases).toHaveLength(3));
    for (const release of releases.toReversed()) release();
    await Promise.all(sent);
    expect(acknowledged).toEqual([1, 2, 3]);
  });

  test('delivers to those allowed, with the retained message', async () => {
    await broker.publish({ topic: 'p1/inbox', payload: 'old', qos: 1, retain: true });
    const client = await connected('p1');
    const received = inbox(client);
    await client.subscribeAsync('p1/inbox', { qos: 1 });
    await broker.publish({ topic: 'p1/inbox', payload: 'new', qos: 1 });
    await vi.waitFor(() => expect(received).toEqual(['p1/inbox old', 'p1/inbox new']));
  });

  test.each(['#', '+/detection', 'cam-2/#', '$SYS/#', '$SYS/fengsui/refused', '$share/g/cam-1/#'])(
    'refuses the subscription %s',
    async (filter) => {
      const client = await connected('cam-1');
      await expect(client.subscribeAsync(filter, { qos: 1 })).rejects.toThrow('Unspecified error');
    },
  );

  test('a refused filter beside a granted one queues nothing for a persistent session', async () => {
    const session = { clean: false, clientId: 'app' };
    const first = await connected('cam-1', session);
    const granted = await first
      .subscribeAsync(['cam-1/a', 'cam-2/a'], { qos: 1 })
      .catch(() => 'refused');
    expect(granted).toBe('refused');
    await first.endAsync();
    await broker.publish({ topic: 'cam-2/a', payload: 'secret', qos: 1 });
    await broker.publish({ topic: 'cam-1/a', payload: 'mine', qos: 1 });
    const again = dial('cam-1', session);
    const received = inbox(again);
    await vi.waitFor(() => expect(received).toEqual(['cam-1/a mine']));
  });

  test('refuses unknown users and wrong passwords at connect', async () => {
    expect(await refusal(dial('nobody'))).toBe(4);
    expect(await refusal(dial('cam-1', { password: 'two' }))).toBe(4);
    const { port } = new URL(`mqtt://127.0.0.1:${broker.port()}`);
    const anonymous = mqtt.connect({ host: '127.0.0.1', port: Number(port), reconnectPeriod: 0 });
    opened.push(anonymous);
    expect(await refusal(anonymous)).toBe(5);
    expect(await refusal(dial('db-down'))).toBe(3);
    expect(broker.connectedIds()).toEqual([]);
  });

  test('two users with the same client id do not throw each other out', async () => {
    const one = await connected('cam-1', { clientId: 'same' });
    const two = await connected('cam-2', { clientId: 'same' });
    await one.publishAsync('cam-1/detection', 'x', { qos: 1 });
    await two.publishAsync('cam-2/detection', 'x', { qos: 1 });
    expect(broker.connectedIds().toSorted()).toEqual(['cam-1', 'cam-2']);
  });

  test('the same user and client id takes over its older connection', async () => {
    const old = await connected('cam-1', { clientId: 'same' });
    const closed = event(old, 'close');
    const next = await connected('cam-1', { clientId: 'same' });
    await closed;
    expect([old.connected, next.connected]).toEqual([false, true]);
  });

  test('a will is persisted like any message, and refused on a topic of another', async () => {
    const will = { payload: Buffer.from('offline'), qos: 1 as const, retain: true };
    const good = await connected('cam-1', { will: { ...will, topic: 'cam-1/status' } });
    await good.subscribeAsync('cam-1/x');
    const bad = await connected('cam-2', { will: { ...will, topic: 'cam-1/status' } });
    good.stream.destroy();
    bad.stream.destroy();
    await vi.waitFor(() => expect(published).toHaveLength(1));
    await vi.waitFor(() => expect(refused).toHaveLength(1));
    expect(published[0]).toMatchObject({
      topic: 'cam-1/status',
      publisherId: 'cam-1',
      retain: true,
    });
    expect(refused[0]).toMatchObject({ topic: 'cam-1/status', publisherId: 'cam-2' });
  });

  test('disconnect cuts every connection of a user and no other', async () => {
    const first = await connected('cam-1', { clientId: 'a' });
    const second = await connected('cam-1', { clientId: 'b' });
    const other = await connected('cam-2');
    const closed = Promise.all([event(first, 'close'), event(second, 'close')]);
    broker.disconnect('cam-1');
    await closed;
    await other.publishAsync('cam-2/x', 'y', { qos: 1 });
    await vi.waitFor(() => expect(broker.connectedIds()).toEqual(['cam-2']));
  });

  test('a packet over 2 MiB closes the connection as soon as its length is known; 1.9 MB passes', async () => {
    const client = await connected('cam-1');
    await client.publishAsync('cam-1/x', Buffer.alloc(1_900_000), { qos: 1 });
    expect(published[0]?.payload.length).toBe(1_900_000);
    const closed = event(client, 'close');
    // Only the head of a PUBLISH that announces 3 MiB: 3 * 2^20 as a variable-length integer.
    client.stream.write(Buffer.from([0x30, 0x80, 0x80, 0xc0, 0x01]));
    await closed;
  });

  test('before login only small packets are read', async () => {
    const socket = connectTcp(broker.port(), '127.0.0.1');
    sockets.push(socket);
    const closed = once(socket, 'close');
    // The head of a CONNECT that announces 1 MiB.
    socket.write(Buffer.from([0x10, 0x80, 0x80, 0x40]));
    await closed;
    expect(socket.destroyed).toBe(true);
  });

  test('stop lets what is being persisted have its PUBACK, and sends no wills', async () => {
    let release = (): void => undefined;
    persist = () => new Promise((resolve) => (release = resolve));
    const will = {
      topic: 'cam-1/status',
      payload: Buffer.from('offline'),
      qos: 1 as const,
      retain: true,
    };
    const client = await connected('cam-1', { will });
    const sent = client.publishAsync('cam-1/detection', 'x', { qos: 1 });
    await vi.waitFor(() => expect(published).toHaveLength(1));
    const stopped = broker.stop();
    release();
    await sent;
    await stopped;
    expect(published.map((message) => message.topic)).toEqual(['cam-1/detection']);
  });

  test('stop takes under 2 s with a message that never gets persisted and an idle socket', async () => {
    persist = () => new Promise(() => undefined);
    const client = await connected('cam-1');
    client.publish('cam-1/detection', 'x', { qos: 1 });
    await vi.waitFor(() => expect(published).toHaveLength(1));
    const idle = connectTcp(broker.port(), '127.0.0.1');
    sockets.push(idle);
    await once(idle, 'connect');
    const startedMs = performance.now();
    await broker.stop();
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });

  test('a port in use gives one line that names MQTT_PORT', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as { port: number };
    const second = create(port);
    const error: unknown = await second.start().catch((e: unknown) => e);
    await second.stop();
    holder.close();
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).code).toBe('startup');
    expect((error as AppError).message).toMatch(/port \d+ .* is in use.*MQTT_PORT/);
  });
});
