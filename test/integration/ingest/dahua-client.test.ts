import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createDahuaClient, type DahuaTiming } from '../../../src/ingest/dahua-client.ts';
import type { InboundMessage } from '../../../src/ingest/inbound-message.ts';
import type { Part } from '../../../src/shared/part.ts';
import { dahuaEvent } from '../../support/camera-fixtures.ts';
import { type DahuaServer, startDahuaServer } from '../../support/dahua-server.ts';

const WITHIN = { timeout: 10_000, interval: 10 };
const QUICK: DahuaTiming = {
  heartbeatS: 1,
  silenceMs: 10_000,
  answerMs: 2_000,
  retry: { baseMs: 20, maxMs: 50 },
  wrongLoginMs: 100,
};
const EVENT = dahuaEvent();

let camera: DahuaServer;
let client: Part | undefined;
let taken: string[];
let states: boolean[];
beforeEach(async () => {
  camera = await startDahuaServer();
  taken = [];
  states = [];
});
afterEach(async () => {
  await client?.stop();
  await camera.stop();
});

const take = async ({ topic, payload }: InboundMessage) => {
  expect(topic).toBe('http/dahua/cam-1');
  taken.push(payload.toString());
  return { kind: 'taken' } as const;
};

const follow = async (
  over: { url?: string; allow?: string[]; password?: string; timing?: Partial<DahuaTiming> } = {},
  handle: (message: InboundMessage) => Promise<{ kind: 'taken' }> = take,
): Promise<void> => {
  const { url = camera.url, password = camera.password, allow = ['127.0.0.1'] } = over;
  client = createDahuaClient(
    'cam-1',
    { url, user: camera.user, password },
    {
      ingest: { handle },
      online: async (_id, online) => void states.push(online),
      allow,
      logger: pino({ level: 'silent' }),
      timing: { ...QUICK, ...over.timing },
    },
  );
  await client.start();
};

it('logs in, hands on what is no heartbeat, and is online once', async () => {
  await follow();
  await vi.waitFor(() => expect(camera.open()).toBe(1), WITHIN);
  camera.say('Heartbeat');
  // No heartbeat of its own between the halves.
  camera.fallSilent();
  camera.sayRaw('--myboundary\r\nContent-Type: text/plain\r\nContent-Le');
  camera.sayRaw(`ngth: ${String(EVENT.length)}\r\n\r\n${EVENT.slice(0, 30)}`);
  await vi.waitFor(() => expect(states).toEqual([true]), WITHIN);
  camera.sayRaw(`${EVENT.slice(30)}\r\n\r\n`);
  await vi.waitFor(() => expect(taken).toEqual([EVENT]), WITHIN);
  expect(states).toEqual([true]);
});

it('comes back when the line breaks and when it falls silent', async () => {
  await follow({ timing: { silenceMs: 1_500 } });
  await vi.waitFor(() => expect(states).toEqual([true]), WITHIN);
  camera.drop();
  await vi.waitFor(() => expect(states).toEqual([true, false, true]), WITHIN);
  camera.fallSilent();
  await vi.waitFor(() => expect(states).toEqual([true, false, true, false, true]), WITHIN);
  expect(camera.attached).toHaveLength(3);
});

it('says once that a camera is out of reach, and finds it when it is there', async () => {
  const { url } = camera;
  await camera.stop();
  await follow({ url });
  await vi.waitFor(() => expect(states).toEqual([false]), WITHIN);
  camera = await startDahuaServer({ port: Number(new URL(url).port) });
  await vi.waitFor(() => expect(states).toEqual([false, true]), WITHIN);
});

it('tries a wrong password again only after a long pause, so as not to be locked out', async () => {
  await follow({ password: 'wrong', timing: { wrongLoginMs: 500 } });
  await vi.waitFor(() => expect(camera.refused()).toBe(1), WITHIN);
  const first = performance.now();
  await vi.waitFor(() => expect(camera.refused()).toBe(2), WITHIN);
  expect(performance.now() - first).toBeGreaterThan(300);
  expect(states).toEqual([false]);
  expect(camera.attached).toEqual([]);
});

it('keeps an event until it is stored, and reads no further meanwhile', async () => {
  let failures = 2;
  await follow({}, async (message) => {
    if (failures > 0) {
      failures -= 1;
      throw new Error('the database is away');
    }
    return take(message);
  });
  await vi.waitFor(() => expect(camera.open()).toBe(1), WITHIN);
  camera.say(EVENT);
  camera.say(dahuaEvent(null));
  await vi.waitFor(() => expect(taken).toEqual([EVENT, dahuaEvent(null)]), WITHIN);
  // Storing took longer than the silence that is put up with; the line was not silent.
  expect(camera.attached).toHaveLength(1);
});

it.each([
  ['loopback that is not allowed', 'http://127.0.0.1:1', []],
  ['by its name', 'http://localhost:1', []],
  ['the metadata of a cloud', 'http://169.254.169.254', []],
])('does not connect to %s', async (_name, url, allow: string[]) => {
  const lines: string[] = [];
  client = createDahuaClient(
    'cam-1',
    { url, user: 'a', password: 'b' },
    {
      ingest: { handle: take },
      online: async (_id, online) => void states.push(online),
      allow,
      logger: pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) }),
      timing: QUICK,
    },
  );
  await client.start();
  await vi.waitFor(() => expect(states).toEqual([false]), WITHIN);
  await client.stop();
  expect(lines[0]).toMatch(/is a (loopback|link-local) address/);
});

it('stops at once while it pauses', async () => {
  await follow({ url: 'http://127.0.0.1:1', timing: { retry: { baseMs: 60_000, maxMs: 60_000 } } });
  await vi.waitFor(() => expect(states).toEqual([false]), WITHIN);
  const before = performance.now();
  await client?.stop();
  expect(performance.now() - before).toBeLessThan(1_000);
});
