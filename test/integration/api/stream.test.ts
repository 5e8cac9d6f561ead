import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { appendEvent, lockIncidents, recordDetection } from '../../../src/incidents/index.ts';
import { withTransaction } from '../../../src/shared/db.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { givenCamera, incidentDeps, locatedDetection } from '../../support/fixtures.ts';
import { givenAccount, startTestApi, type TestApi, type TestApiOptions } from './api-harness.ts';
import { openStream, type SseClient } from './sse-client.ts';

/** Long enough for a machine that does much else; what works is seen within milliseconds. */
const until = (check: () => unknown, options: { interval?: number } = {}) =>
  vi.waitFor(check, { timeout: 20_000, ...options });

let database: TestDatabase;
let incidentId: string;
const stops: (() => Promise<void>)[] = [];
const clients: SseClient[] = [];

const start = async (options: TestApiOptions = {}): Promise<TestApi> => {
  const api = await startTestApi(database, options);
  stops.push(() => api.stop());
  return api;
};

const open = async (api: TestApi, token: string, lastEventId?: string): Promise<SseClient> => {
  const client = await openStream(api.url, token, lastEventId);
  clients.push(client);
  return client;
};

const record = (over = {}) =>
  recordDetection(incidentDeps(database.pool), locatedDetection(over), new Date());

/** One event of the incident, in a transaction of its own. */
const append = (text = '') =>
  withTransaction(database.pool, async (tx) => {
    await lockIncidents(tx);
    const at = new Date();
    return appendEvent(tx, { incidentId, type: 'notified', actor: 'system', at, data: { text } });
  });

const idsInTable = async (after: number): Promise<number[]> => {
  const { rows } = await database.pool.query<{ id: string }>(
    'select id from incident_event where id > $1 order by id',
    [after],
  );
  return rows.map(({ id }) => Number(id));
};

const ids = (client: SseClient): number[] => client.events.map(({ id }) => id);

beforeAll(async () => {
  database = await createTestDatabase();
  await givenCamera(database.pool, 'cam-1');
  const recorded = await record();
  incidentId = recorded.incidentId;
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const stop of stops.splice(0)) await stop();
});
afterAll(() => database.drop());

describe('live', () => {
  it('starts now, and brings each event with the incident as it is', async () => {
    const api = await start();
    const client = await open(api, await api.login());
    const { incidentId: opened } = await record({
      fix: {
        lon: 113.5,
        lat: 26.9,
        method: 'reported',
        ellipse: { semiMajorM: 50, semiMinorM: 50, orientationDeg: 0 },
      },
    });
    await until(() => expect(client.events).toHaveLength(1));
    expect(client.events[0]).toMatchObject({
      incidentId: opened,
      type: 'opened',
      actor: 'device:cam-1',
      incident: { id: opened, status: 'reported', regionId: 'default', sources: ['cam-1'] },
    });
    expect(client.events[0]?.number).toBe(client.events[0]?.incident.number);
  });

  it('reads the table once for all clients', async () => {
    const api = await start();
    const token = await api.login();
    const many = await Promise.all(Array.from({ length: 8 }, () => open(api, token)));
    const query = vi.spyOn(database.pool, 'query');
    await append();
    await until(() => many.forEach((client) => expect(client.events).toHaveLength(1)));
    const reads = query.mock.calls.filter(([sql]) => String(sql).includes('from incident_event'));
    query.mockRestore();
    expect(reads.length).toBeLessThanOrEqual(2);
  });
});

