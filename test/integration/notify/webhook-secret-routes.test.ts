import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { webhookSecretRoutes } from '../../../src/notify/index.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import type { App } from '../../../src/shared/http.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { bearer, createTestApp } from '../../unit/api/test-app.ts';

type Secrets = { secret: string; previous: { secret: string; until?: string }[] };

describe('webhook-secret', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  const appWith = (configured?: string): Promise<App> =>
    createTestApp({
      routes: [webhookSecretRoutes({ pool: database.pool, configured, clock: systemClock })],
    });
  const headers = bearer('admin');
  const URL = '/api/v1/webhook-secret';

  it('is shown to admins alone, and rotated: the old one stays for a day', async () => {
    const app = await appWith();
    expect((await app.inject({ url: URL, headers: bearer('dispatcher') })).statusCode).toBe(403);
    const before = (await app.inject({ url: URL, headers })).json<Secrets>();
    expect(before).toMatchObject({ previous: [], configured: false });

    const rotation = { method: 'POST', url: `${URL}/rotate` } as const;
    expect((await app.inject({ ...rotation, headers: bearer('viewer') })).statusCode).toBe(403);
    const first = (await app.inject({ ...rotation, headers })).json<Secrets>();
    expect(first.secret).not.toBe(before.secret);
    expect(first.previous).toMatchObject([{ secret: before.secret }]);
    const left = Date.parse(first.previous[0]?.until ?? '') - Date.now();
    expect(Math.abs(left - 24 * 3_600_000)).toBeLessThan(60_000);

    // Two at once: neither is lost.
    await Promise.all([app.inject({ ...rotation, headers }), app.inject({ ...rotation, headers })]);
    const after = (await app.inject({ url: URL, headers })).json<Secrets>();
    expect(after.previous).toHaveLength(3);
    expect(new Set([after.secret, ...after.previous.map(({ secret }) => secret)]).size).toBe(4);
  });

  it('says how to rotate one that the environment sets', async () => {
    const secrets = [1, 2].map((n) => `whsec_${Buffer.alloc(32, n).toString('base64')}`);
    const app = await appWith(secrets.join(' '));
    expect((await app.inject({ url: URL, headers })).json()).toEqual({
      secret: secrets[0],
      previous: [{ secret: secrets[1] }],
      configured: true,
    });
    const refused = await app.inject({ method: 'POST', url: `${URL}/rotate`, headers });
    expect(refused.statusCode).toBe(409);
    expect(refused.json<{ detail: string }>().detail).toMatch(/WEBHOOK_SECRET.*restart/);
  });
});
