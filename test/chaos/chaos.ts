// `npm run chaos -- --rounds 50 --seed 1`: kill -9 between PUBLISH and PUBACK, again and again.
// `npm run chaos -- --notifications 10000 --seed 1`: kill -9 of processes, PostgreSQL and Redis while people are told.
import { parseArgs } from 'node:util';
import { hasRedis } from '../support/redis.ts';
import { crashRun } from './crash-run.ts';
import { faultsOf, reportDelivery } from './delivery-report.ts';
import { deliveryRun } from './delivery-run.ts';

const USAGE = `npm run chaos -- [--rounds 1..1000, default 50] [--seed N, default 1]
npm run chaos -- --notifications 10..20000 [--kills 0.., default one a hundred] [--redis | --no-redis] [--seed N]`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const fail = (): never => {
  say(USAGE);
  process.exit(1);
};

const { values } = parseArgs({
  allowNegative: true,
  options: {
    rounds: { type: 'string', default: '50' },
    notifications: { type: 'string' },
    kills: { type: 'string' },
    redis: { type: 'boolean' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});
const whole = (text: string, [min, max]: [number, number]): number => {
  const value = Number(text);
  return Number.isInteger(value) && value >= min && value <= max ? value : fail();
};
if (values.help) {
  say(USAGE);
  process.exit(0);
}
const seed = whole(values.seed, [-(2 ** 31), 2 ** 31]);

const killBeforePuback = async (): Promise<boolean> => {
  const rounds = whole(values.rounds, [1, 1000]);
  say(`kill -9 between PUBLISH and PUBACK, ${rounds} times, seed ${seed}`);
  const started = performance.now();
  const result = await crashRun({ rounds, seed, print: say });
  for (const [name, value] of Object.entries(result)) say(`${name.padEnd(20)} ${value}`);
  say(`took ${((performance.now() - started) / 1000).toFixed(0)} s`);
  return result.wrongLinks === 0 && result.lostSms === 0;
};

const killWhileSending = async (count: string): Promise<boolean> => {
  const notifications = whole(count, [10, 20_000]);
  const kills = whole(values.kills ?? String(Math.ceil(notifications / 100)), [0, 10_000]);
  const redis = values.redis ?? hasRedis();
  if (values.redis === undefined && !redis)
    say('redis-server is not installed: the queue is on PostgreSQL');
  say(`${notifications} notifications, ${kills} kills, seed ${seed}`);
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort());
  const options = { notifications, kills, seed, redis, print: say, signal: abort.signal };
  const result = await deliveryRun(options);
  for (const line of reportDelivery(result)) say(line);
  const faults = faultsOf(result);
  for (const fault of faults) say(`WRONG: ${fault}`);
  return faults.length === 0;
};

const run = (): Promise<boolean> =>
  values.notifications === undefined ? killBeforePuback() : killWhileSending(values.notifications);

const good = await run().catch((error: unknown) => {
  say(`WRONG: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return false;
});
process.exit(good ? 0 : 1);
