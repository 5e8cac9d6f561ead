// `npm run test:services`: the integration and story tests against Mosquitto and Redis instead of what is
// embedded. Fails when either is not installed: a run that skipped them would prove nothing.
import { spawn, spawnSync } from 'node:child_process';
import { startRedis } from './redis.ts';

const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/usr/local/sbin`;

const requireProgram = (program: string, args: string[]): void => {
  const { error, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, PATH },
  });
  if (error !== undefined) {
    process.stderr.write(
      `${program} is not installed; on Debian: apt-get install mosquitto redis-server\n`,
    );
    process.exit(1);
  }
  process.stdout.write(`${(stdout || stderr).split('\n')[0] ?? program}\n`);
};

requireProgram('mosquitto', ['-h']);
requireProgram('redis-server', ['--version']);

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
    ...process.argv.slice(2),
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