describe('resume', () => {
  it('goes on after Last-Event-ID without gap or repetition while others write', async () => {
    const api = await start({ keepEvents: 20 });
    const token = await api.login();
    const before = Number(await append());
    const writers = Promise.all(
      Array.from({ length: 4 }, async () => {
        for (let i = 0; i < 40; i += 1) await append();
      }),
    );
    // Clients come and go at any moment, each resuming where it was cut off.
    const collected = await Promise.all(
      [3, 7, 25].map(async (cutAfter) => {
        const seen: number[] = [];
        let last = String(before);
        while (seen.length < 160) {
          const client = await openStream(api.url, token, last);
          await until(
            () =>
              expect(seen.length + client.events.length).toBeGreaterThanOrEqual(
                Math.min(160, seen.length + cutAfter),
              ),
            { interval: 5 },
          );
          client.close();
          await client.closed;
          seen.push(...ids(client));
          last = client.lastId();
        }
        return seen;
      }),
    );
    await writers;
    const expected = await idsInTable(before);
    expect(expected).toHaveLength(160);
    for (const seen of collected) expect(seen).toEqual(expected);
  });

  it('misses nothing between a quiet first connection and the next', async () => {
    const api = await start();
    const token = await api.login();
    const first = await open(api, token);
    const last = first.lastId();
    first.close();
    const id = Number(await append());
    const second = await open(api, token, last);
    await until(() => expect(ids(second)).toEqual([id]));
  });

  it('reads from the table what is no longer in memory, and takes ?lastEventId too', async () => {
    const api = await start({ keepEvents: 1 });
    const token = await api.login();
    const before = Number(await append());
    for (let i = 0; i < 5; i += 1) await append();
    const expected = await idsInTable(before);
    const client = await open(api, token, String(before));
    await until(() => expect(ids(client)).toEqual(expected));
    const response = await fetch(`${api.url}/api/v1/stream?lastEventId=x`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(400);
  });

  it('takes an id that does not exist yet as "now" instead of falling silent', async () => {
    const api = await start();
    const client = await open(api, await api.login(), '999999999');
    const id = Number(await append());
    await until(() => expect(ids(client)).toEqual([id]));
  });

  it('catches up after the LISTEN connection was lost', async () => {
    const api = await start();
    const client = await open(api, await api.login());
    const before = Number((await idsInTable(0)).at(-1));
    await database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'fengsui-listen' and datname = current_database()`,
    );
    await append('unheard');
    await append('unheard');
    const expected = await idsInTable(before);
    await until(() => expect(ids(client)).toEqual(expected));
  });

  it('learns of events by looking, should every wake-up be lost', async () => {
    const deaf = { on: () => () => undefined };
    const { createEventFeed } = await import('../../../src/api/index.ts');
    const { pino } = await import('pino');
    const logger = pino({ level: 'silent' });
    const feed = createEventFeed({ pool: database.pool, listener: deaf, logger, pollMs: 20 });
    await feed.start();
    const from = await feed.position(undefined);
    await append();
    const signal = new AbortController().signal;
    expect(await feed.waitBeyond(from, { signal, timeoutMs: 10_000 })).toBe(true);
    await feed.stop();
  });
});

describe('who sees what', () => {
  it('leaves out incidents of other regions, and still moves the id on', async () => {
    const api = await start({
      stream: { visibleRegions: () => new Set(['elsewhere']), heartbeatMs: 20 },
    });
    const client = await open(api, await api.login());
    const id = await append();
    await until(() => expect(client.lastId()).toBe(id));
    expect(client.events).toEqual([]);
  });

  it('ends when the account is disabled', async () => {
    await givenAccount(database, 'leaver', { password: 'long enough' });
    let nowMs = Date.now();
    const clock = { now: () => new Date(nowMs) };
    const api = await start({ clock, stream: { heartbeatMs: 20 } });
    const client = await open(api, await api.login('leaver', 'long enough'));
    await database.pool.query(`update account set disabled_at = now() where username = 'leaver'`);
    nowMs += 10_001;
    await client.closed;
    const again = openStream(api.url, await api.login('leaver', 'long enough'));
    await expect(again).rejects.toThrow('401');
  });
});

describe('limits', () => {
  it('refuses more streams than there may be, and frees the place of one that is gone', async () => {
    const api = await start({ stream: { maxStreams: 2 } });
    const token = await api.login();
    const first = await open(api, token);
    await open(api, token);
    await expect(openStream(api.url, token)).rejects.toThrow('503');
    expect((await api.metrics.streams.get()).values[0]?.value).toBe(2);
    first.close();
    await until(async () => {
      const client = await openStream(api.url, token);
      client.close();
    });
  });

  it('keeps one user from taking every place', async () => {
    const api = await start({ stream: { maxStreamsPerUser: 1 } });
    const token = await api.login();
    await open(api, token);
    await expect(openStream(api.url, token)).rejects.toThrow('503');
  });

  it('does not read on for a client that takes nothing', async () => {
    const api = await start({ keepEvents: 10 });
    const token = await api.login();
    const before = Number(await append());
    for (let i = 0; i < 30; i += 1) await append('x'.repeat(400_000));
    const query = vi.spyOn(database.pool, 'query');
    const { hostname, port } = new URL(api.url);
    const socket = connect(Number(port), hostname);
    socket.pause();
    socket.write(
      `GET /api/v1/stream?lastEventId=${String(before)} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    );
    const reads = () =>
      query.mock.calls.filter(([sql]) => String(sql).includes('from incident_event where')).length;
    await until(() => expect(reads()).toBeGreaterThan(0));
    // Others are served meanwhile.
    const quick = await open(api, token);
    await append();
    await until(() => expect(quick.events).toHaveLength(1));
    expect(reads()).toBeLessThan(10);
    query.mockRestore();
    socket.destroy();
  });
});
