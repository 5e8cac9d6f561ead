import { afterAll, beforeAll, expect, it } from 'vitest';
import { claimFeed, endPoll, listFeeds } from '../../../src/hotspots/feed-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const START = new Date('2026-11-28T06:00:00Z');
const after = (seconds: number): Date => new Date(START.getTime() + seconds * 1000);

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

const claim = (now: Date): Promise<boolean> =>
  claimFeed(database.pool, { name: 'viirs', now, before: new Date(now.getTime() - 600_000) });

it('of several processes one has each turn, also when the last one never ended', async () => {
  const claims = await Promise.all([claim(START), claim(after(1)), claim(after(2))]);
  expect(claims.filter(Boolean)).toHaveLength(1);
  expect(await claim(after(500))).toBe(false);
  expect(await claim(after(603))).toBe(true);
});

it('a failure is remembered beside the last success, and forgotten at the next', async () => {
  const end = (now: Date, error: string | null) =>
    endPoll(database.pool, { name: 'viirs', now, error });
  expect(await end(after(610), null)).toEqual(after(610));
  expect(await end(after(1_210), 'HTTP 503')).toEqual(after(610));
  expect(await listFeeds(database.pool, ['viirs', 'modis'])).toEqual([
    { name: 'viirs', polledAt: after(603), succeededAt: after(610), error: 'HTTP 503' },
  ]);
  await end(after(1_810), null);
  expect(await listFeeds(database.pool, ['viirs'])).toMatchObject([
    { succeededAt: after(1_810), error: null },
  ]);
});
