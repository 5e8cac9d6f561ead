import { Agent, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpServer, createOpsApp } from '../../../src/api/index.ts';
import { ANY_ROLE, type RouteGroup } from '../../../src/shared/http.ts';
import { createMetrics } from '../../../src/shared/metrics.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { startTestApi } from './api-harness.ts';
import { openStream } from './sse-client.ts';

const logger = pino({ level: 'silent' });
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const opsServer = async (host: string, port: number) => {
  const app = await createOpsApp({ logger, health: { checks: {} }, metrics: createMetrics() });
  return createHttpServer({ app, host, port, logger });
};

describe('stopping', () => {
  it('takes under 2 s with open streams, idle connections and a request that never ends', async () => {
    const stuck: RouteGroup = (app) => {
      const schema = { summary: 'Never answers' };
      app.get(
        '/stuck',
        { config: { access: ANY_ROLE }, schema },
        () => new Promise(() => undefined),
      );
    };
    const api = await startTestApi(database, { routes: [stuck] });
    const token = await api.login();
    const streams = await Promise.all([1, 2, 3].map(() => openStream(api.url, token)));
    const agent = new Agent({ keepAlive: true });
    await new Promise<void>((resolve, reject) => {
      get(`${api.url}/healthz`, { agent }, (response) => {
        response.resume().on('end', resolve);
      }).on('error', reject);
    });
    const headers = { authorization: `Bearer ${token}` };
    const never = fetch(`${api.url}/api/v1/stuck`, { headers }).catch(() => 'cut off');
    const started = performance.now();
    await api.stop();
    expect(performance.now() - started).toBeLessThan(2_000);
    await Promise.all(streams.map(({ closed }) => closed));
    expect(await never).toBe('cut off');
    agent.destroy();
  });
});

describe('listening', () => {
  it('says in one line that the port is in use, and how to mend it', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => {
      holder.listen(0, '127.0.0.1', resolve);
    });
    const { port } = holder.address() as AddressInfo;
    const server = await opsServer('127.0.0.1', port);
    await expect(server.start()).rejects.toMatchObject({
      code: 'startup',
      message: `PORT=${String(port)} on 127.0.0.1 is already in use; stop the program that holds it or set another, e.g. PORT=8080`,
    });
    await server.stop();
    holder.close();
  });

  it('says that HOST is not an address of this machine', async () => {
    const server = await opsServer('192.0.2.1', 0);
    await expect(server.start()).rejects.toMatchObject({
      code: 'startup',
      message: expect.stringMatching(/^HOST=192\.0\.2\.1 is not an address of this machine/),
    });
    await server.stop();
  });
});

describe('probes and metrics', () => {
  it('answer without the rest of the API', async () => {
    const metrics = createMetrics();
    metrics.watchQueueDepth(async () => ({ waiting: 3 }));
    metrics.deadLetters.inc({ code: 'invalid_json' });
    const checks = {
      database: () => ({ ok: true }),
      broker: () => Promise.reject(new Error('gone')),
    };
    const channels = () => ({ sms: 'smpp: bound to sms.example.org:2775' });
    const providers = () => [
      {
        channel: 'sms',
        provider: 'smpp',
        up: false,
        breaker: 'open' as const,
        status: 'smpp: bound to sms.example.org:2775',
        lastError: 'refused: ESME_RSYSERR',
        lastErrorAt: '2026-11-02T06:05:00.000Z',
      },
    ];
    metrics.watchProviders(providers);
    metrics.providerCalls.inc({ channel: 'sms', provider: 'smpp', outcome: 'failed' });
    const app = await createOpsApp({ logger, health: { checks, channels, providers }, metrics });
    expect((await app.inject('/healthz')).json()).toEqual({ status: 'ok' });
    const ready = await app.inject('/readyz');
    expect(ready.statusCode).toBe(503);
    expect(ready.json()).toEqual({
      status: 'unavailable',
      checks: { database: { ok: true }, broker: { ok: false, detail: 'gone' } },
      channels: { sms: 'smpp: bound to sms.example.org:2775' },
      providers: providers(),
    });
    const text = await app.inject('/metrics');
    expect(text.headers['content-type']).toContain('text/plain');
    expect(text.body).toContain('fengsui_queue_depth{state="waiting"} 3');
    expect(text.body).toContain('fengsui_dead_letters_total{code="invalid_json"} 1');
    expect(text.body).toContain('fengsui_provider_up{channel="sms",provider="smpp"} 0');
    expect(text.body).toContain('fengsui_provider_breaker{channel="sms",provider="smpp"} 2');
    expect(text.body).toContain(
      'fengsui_provider_calls_total{channel="sms",provider="smpp",outcome="failed"} 1',
    );
    expect(text.body).toContain('nodejs_eventloop_lag_seconds');
    expect((await app.inject('/api/v1/incidents')).statusCode).toBe(404);
  });

  it('are ready when every check is, and keep the other metrics when the queue does not answer', async () => {
    const metrics = createMetrics();
    metrics.watchQueueDepth(() => Promise.reject(new Error('no redis')));
    const app = await createOpsApp({ logger, health: { checks: {} }, metrics });
    expect((await app.inject('/readyz')).statusCode).toBe(200);
    const text = await app.inject('/metrics');
    expect(text.statusCode).toBe(200);
    expect(text.body).toContain('fengsui_telemetry_rows_total 0');
  });

  it('give up on a check that hangs', async () => {
    const checks = { broker: () => new Promise<{ ok: boolean }>(() => undefined) };
    const app = await createOpsApp({ logger, health: { checks }, metrics: createMetrics() });
    const ready = await app.inject('/readyz');
    expect([ready.statusCode, ready.json().checks.broker.detail]).toEqual([
      503,
      'no answer within 2000 ms',
    ]);
  });
});
