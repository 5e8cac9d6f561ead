// `npm run test:services`: the integration and story tests that use a bus or a queue, against Mosquitto and Redis instead of
// what is embedded; the others would only be run a second time. Fails when one of the programs is not installed: a run that skipped them
// would prove nothing.
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startRedis } from './redis.ts';

const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/usr/local/sbin`;

const requireProgram = (program: string, args: string[]): void => {
  const { error, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, PATH },
  });
  if (error !== undefined) {
    process.stderr.write(
      `${program} is not installed; on Debian: apt-get install mosquitto mosquitto-clients redis-server curl\n`,
    );
    process.exit(1);
  }
  process.stdout.write(`${(stdout || stderr).split('\n')[0] ?? program}\n`);
};

const USES_SERVICES = /support\/(service|mosquitto|redis)\.ts'|TEST_SERVICES|TEST_REDIS_URL/;

/** Test files that start the service or one of its parts on a bus or a queue. */
const filesWithServices = (): string[] =>
  ['test/integration', 'test/story', 'test/services'].flatMap((dir) =>
    readdirSync(dir, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => join(dir, name))
      .filter((file) => USES_SERVICES.test(readFileSync(file, 'utf8'))),
  );

requireProgram('mosquitto', ['-h']);
requireProgram('mosquitto_pub', ['--version']);
requireProgram('redis-server', ['--version']);
requireProgram('curl', ['--version']);

const redis = await startRedis();
const vitest = spawn(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    'system',
    '--project',
    'services',
    ...(process.argv.length > 2 ? process.argv.slice(2) : filesWithServices()),
  ],
  {
    stdio: 'inherit',
    env: { ...process.env, PATH, TEST_SERVICES: '1', TEST_REDIS_URL: redis.url },
  },
);
const code = await new Promise<number>((resolve) =>
  vitest.once('exit', (status) => resolve(status ?? 1)),
);
await redis.stop();
process.exit(code);
