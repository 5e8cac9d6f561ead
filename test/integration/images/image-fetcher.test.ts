import { createHash } from 'node:crypto';
import type dns from 'node:dns';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { registerDevice } from '../../../src/devices/index.ts';
import { fetchNext, type ImageFetcherDeps } from '../../../src/images/image-fetcher.ts';
import { createDiskFiles, createImageStore, imagesByDetection } from '../../../src/images/index.ts';
import { recordDetection } from '../../../src/incidents/index.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { incidentDeps, locatedDetection } from '../../support/fixtures.ts';
import { TINY_JPEG } from '../../support/pictures.ts';

const MAX_BYTES = 100_000;
const HOUR_MS = 3_600_000;

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let database: TestDatabase;
let dataDir: string;
let server: Server;
let port: number;
let answer: Answer;
/** Authorization of each request that came. */
let asked: (string | undefined)[] = [];
let now = new Date('2026-04-05T03:00:00Z');
let devices = 0;

const jpeg: Answer = (_request, response) => response.end(TINY_JPEG);

beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), 'fengsui-images-'));
  server = createServer((request, response) => {
    asked.push(request.headers.authorization);
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await database?.drop();
  await rm(dataDir, { recursive: true, force: true });
});
beforeEach(async () => {
  asked = [];
  answer = jpeg;
  now = new Date(now.getTime() + 48 * HOUR_MS);
  await database.pool.query(`delete from image_fetch`);
});

/** Names that end in .example resolve to where the test says. */
const resolving = (address: string): typeof dns.lookup =>
  ((_host: string, _options: object, callback: (error: null, found: object[]) => void) =>
    callback(null, [{ address, family: 4 }])) as unknown as typeof dns.lookup;

const deps = (over: Partial<ImageFetcherDeps> = {}): ImageFetcherDeps => {
  const { pool } = database;
  const clock = { now: () => now };
  const files = createDiskFiles(dataDir);
  return {
    pool,
    store: createImageStore({ pool, files, maxBytes: MAX_BYTES, clock }),
    listed: ['127.0.0.1/32'],
    maxBytes: MAX_BYTES,
    clock,
    logger: pino({ level: 'silent' }),
    ...over,
  };
};

/** A camera that reports a fire with its picture at `url`: the device and how its detection is shown. */
const reported = async (url: string, setup: Record<string, unknown> = {}) => {
  const { pool } = database;
  const id = `cam-${String(++devices)}`;
  const registration = { id, kind: 'camera', name: id, lon: 113, lat: 26, ...setup } as const;
  await registerDevice({ pool, regionIdAt: () => 'default', hasRegion: () => true }, registration);
  const seen = locatedDetection({ deviceId: id, imageUrl: url, observedAt: now, receivedAt: now });
  const { detectionId } = await recordDetection(incidentDeps(pool), seen, now);
  const shown = async () => (await imagesByDetection(pool, [detectionId]))(detectionId);
  return { id, detectionId, shown };
};
const here = (path = '/pic.jpg', host = '127.0.0.1'): string =>
  `http://${host}:${String(port)}${path}`;

