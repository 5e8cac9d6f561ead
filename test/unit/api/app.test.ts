import { Writable } from 'node:stream';
import { pino } from 'pino';
import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { withoutSecret } from '../../../src/api/fastify-app.ts';
import { AppError, type AppErrorCode } from '../../../src/shared/app-error.ts';
import { ANY_ROLE, COMMAND_ROLES, type RouteGroup } from '../../../src/shared/http.ts';
import { bearer, createTestApp } from './test-app.ts';

const ok = Type.Object({ ok: Type.Boolean() });

const things: RouteGroup = (app) => {
  app.get(
    '/things',
    {
      config: { access: ANY_ROLE },
      schema: {
        summary: 'List',
        querystring: Type.Object({
          lon: Type.Optional(Type.Number({ minimum: -180, maximum: 180 })),
          limit: Type.Optional(Type.Integer({ minimum: 1, default: 50 })),
          open: Type.Optional(Type.Boolean()),
          kinds: Type.Optional(Type.Array(Type.String())),
        }),
        response: { 200: Type.Record(Type.String(), Type.Unknown()) },
      },
    },
    async ({ query }) => ({ ...query }),
  );
  app.post(
    '/things',
    {
      config: { access: COMMAND_ROLES },
      schema: {
        summary: 'Create',
        body: Type.Object(
          {
            name: Type.String({ minLength: 1 }),
            lat: Type.Number({ minimum: -90, maximum: 90 }),
            kind: Type.Optional(Type.Union([Type.Literal('smoke'), Type.Literal('flame')])),
            place: Type.Optional(Type.Object({ lon: Type.Number() })),
          },
          { additionalProperties: false },
        ),
        response: { 201: ok },
      },
    },
    async (_request, reply) => reply.code(201).send({ ok: true }),
  );
  app.post(
    '/things/:id/act',
    { config: { access: ANY_ROLE }, schema: { summary: 'Act', response: { 200: ok } } },
    async () => ({ ok: true }),
  );
};

const failing = (error: unknown): RouteGroup => {
  return (app) => {
    app.get('/fail', { config: { access: 'public' }, schema: { summary: 'Fail' } }, () => {
      throw error;
    });
  };
};

const post = { method: 'POST', url: '/api/v1/things', headers: bearer('admin') } as const;

describe('access', () => {
  it('refuses to start when a route below /api does not say whom it admits', async () => {
    const open: RouteGroup = (app) => {
      app.get('/forgotten', () => 'secret');
    };
    await expect(createTestApp({ routes: [open] })).rejects.toThrow(
      'GET /api/v1/forgotten does not say whom it admits',
    );
    const nobody: RouteGroup = (app) => {
      app.get('/nobody', { config: { access: [] } }, () => 'secret');
    };
    await expect(createTestApp({ routes: [nobody] })).rejects.toThrow('config.access');
    const silent: RouteGroup = (app) => {
      app.get('/silent', { config: { access: 'public' } }, () => 'what is this?');
    };
    await expect(createTestApp({ routes: [silent] })).rejects.toThrow('schema.summary');
  });

  it('asks for a token, then for a role; admin is always admitted', async () => {
    const app = await createTestApp({ routes: [things] });
    const body = { name: 'a', lat: 1 };
    const without = await app.inject({ method: 'POST', url: '/api/v1/things', payload: body });
    expect(without.statusCode).toBe(401);
    expect(without.headers['www-authenticate']).toBe('Bearer');
    const basic = { authorization: 'Basic YTpi' };
    expect((await app.inject({ ...post, headers: basic })).statusCode).toBe(401);
    expect((await app.inject({ ...post, headers: bearer('viewer') })).statusCode).toBe(403);
    const roles = ['dispatcher', 'duty_officer', 'admin'] as const;
    const answers = await Promise.all(
      roles.map((role) => app.inject({ ...post, headers: bearer(role), payload: body })),
    );
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 201, 201]);
  });
});

