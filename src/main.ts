import { createDemo, demoEnv, demoSeed, prepareDemo } from './demo/index.ts';
import { writeBrokerFiles } from './devices/index.ts';
import { createEmbeddedPostgres, makeWritable } from './embedded/index.ts';
import { createLifecycle, failToStart } from './lifecycle.ts';
import type { Service } from './pipeline.ts';
import { AppError } from './shared/app-error.ts';
import { loadChannelConfig } from './shared/channel-config.ts';
import { systemClock } from './shared/clock.ts';
import { loadCountyConfig } from './shared/county-config.ts';
import { createPool } from './shared/db.ts';
import { type Env, readEnv } from './shared/env.ts';
import { createLogger, type Logger } from './shared/logger.ts';
import { migrate } from './shared/migrate.ts';
import { type Part, startParts } from './shared/part.ts';
import { terrainCommand } from './terrain/index.ts';
import { USAGE } from './usage.ts';

/**
 * Whoever reads our output may go away (a closed terminal, a log collector that was restarted). That must
 * not end the service, nor stop it: it goes on in silence. (For the same reason nothing is logged at level
 * "fatal": pino then flushes synchronously, and on a broken pipe its stream tries again for ever.)
 */
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const say = (text: string): void => {
  process.stdout.write(text);
};

const serve = async (
  env: Env,
  logger: Logger,
  demo: { seed: number } | undefined,
): Promise<void> => {
  const config = await loadCountyConfig(env.configDir);
  const channels = await loadChannelConfig(env.configDir, {
    source: process.env,
    smppUrl: env.smppUrl,
  });
  if (env.databaseUrl === undefined || demo !== undefined) makeWritable(env.dataDir);
  if (demo !== undefined) await prepareDemo(env.dataDir, demo.seed);
  const lifecycle = createLifecycle(logger);
  // Loaded only now: help, migrate and a wrong variable need none of it.
  const { createService } = await import('./pipeline.ts');
  const service = createService({
    env,
    config,
    channels,
    logger,
    clock: systemClock,
    onFatal: (error) => lifecycle.fatal(error),
    print: (line) => say(`${line}\n`),
  });
  const announce: Part = {
    name: 'announce',
    async start() {
      const [http, mqtt] = [service.httpUrl(), service.mqttUrl()];
      if (process.stdout.isTTY) say(`Fengsui 烽燧: ${http}  (API ${http}/docs, MQTT ${mqtt})\n`);
      else logger.info({ http, mqtt }, 'ready');
    },
    async stop() {},
  };
  const parts = [service, announce];
  if (demo !== undefined)
    parts.push(
      demoPart(env, demo.seed, { service, logger, onFatal: (error) => lifecycle.fatal(error) }),
    );
  await lifecycle.run(inOrder(parts));
};

/** The demo is told where the service answers, which is known only once that has started. */
const demoPart = (
  env: Env,
  seed: number,
  {
    service,
    logger,
    onFatal,
  }: { service: Service; logger: Logger; onFatal: (error: Error) => void },
): Part => {
  let running: Part | undefined;
  return {
    name: 'demo',
    async start() {
      const [baseUrl, mqttUrl] = [service.httpUrl(), service.mqttUrl()];
      running = createDemo({ env, seed, baseUrl, mqttUrl, logger, print: say, onFatal });
      await running.start();
    },
    async stop() {
      await running?.stop();
    },
  };
};

const inOrder = (parts: readonly Part[]): Part => {
  let stopAll = async (): Promise<void> => {};
  return {
    name: 'fengsui',
    async start() {
      stopAll = await startParts(parts);
    },
    stop: () => stopAll(),
  };
};

const migrateOnly = async (env: Env, logger: Logger): Promise<void> => {
  const queue = env.redisUrl === undefined;
  if (env.databaseUrl !== undefined) {
    await migrate(env.databaseUrl, logger, { queue });
    return;
  }
  const postgres = createEmbeddedPostgres({
    dataDir: env.dataDir,
    logger,
    onExit: (error) => failToStart(error, logger),
  });
  await postgres.start();
  try {
    await migrate(postgres.connectionString(), logger, { queue });
  } finally {
    await postgres.stop();
  }
};

const brokerFiles = async (env: Env, logger: Logger): Promise<void> => {
  const { databaseUrl, mqttUrl, mosquittoDir: dir } = env;
  if (databaseUrl === undefined || mqttUrl === undefined || dir === undefined) {
    throw new AppError(
      'startup',
      'broker-files needs DATABASE_URL, MQTT_URL and MOSQUITTO_DIR; the embedded broker needs no files',
    );
  }
  const pool = createPool({ connectionString: databaseUrl, name: 'broker-files', max: 1, logger });
  try {
    const changed = await writeBrokerFiles({ db: pool, mqttUrl, dir });
    say(changed ? `written to ${dir}\n` : `${dir} is up to date\n`);
  } finally {
    await pool.end();
  }
};

const terrain = (env: Env, args: readonly string[]): Promise<void> =>
  terrainCommand({
    args,
    dataDir: env.dataDir,
    makeWritable,
    now: () => systemClock.now(),
    print: (line) => say(`${line}\n`),
  });

const importFile = async (env: Env, logger: Logger): Promise<void> => {
  const { runImport } = await import('./wiring/import.ts');
  const options = {
    env,
    config: await loadCountyConfig(env.configDir),
    channels: await loadChannelConfig(env.configDir, {
      source: process.env,
      smppUrl: env.smppUrl,
    }),
    logger,
    clock: systemClock,
    onFatal: (error: Error) => failToStart(error, logger),
    print: (line: string) => say(`${line}\n`),
  };
  const allRead = await runImport(options, process.argv.slice(3));
  if (!allRead) process.exitCode = 2;
};

const run = async (command: string): Promise<void> => {
  let logger: Logger | undefined;
  try {
    if (['help', '--help', '-h'].includes(command)) {
      say(USAGE);
      return;
    }
    const env = readEnv(command === 'demo' ? demoEnv(process.env) : process.env);
    logger = createLogger(env.logLevel);
    if (command === 'serve') await serve(env, logger, undefined);
    else if (command === 'demo') await serve(env, logger, { seed: demoSeed(process.env) });
    else if (command === 'migrate') await migrateOnly(env, logger);
    else if (command === 'broker-files') await brokerFiles(env, logger);
    else if (command === 'import') await importFile(env, logger);
    else if (command === 'terrain') await terrain(env, process.argv.slice(3));
    else {
      throw new AppError(
        'startup',
        `unknown command "${command}"; use serve, demo, migrate, import, terrain, broker-files or help`,
      );
    }
  } catch (error) {
    failToStart(error, logger);
  }
};

await run(process.argv[2] ?? 'serve');