describe('the picture a detection names', () => {
  it('is wanted with the detection, fetched once, and shown with it', async () => {
    const { shown } = await reported(here());
    expect(await shown()).toEqual({ images: [], imageProblem: 'it is being fetched' });
    await fetchNext(deps());
    await fetchNext(deps());
    expect(asked).toHaveLength(1);
    const { images, imageProblem } = await shown();
    expect(images.map(({ type }) => type)).toEqual(['image/jpeg']);
    expect(imageProblem).toBeNull();
  });

  it('is fetched again when whoever took it has died', async () => {
    const { shown } = await reported(here());
    const dies = { ...deps(), store: { put: () => Promise.reject(new Error('killed')) } };
    await fetchNext(dies);
    await fetchNext(deps());
    expect((await shown()).images).toEqual([]);
    now = new Date(now.getTime() + 121_000);
    await fetchNext(deps());
    expect((await shown()).images).toHaveLength(1);
  });

  it('is fetched with the login of the device, which is not sent in the clear', async () => {
    const login = { imageUser: 'admin', imagePassword: 'p4ss"word' };
    answer = (request, response) => {
      const { authorization = '' } = request.headers;
      const field = (name: string): string =>
        new RegExp(`${name}="?([^",]*)`).exec(authorization)?.[1] ?? '';
      const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
      const secret = md5('admin:camera:p4ss"word');
      const proof = `n0nce:${field('nc')}:${field('cnonce')}:auth`;
      const right = md5(`${secret}:${proof}:${md5('GET:/pic.jpg?channel=1')}`);
      if (field('response') === right) return jpeg(request, response);
      const challenge = 'Digest realm="camera", nonce="n0nce", qop="auth"';
      response.writeHead(401, { 'www-authenticate': challenge }).end();
    };
    const { shown } = await reported(here('/pic.jpg?channel=1'), {
      address: '127.0.0.1',
      ...login,
    });
    await fetchNext(deps());
    expect((await shown()).images).toHaveLength(1);
    expect(asked).toEqual([undefined, expect.stringMatching(/^Digest /)]);
  });

  it('is not asked for with the login where it lies elsewhere', async () => {
    answer = (_request, response) =>
      response.writeHead(401, { 'www-authenticate': 'Basic realm="any"' }).end();
    const { shown } = await reported(here(), {
      address: '10.1.2.3',
      imageUser: 'admin',
      imagePassword: 'secret',
    });
    await fetchNext(deps());
    expect(asked).toEqual([undefined]);
    expect((await shown()).imageProblem).toContain('it asks for a login');
  });

  it('is tried again until it is there, and given up with the reason in the end', async () => {
    answer = (_request, response) => response.writeHead(503).end();
    const { shown } = await reported(here());
    await fetchNext(deps());
    await fetchNext(deps());
    expect(asked).toHaveLength(1);
    expect((await shown()).imageProblem).toBe('it will be tried again: the answer was 503');
    for (let tries = 1; tries < 12; tries++) {
      now = new Date(now.getTime() + HOUR_MS / 2);
      await fetchNext(deps());
    }
    expect(asked).toHaveLength(8);
    expect((await shown()).imageProblem).toBe('it was not fetched: the answer was 503');
  });

  it('of a camera that is out of reach does not hold up the others', async () => {
    const dead = await reported('http://127.0.0.1:1/pic.jpg');
    await fetchNext(deps());
    expect((await dead.shown()).imageProblem).toContain('ECONNREFUSED');
    const alive = await reported(here());
    now = new Date(now.getTime() + 59_000);
    await fetchNext(deps());
    expect((await alive.shown()).images).toHaveLength(1);
  });
});

describe('the picture a detection names is not fetched', () => {
  const refusedFor = async (
    url: string,
    over: Partial<ImageFetcherDeps> = {},
    setup: Record<string, unknown> = {},
  ): Promise<string> => {
    const { shown } = await reported(url, setup);
    await fetchNext(deps(over));
    const { images, imageProblem } = await shown();
    expect(images).toEqual([]);
    return imageProblem ?? '';
  };

  it.each(['127.0.0.1', '2130706433', 'localhost', '[::1]', '169.254.169.254', '10.0.0.1'])(
    'from %s, and nothing is connected to',
    async (host) => {
      const problem = await refusedFor(here('/', host), { listed: [] });
      expect(problem).toMatch(/^it was not fetched: .* is not the device's own address/);
      expect(asked).toEqual([]);
    },
  );

  it('from a loopback address, even where that is registered as the address of the camera', async () => {
    const problem = await refusedFor(here(), { listed: [] }, { address: '127.0.0.1' });
    expect(problem).toMatch(/127\.0\.0\.1 is a loopback address; if it is meant/);
    expect(asked).toEqual([]);
  });

  it('from a name that turns out to stand for an address inside', async () => {
    const over = { listed: ['pictures.example'], lookup: resolving('127.0.0.1') };
    const problem = await refusedFor(here('/', 'pictures.example'), over);
    expect(problem).toContain('pictures.example resolves to 127.0.0.1, which is a loopback');
    expect(asked).toEqual([]);
  });

  it('from where the camera sends us on to', async () => {
    answer = (_request, response) =>
      response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end();
    expect(await refusedFor(here())).toBe(
      'it was not fetched: it leads on to http://169.254.169.254/latest, which is not followed',
    );
  });

  it('beyond the limit, however much comes', async () => {
    const cut = new Promise<void>((resolve) => {
      answer = (_request, response) => {
        response.writeHead(200, { 'content-type': 'image/jpeg' });
        const more = (): void => {
          while (response.write(Buffer.alloc(65_536, 0xff))) if (response.destroyed) return;
        };
        response.on('drain', more).on('close', resolve);
        more();
      };
    });
    expect(await refusedFor(here())).toContain('it has more than 100000 bytes');
    await cut;
  });

  it('when it is a page by the name of a picture', async () => {
    answer = (_request, response) =>
      response.writeHead(200, { 'content-type': 'image/jpeg' }).end('<!DOCTYPE html><p>login');
    expect(await refusedFor(here('/alarm.jpg'))).toContain('neither JPEG, PNG nor WebP');
  });

  it('as a half: what breaks off is asked for again', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': String(TINY_JPEG.length) });
      response.write(TINY_JPEG.subarray(0, 100), () => response.destroy());
    };
    expect(await refusedFor(here())).toBe('it will be tried again: it broke off after 100 bytes');
  });
});
