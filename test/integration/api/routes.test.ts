import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCESS_ROLES, type AccessRole } from '../../../src/shared/http.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { givenAccount } from './api-harness.ts';
import { operationsOf, walkRoutes } from './route-walker.ts';

type Operation = {
  summary?: string;
  tags?: string[];
  security?: unknown[];
  'x-roles'?: string[];
  operationId?: string;
  parameters?: { in: string; name: string }[];
  responses: Record<string, { content?: Record<string, { schema: unknown }> }>;
};
type ApiDocument = {
  openapi: string;
  info: { title: string; version: string };
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
};

let service: TestService;
let document: ApiDocument;
const tokens = new Map<AccessRole, string>();

beforeAll(async () => {
  service = await startTestService();
  const password = 'same for everybody';
  for (const role of ACCESS_ROLES) {
    await givenAccount(service.database, `the-${role}`, { password, roles: [role] });
    const body = { username: `the-${role}`, password };
    const login = await service.call<{ token: string }>('POST', 'auth/login', body, null);
    tokens.set(role, login.body.token);
  }
  const response = await fetch(`${service.service.httpUrl()}/docs/json`);
  document = (await response.json()) as ApiDocument;
});
afterAll(() => service.stop());

/** Routes that need no login; a browser that got a notification proves it by what came with that. */
const PUBLIC = ['/api/v1/auth/login', '/api/v1/push/receipts'];

describe('every route', () => {
  it('admits the roles it states and nobody else', async () => {
    const operations = operationsOf(document);
    expect(operations.length).toBeGreaterThan(30);
    expect(operations.filter(({ roles }) => roles === undefined).map(({ path }) => path)).toEqual([
      ...PUBLIC,
    ]);
    const wrong = await walkRoutes(service.service.httpUrl(), operations, tokens);
    expect(wrong).toEqual([]);
  });

  it('would be noticed if it admitted another', async () => {
    const mixedUp = new Map([...tokens, ['viewer', tokens.get('admin') ?? ''] as const]);
    const operations = operationsOf(document).filter(({ method }) => method === 'POST');
    const wrong = await walkRoutes(service.service.httpUrl(), operations, mixedUp);
    expect(wrong.join()).toContain('POST /api/v1/devices as viewer: 400');
  });

  it('leaves nothing but log-in, probes, docs and the page open to everybody', async () => {
    const open = ['/', '/healthz', '/readyz', '/metrics', '/docs/json', '/docs/asyncapi.yaml'];
    const statuses = await Promise.all(
      open.map(async (path) => (await fetch(service.service.httpUrl() + path)).status),
    );
    expect(statuses).toEqual(open.map(() => 200));
  });

  it('is one the blueprint lists', () => {
    const paths = new Set(operationsOf(document).map(({ method, path }) => `${method} ${path}`));
    const listed = [
      'POST auth/login',
      'GET devices',
      'POST devices',
      'GET devices/{id}',
      'GET devices/{id}/track',
      'POST detections',
      'GET incidents',
      'GET incidents/{id}',
      'GET incidents/{id}/events',
      'GET incidents/{id}/nearby',
      ...['acknowledge', 'verify', 'dismiss', 'dispatch', 'contain', 'close'].map(
        (act) => `POST incidents/{id}/${act}`,
      ),
      'GET resources',
      'GET resources/nearby',
      'POST resources/import',
      'GET regions',
      'POST regions/import',
      'GET people',
      'POST people',
      'GET shifts',
      'POST shifts',
      'GET policies',
      'GET notifications',
      'GET stream',
      'GET dead-letters',
    ].map((route) => route.replace(' ', ' /api/v1/'));
    expect(listed.filter((route) => !paths.has(route))).toEqual([]);
  });
});

describe('the API document', () => {
  const operations = (): [string, Operation][] =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, Operation] => [
        `${method} ${path}`,
        operation,
      ]),
    );

  it('is OpenAPI 3.1 with a title and a version', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document.info.title).toBe('Fengsui 烽燧');
    expect(document.info.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(document.info.version).not.toBe('0.0.0');
  });

  it('says of every operation what it does, whom it admits and what it answers', () => {
    const known = new Set(document.tags.map(({ name }) => name));
    const lacking = operations().filter(([name, operation]) => {
      const statuses = Object.keys(operation.responses);
      const open = PUBLIC.some((path) => name.endsWith(path));
      const secured = name.includes('/api/') && !open;
      return !(
        operation.summary !== undefined &&
        operation.tags?.every((tag) => known.has(tag)) === true &&
        operation.tags.length > 0 &&
        operation.security?.length === (secured ? 1 : 0) &&
        statuses.some((status) => status.startsWith('2')) &&
        statuses.includes('429') &&
        (!secured || (statuses.includes('401') && statuses.includes('403')))
      );
    });
    expect(lacking.map(([name]) => name)).toEqual([]);
  });

  it('declares every parameter of every path', () => {
    const lacking = operations().filter(([name, { parameters = [] }]) => {
      const declared = parameters.filter((p) => p.in === 'path').map((p) => `{${p.name}}`);
      return [...name.matchAll(/\{\w+\}/g)].some(([each]) => !declared.includes(each));
    });
    expect(lacking.map(([name]) => name)).toEqual([]);
  });

  it('refers only to what is there, and uses no word of another version', () => {
    const wrong: string[] = [];
    const TYPES = ['null', 'boolean', 'object', 'array', 'number', 'string', 'integer'];
    const visit = (node: unknown, at: string): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, value] of Object.entries(node)) {
        const here = `${at}/${key}`;
        if (key === '$ref' && typeof value === 'string') {
          const name = /^#\/components\/schemas\/(\w+)$/.exec(value)?.[1] ?? '';
          if (!(name in document.components.schemas)) wrong.push(`${here}: ${value}`);
        }
        if (key === 'nullable' && typeof value === 'boolean') wrong.push(`${here}: nullable`);
        if (key === 'type' && at.includes('schema') && typeof value === 'string') {
          if (!TYPES.includes(value) && !at.endsWith('properties')) wrong.push(`${here}: ${value}`);
        }
        visit(value, here);
      }
    };
    visit(document.paths, '');
    visit(document.components, '/components');
    expect(wrong).toEqual([]);
  });

  it('describes errors as problem+json everywhere', () => {
    const wrong = operations().flatMap(([name, { responses }]) =>
      Object.entries(responses)
        .filter(([status]) => /^[45]/.test(status))
        .filter(([, { content = {} }]) => !('application/problem+json' in content))
        .map(([status]) => `${name} ${status}`),
    );
    // Readiness answers 503 with its checks.
    expect(wrong).toEqual(['get /readyz 503']);
  });

  it('has a page to try it at /docs, with only own scripts', async () => {
    const page = await fetch(`${service.service.httpUrl()}/docs/`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(await page.text()).not.toMatch(/(src|href)="https?:/);
  });
});
