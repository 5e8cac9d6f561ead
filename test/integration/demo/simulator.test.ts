import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCounty } from '../../../src/demo/county.ts';
import { createFire } from '../../../src/demo/fire.ts';
import { createSimulator, type SimulatorEvent } from '../../../src/demo/simulator.ts';
import { mayPublish, type Principal } from '../../../src/devices/index.ts';
import { createEmbeddedBroker, type EmbeddedBroker } from '../../../src/embedded/index.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import type { Part } from '../../../src/shared/part.ts';

const SEED = 1;
const county = createCounty(SEED);
const fire = createFire(county, SEED, 0);
const devices = new Map<string, Principal>();
for (const { id } of county.cameras) devices.set(id, { owner: 'device', id, kind: 'camera' });
for (const { id } of county.docks) devices.set(id, { owner: 'device', id, kind: 'dock' });
for (const { id } of county.drones) devices.set(id, { owner: 'device', id, kind: 'drone' });
const people = Object.fromEntries(
  county.people.map(({ key }) => [key, { id: `p-${key}`, mqttSecret: `secret of p-${key}` }]),
);
for (const { id } of Object.values(people)) devices.set(id, { owner: 'person', id });
const secrets = Object.fromEntries([...devices.keys()].map((id) => [id, `secret of ${id}`]));
const walkers = county.people.filter(({ walksAs }) => walksAs !== undefined).length;
const gatewayOf = (id: string): string | null =>
  county.drones.find((drone) => drone.id === id)?.dock.id ?? null;

type Message = { topic: string; publisherId: string; text: string; qos: number; retain: boolean };

describe('the simulator', () => {
  let broker: EmbeddedBroker;
  let simulator: Part;
  let messages: Message[];
  let refused: string[];
  let events: SimulatorEvent[];

  const startBroker = async (port: number): Promise<void> => {
    broker = createEmbeddedBroker<Principal>({
      host: '127.0.0.1',
      port,
      logger: pino({ level: 'silent' }),
      access: {
        authenticate: async (username, password) =>
          password.toString() === `secret of ${username}` ? devices.get(username) : undefined,
        mayPublish: (principal, topic) => mayPublish(principal, topic, gatewayOf),
        maySubscribe: () => false,
        onPublish: async ({ topic, publisherId, payload, qos, retain }) => {
          messages.push({ topic, publisherId, text: payload.toString(), qos, retain });
        },
        onRefused: async ({ topic }) => {
          refused.push(topic);
        },
      },
    });
    await broker.start();
  };

  beforeEach(async () => {
    [messages, refused, events] = [[], [], []];
    await startBroker(0);
    simulator = createSimulator({
      county,
      fire,
      seed: SEED,
      state: { secrets, people, runs: 1 },
      mqttUrl: `mqtt://fengsui:not-the-devices@127.0.0.1:${broker.port()}`,
      clock: systemClock,
      logger: pino({ level: 'silent' }),
      onEvent: (event) => events.push(event),
      speed: 10,
    });
    await simulator.start();
  });
  afterEach(async () => {
    await simulator.stop();
    await broker.stop();
  });

  const onTopic = (pattern: RegExp): Message[] => messages.filter((m) => pattern.test(m.topic));
  const publishers = (pattern: RegExp): Set<string> =>
    new Set(onTopic(pattern).map(({ publisherId }) => publisherId));

  it('logs in as every camera, dock and walking person, and says online', async () => {
    await vi.waitFor(() => {
      expect(broker.connectedIds().length).toBe(139 + 15 + walkers);
      const online = onTopic(/\/status$/);
      expect(online.length).toBe(139 + 15 + walkers);
      expect(online.every((m) => m.text === 'online' && m.retain && m.qos === 1)).toBe(true);
    });
  });

  it('lets cameras tour, docks and aircraft report, and people walk', async () => {
    await vi.waitFor(
      () => {
        expect(publishers(/^fengsui\/v1\/camera\/.*\/telemetry$/).size).toBe(139);
        expect(publishers(/^fengsui\/v1\/person\/.*\/position$/).size).toBe(walkers);
        const speaking = new Set(onTopic(/^thing\/product\/.*\/osd$/).map(({ topic }) => topic));
        expect(speaking.size).toBe(30);
      },
      { timeout: 15_000 },
    );
    expect(refused).toEqual([]);
  });

  it('has three cameras or more report the fire, and an aircraft confirm it', {
    timeout: 60_000,
  }, async () => {
    await vi.waitFor(
      () => expect(publishers(/^fengsui\/v1\/camera\/.*\/detection$/).size).toBeGreaterThan(2),
      { timeout: 15_000 },
    );
    await vi.waitFor(() => expect(events.map(({ kind }) => kind)).toContain('drone_confirms'), {
      timeout: 28_000,
    });
    const alarms = onTopic(/\/detection$/);
    const ids = alarms.map(({ text }) => (JSON.parse(text) as { id: string }).id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(alarms.every(({ qos, retain }) => qos === 1 && !retain)).toBe(true);
    const watchers = new Set(fire.watchers.map(({ camera }) => camera.id));
    const strangers = alarms.filter(
      ({ topic, publisherId }) => topic.includes('/camera/') && !watchers.has(publisherId),
    );
    expect(strangers).toEqual([]);
    const [confirmation] = onTopic(/^fengsui\/v1\/drone\/.*\/detection$/);
    expect(confirmation).toBeDefined();
    expect(refused).toEqual([]);
  });

  it('comes back after the broker was away', async () => {
    const port = broker.port();
    await broker.stop();
    messages.length = 0;
    await startBroker(port);
    await vi.waitFor(
      () => expect(broker.connectedIds().length).toBeGreaterThanOrEqual(139 + 15 + walkers),
      {
        timeout: 15_000,
      },
    );
    await vi.waitFor(() =>
      expect(publishers(/\/status$/).size).toBeGreaterThanOrEqual(139 + 15 + walkers),
    );
  });

  it('says offline for all of them when it ends, and leaves nothing connected', async () => {
    await vi.waitFor(() => expect(onTopic(/\/status$/).length).toBe(139 + 15 + walkers));
    const startedAt = performance.now();
    await simulator.stop();
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    await vi.waitFor(() => {
      expect(broker.connectedIds()).toEqual([]);
      const offline = onTopic(/\/status$/).filter(({ text }) => text === 'offline');
      expect(publishers(/\/status$/).size).toBe(offline.length);
    });
  });
});
