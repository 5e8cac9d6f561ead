import { expect, it } from 'vitest';
import { faultsOf } from '../chaos/delivery-report.ts';
import { deliveryRun } from '../chaos/delivery-run.ts';

// With Redis where the run provides what is not embedded; else the queue is on PostgreSQL.
const redis = process.env.TEST_SERVICES === '1';
const run = (notifications: number, kills: number) =>
  deliveryRun({ notifications, kills, seed: 7, redis, print: () => undefined });

it('loses nobody while processes, PostgreSQL and Redis are killed, and repeats only what it must', async () => {
  const result = await run(300, redis ? 6 : 5);
  expect(new Set(result.crashes.map(({ kind }) => kind)).size).toBe(redis ? 6 : 4);
  // How many were on their way when a process died is a matter of chance: of so few kills the mean says nothing.
  expect(faultsOf(result, { meanOfCrashes: false })).toEqual([]);
}, 240_000);

it('repeats nothing when nothing is killed', async () => {
  const result = await run(100, 0);
  expect(faultsOf(result)).toEqual([]);
  expect(result.tally.duplicates).toEqual([]);
}, 120_000);