describe('validation', () => {
  it('names every wrong field of a body at once, and does not turn text into numbers there', async () => {
    const app = await createTestApp({ routes: [things] });
    const payload = { lat: '12', kind: 'fog', extra: 1, place: {} };
    const answer = await app.inject({ ...post, payload });
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    const problem = answer.json();
    expect(problem).toMatchObject({ title: 'Bad Request', detail: 'The body is not valid' });
    expect(problem.errors).toHaveLength(5);
    expect(problem.errors).toEqual(
      expect.arrayContaining([
        { path: 'name', message: 'is required' },
        { path: 'lat', message: 'must be number' },
        { path: 'kind', message: 'must be one of "smoke", "flame"' },
        { path: 'extra', message: 'is not a known field' },
        { path: 'place.lon', message: 'is required' },
      ]),
    );
  });

  it.each([
    ['?limit=5&open=true&lon=-1.5e1&kinds=a', { limit: 5, open: true, lon: -15, kinds: ['a'] }],
    ['', { limit: 50 }],
    ['?kinds=a&kinds=b', { limit: 50, kinds: ['a', 'b'] }],
  ])('reads a query %s', async (query, expected) => {
    const app = await createTestApp({ routes: [things] });
    const answer = await app.inject({ url: `/api/v1/things${query}`, headers: bearer('viewer') });
    expect(answer.json()).toEqual(expected);
  });

  it.each([
    '?lon=',
    '?lon=0x10',
    '?limit=5.7',
    '?limit=abc',
    '?lon=181',
    '?open=1',
    '?lon=Infinity',
  ])('refuses a query %s instead of guessing', async (query) => {
    const app = await createTestApp({ routes: [things] });
    const answer = await app.inject({ url: `/api/v1/things${query}`, headers: bearer('viewer') });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors[0].path).toBe(/\?(\w+)/.exec(query)?.[1]);
  });
});

describe('problem+json', () => {
  it.each<[AppErrorCode, number]>([
    ['bad_request', 400],
    ['unauthorized', 401],
    ['forbidden', 403],
    ['not_found', 404],
    ['conflict', 409],
    ['unprocessable', 422],
    ['unavailable', 503],
  ])('answers AppError %s with %i, its text and its fields', async (code, status) => {
    const errors = [{ path: 'features[3].geometry', message: 'is empty' }];
    const app = await createTestApp({ routes: [failing(new AppError(code, 'why', { errors }))] });
    const answer = await app.inject('/api/v1/fail');
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.json()).toMatchObject({ type: 'about:blank', status, detail: 'why', errors });
  });

  it('hides the text of an unexpected error, and logs it under the id the caller sees', async () => {
    const lines: string[] = [];
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(chunk.toString());
        done();
      },
    });
    const routes = [failing(new Error('password of the database is hunter2'))];
    const app = await createTestApp({ routes, logger: pino({ level: 'error' }, sink) });
    const answer = await app.inject('/api/v1/fail');
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('hunter2');
    const id = answer.headers['x-request-id'];
    expect(answer.json().instance).toBe(`urn:uuid:${String(id)}`);
    expect(lines.join('')).toContain('hunter2');
    expect(lines.join('')).toContain(String(id));
  });

  it('keeps the token of a callback out of the log, also when it is called in a wrong way', async () => {
    const lines: string[] = [];
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(chunk.toString());
        done();
      },
    });
    const hook: RouteGroup = (app) => {
      app.post('/hooks/:provider/:token', () => 'ok');
    };
    const app = await createTestApp({ rootRoutes: [hook], logger: pino({ level: 'debug' }, sink) });
    for (const method of ['POST', 'GET', 'PUT'] as const) {
      await app.inject({ method, url: '/hooks/aliyun/hunter2?x=1' });
    }
    await app.inject({ method: 'POST', url: '/hooks/aliyun/hunter2/more' });
    expect(lines.join('')).toContain('/hooks/aliyun/…');
    expect(lines.join('')).not.toContain('hunter2');
  });

  it.each([
    [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 503],
    [Object.assign(new Error('terminating'), { code: '57P01' }), 503],
    [new Error('timeout exceeded when trying to connect'), 503],
    [Object.assign(new Error('invalid byte sequence'), { code: '22021' }), 400],
    [Object.assign(new Error('deadlock'), { code: '40P01' }), 503],
    ['a thrown string', 500],
  ])('tells a database that is away from a mistake: %s', async (error, status) => {
    const app = await createTestApp({ routes: [failing(error)] });
    const answer = await app.inject('/api/v1/fail');
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['retry-after']).toBe(status === 503 ? '2' : undefined);
  });

  it('answers 404 and, where another method exists, 405 with Allow', async () => {
    const app = await createTestApp({ routes: [things] });
    const missing = await app.inject('/api/v1/nothing');
    expect([missing.statusCode, missing.json().title]).toEqual([404, 'Not Found']);
    const wrong = await app.inject({ method: 'DELETE', url: '/api/v1/things/7/act?x=1' });
    expect([wrong.statusCode, wrong.headers.allow]).toEqual([405, 'POST']);
    expect(wrong.headers['content-type']).toBe('application/problem+json');
  });

  it('answers 400, 413 and 415 in the same form', async () => {
    const app = await createTestApp({ routes: [things] });
    const json = { ...post.headers, 'content-type': 'application/json' };
    const broken = await app.inject({ ...post, headers: json, payload: '{"name":' });
    expect([broken.statusCode, broken.json().detail]).toEqual([
      400,
      'The request body is not valid JSON',
    ]);
    const payload = JSON.stringify({ name: 'x'.repeat(1024 * 1024) });
    expect((await app.inject({ ...post, headers: json, payload })).statusCode).toBe(413);
    const form = { ...post.headers, 'content-type': 'application/x-www-form-urlencoded' };
    const wrongType = await app.inject({ ...post, headers: form, payload: 'name=a' });
    expect(wrongType.statusCode).toBe(415);
    expect(wrongType.json().detail).toContain('application/json');
    const badUrl = await app.inject('/api/v1/%zz');
    expect([badUrl.statusCode, badUrl.headers['content-type']]).toEqual([
      400,
      'application/problem+json',
    ]);
  });

  it('takes an empty body with a JSON content type as no body', async () => {
    const app = await createTestApp({ routes: [things] });
    const headers = { ...bearer('viewer'), 'content-type': 'application/json' };
    const url = '/api/v1/things/1/act';
    expect((await app.inject({ method: 'POST', url, headers })).statusCode).toBe(200);
    const needed = await app.inject({ ...post, headers: { ...headers, ...bearer('admin') } });
    expect([needed.statusCode, needed.json().errors]).toEqual([
      400,
      [{ path: 'body', message: 'must be object' }],
    ]);
  });
});

