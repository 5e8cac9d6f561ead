import { expect, it } from 'vitest';
import { type Arrival, type Crash, tally } from '../../chaos/delivery-tally.ts';

const arrival = (key: string, at: number, over: Partial<Arrival> = {}): Arrival => ({
  key,
  at,
  worker: 'worker 1',
  markedRepeat: false,
  ...over,
});
const again = (key: string, at: number): Arrival => arrival(key, at, { markedRepeat: true });
const death = (at: number, over: Partial<Crash> = {}): Crash => ({
  kind: 'worker',
  target: 'worker 1',
  at,
  backAt: at + 3_000,
  ...over,
});
const outage = (at: number, backAt: number): Crash => ({
  kind: 'PostgreSQL',
  target: 'PostgreSQL',
  at,
  backAt,
});

it('counts what never came and what was not wanted', () => {
  const result = tally(new Set(['a', 'b']), [arrival('a', 0), arrival('c', 0)], []);
  expect(result).toMatchObject({ expected: 2, arrived: 1, lost: ['b'], unexpected: ['c'] });
});

it('lays a repeat to the death of the worker that sent the copy before', () => {
  const crashes = [death(50_000, { target: 'worker 2' }), death(50_010)];
  const result = tally(new Set(['a']), [arrival('a', 50_005), again('a', 56_500)], crashes);
  expect(result.duplicates).toMatchObject([{ crash: crashes[1] }]);
  expect(result).toMatchObject({ withoutCrash: 0, notMarked: 0, perCrash: 0.5, mostPerCrash: 1 });
});

it('lays it to the database when that was away between the two', () => {
  const during = tally(
    new Set(['a']),
    [arrival('a', 52_000), again('a', 60_000)],
    [outage(50_000, 55_000)],
  );
  expect(during.duplicates[0]?.crash?.kind).toBe('PostgreSQL');
  const before = tally(
    new Set(['a']),
    [arrival('a', 52_000), again('a', 60_000)],
    [outage(40_000, 45_000)],
  );
  expect(before.withoutCrash).toBe(1);
});

it('does not excuse a repeat by the death of another worker, nor by Redis', () => {
  const crashes = [
    death(50_010, { target: 'worker 2' }),
    death(50_010, { kind: 'Redis', target: 'Redis' }),
  ];
  const result = tally(new Set(['a']), [arrival('a', 50_005), again('a', 56_500)], crashes);
  expect(result.withoutCrash).toBe(1);
});

it('tells one crash that repeats many from one that repeats the same twice', () => {
  const crash = death(50_010, { backAt: 90_000 });
  const many = ['a', 'b', 'c'].flatMap((key) => [arrival(key, 50_000), again(key, 56_000)]);
  expect(tally(new Set(['a', 'b', 'c']), many, [crash])).toMatchObject({
    perCrash: 3,
    mostPerCrash: 3,
    mostOfOneNotificationPerCrash: 1,
    byKind: [{ kind: 'worker', crashes: 1, duplicates: 3, most: 3 }],
  });
  const twice = [arrival('a', 50_000), again('a', 50_005), again('a', 56_000)];
  expect(tally(new Set(['a']), twice, [crash]).mostOfOneNotificationPerCrash).toBe(1);
  expect(tally(new Set(['a']), twice, [crash]).withoutCrash).toBe(1);
});

it('sees a repeat that was not marked', () => {
  const unmarked = [arrival('a', 50_000), arrival('a', 56_000)];
  expect(tally(new Set(['a']), unmarked, [death(50_010)]).notMarked).toBe(1);
});
