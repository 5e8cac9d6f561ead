import type dns from 'node:dns';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createSocketServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOutboundFetch, OutboundError } from '../../../src/shared/outbound-fetch.ts';

const LOOPBACK = ['127.0.0.1/32'];

/** A resolver that gives one answer after the other, as that of somebody who rebinds a name does. */
const resolver = (...answers: string[][]): typeof dns.lookup =>
  ((_host: string, _options: object, callback: (error: null, found: object[]) => void) => {
    const found = answers.length > 1 ? answers.shift() : answers[0];
    callback(
      null,
      (found ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  }) as unknown as typeof dns.lookup;

describe('createOutboundFetch', () => {
  let server: Server;
  let port = 0;
  const seen: string[] = [];

  beforeEach(async () => {
    seen.length = 0;
    server = createServer((request, response) => {
      seen.push(`${String(request.method)} ${String(request.url)} ${String(request.headers.host)}`);
      if (request.url === '/redirect') response.writeHead(302, { location: '/target' }).end();
      else if (request.url === '/endless') response.writeHead(200).write('began');
      else if (request.url === '/large') response.end('x'.repeat(1_000_000));
      else if (request.url === '/break') request.socket.destroy();
      else if (request.url !== '/hang') response.end('hello');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  const get = (path: string, options: Partial<Parameters<typeof createOutboundFetch>[0]> = {}) =>
    createOutboundFetch({ allow: LOOPBACK, ...options })(`http://127.0.0.1:${port}${path}`, {
      method: 'GET',
      timeoutMs: 5_000,
    });
  const failure = async (work: Promise<unknown>): Promise<OutboundError> => {
    const error: unknown = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof OutboundError))
      throw new Error(`not an OutboundError: ${String(error)}`);
    return error;
  };

  it('sends to what is allowed, without the fragment', async () => {
    expect(await get('/path?key=1#secret')).toMatchObject({ status: 200, text: 'hello' });
    expect(seen).toEqual([`GET /path?key=1 127.0.0.1:${port}`]);
  });

  it('refuses an address that is not, and says how to allow it', async () => {
    const error = await failure(get('/', { allow: [] }));
    expect(error.message).toMatch(/127\.0\.0\.1 is a loopback address.*webhook\.allow/);
    expect(error).toMatchObject({ refused: true, mayHaveArrived: false });
    expect(seen).toEqual([]);
  });

  it('refuses a name that resolves to such an address', async () => {
    const fetch = createOutboundFetch({ allow: [], lookup: resolver(['127.0.0.1']) });
    const error = await failure(
      fetch(`http://hooks.example.org:${port}/`, { method: 'GET', timeoutMs: 5_000 }),
    );
    expect(error.message).toMatch(/hooks\.example\.org resolves to 127\.0\.0\.1, which is a loop/);
    expect(error.refused).toBe(true);
    expect(seen).toEqual([]);
  });

  it('connects to the address it has checked, whatever the name says a moment later', async () => {
    let asked = 0;
    const rebinding = resolver(['127.0.0.1'], ['127.0.0.2']);
    const fetch = createOutboundFetch({
      allow: LOOPBACK,
      lookup: ((...args: Parameters<typeof rebinding>) => {
        asked += 1;
        rebinding(...args);
      }) as typeof dns.lookup,
    });
    const url = `http://hooks.example.org:${port}/`;
    expect(await fetch(url, { method: 'GET', timeoutMs: 5_000 })).toMatchObject({ status: 200 });
    expect(asked).toBe(1);
    expect(seen).toEqual([`GET / hooks.example.org:${port}`]);
    // The next connection asks again and is checked again.
    expect((await failure(fetch(url, { method: 'GET', timeoutMs: 5_000 }))).refused).toBe(true);
  });

  it('takes the permitted one of several addresses', async () => {
    const fetch = createOutboundFetch({
      allow: LOOPBACK,
      lookup: resolver(['10.0.0.1', '127.0.0.1']),
    });
    const answer = await fetch(`http://hooks.example.org:${port}/`, {
      method: 'GET',
      timeoutMs: 5_000,
    });
    expect(answer.status).toBe(200);
  });

  it('does not follow redirects', async () => {
    expect(await get('/redirect')).toMatchObject({ status: 302, headers: { location: '/target' } });
    expect(seen).toHaveLength(1);
  });

  it('reads no more of an answer than it needs, and does not wait for its end', async () => {
    expect((await get('/large')).text).toHaveLength(64 * 1024);
    const fetch = createOutboundFetch({ allow: LOOPBACK });
    const answer = await fetch(`http://127.0.0.1:${port}/endless`, {
      method: 'GET',
      timeoutMs: 200,
    });
    expect(answer).toMatchObject({ status: 200, text: 'began' });
  });

  it('tells a request that may have arrived from one that cannot have', async () => {
    const fetch = createOutboundFetch({ allow: LOOPBACK });
    const hung = await failure(
      fetch(`http://127.0.0.1:${port}/hang`, { method: 'POST', body: 'x', timeoutMs: 200 }),
    );
    expect(hung).toMatchObject({ message: 'no answer in 200 ms', mayHaveArrived: true });
    expect((await failure(get('/break'))).mayHaveArrived).toBe(true);

    // A server that was there a moment ago.
    const gone = createSocketServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const free = (gone.address() as AddressInfo).port;
    gone.close();
    await once(gone, 'close');
    const refused = await failure(
      fetch(`http://127.0.0.1:${free}/`, { method: 'GET', timeoutMs: 5_000 }),
    );
    expect(refused.message).toContain('ECONNREFUSED');
    expect(refused).toMatchObject({ mayHaveArrived: false, refused: false });
  });

  it('takes http and https only', async () => {
    const fetch = createOutboundFetch({ allow: LOOPBACK });
    const get = (url: string) => failure(fetch(url, { method: 'GET', timeoutMs: 1_000 }));
    expect((await get('file:///etc/passwd')).refused).toBe(true);
    expect((await get('nonsense')).refused).toBe(true);
  });
});