describe('the log', () => {
  it.each([
    ['/equipment/hikvision/cam-1/abc_-123', '/equipment/hikvision/cam-1/…'],
    ['/equipment/hikvison/cam-1/abc/', '/equipment/hikvison/cam-1/…'],
    ['/Equipment/gb28181/b/%61bc?x=1', '/Equipment/gb28181/b/…'],
    ['/hooks/aliyun/hunter2', '/hooks/aliyun/…'],
    ['/r/AbC_-1?x=1', '/r/…'],
    ['/equipment/hikvision/cam-1', '/equipment/hikvision/cam-1'],
    ['/api/v1/devices/cam-1/track?from=x', '/api/v1/devices/cam-1/track?from=x'],
  ])('shows %s as %s', (url, shown) => {
    expect(withoutSecret(url)).toBe(shown);
  });
});

describe('rate limit', () => {
  it('answers 429 with Retry-After, but never to a probe', async () => {
    const app = await createTestApp({ routes: [things], limits: { perAddress: 3 } });
    const codes = [];
    for (let i = 0; i < 5; i += 1) codes.push((await app.inject('/api/v1/things')).statusCode);
    expect(codes).toEqual([401, 401, 401, 429, 429]);
    const limited = await app.inject('/api/v1/things');
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0);
    expect(limited.json()).toMatchObject({ status: 429, title: 'Too Many Requests' });
    const other = { url: '/api/v1/things', remoteAddress: '192.0.2.7' };
    expect((await app.inject(other)).statusCode).toBe(401);
    expect((await app.inject('/healthz')).statusCode).toBe(200);
  });
});

describe('headers', () => {
  it('forbids everything but own scripts and styles, and sets no HSTS', async () => {
    const app = await createTestApp();
    const { headers } = await app.inject('/healthz');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers['strict-transport-security']).toBeUndefined();
    expect(headers['x-content-type-options']).toBe('nosniff');
  });
});
