import { createDeviceRegistry } from '../devices/index.ts';
import { createEmbeddedPostgres, runningPostgres } from '../embedded/index.ts';
import { importCommand, type TakeDeps } from '../hotspots/index.ts';
import { createRegionIndex } from '../people/index.ts';
import { type Context, prepareContext, type ServiceOptions } from '../pipeline.ts';
import { migrate } from '../shared/migrate.ts';
import { startParts } from '../shared/part.ts';
import { createTakeDeps } from './hotspots.ts';
import { createIntake } from './intake.ts';

/**
 * `import hotspots FILE…` beside the running service or without it: what is new is recorded with its alerts in one
 * transaction, as always, and whichever process sends finds them. Returns whether every row could be read.
 */
export const runImport = (options: ServiceOptions, args: readonly string[]): Promise<boolean> =>
  importCommand({
    args,
    print: options.print,
    withStages: (work) =>
      withDatabase(options, (connectionString) => withStages(options, connectionString, work)),
  });

/** On DATABASE_URL, else on the database of the service that runs on this DATA_DIR, else on one of its own there. */
const withDatabase = async <T>(
  { env, logger, onFatal }: ServiceOptions,
  work: (connectionString: string) => Promise<T>,
): Promise<T> => {
  const queue = env.redisUrl === undefined;
  const running = env.databaseUrl ?? runningPostgres(env.dataDir);
  if (running !== undefined) {
    await migrate(running, logger, { queue });
    return work(running);
  }
  const postgres = createEmbeddedPostgres({ dataDir: env.dataDir, logger, onExit: onFatal });
  await postgres.start();
  try {
    await migrate(postgres.connectionString(), logger, { queue });
    return await work(postgres.connectionString());
  } finally {
    await postgres.stop();
  }
};

const withStages = async <T>(
  options: ServiceOptions,
  connectionString: string,
  work: (deps: TakeDeps) => Promise<T>,
): Promise<T> => {
  const { context, shared, endPools } = await prepareContext(options, connectionString);
  try {
    return await withIntake(context, shared, work);
  } finally {
    await endPools();
  }
};

const withIntake = async <T>(
  context: Context,
  shared: Parameters<typeof createTakeDeps>[1]['shared'],
  work: (deps: TakeDeps) => Promise<T>,
): Promise<T> => {
  const { listener } = context;
  const regions = createRegionIndex({
    pool: shared,
    listener,
    logger: context.logger.child({ stage: 'people' }),
  });
  const registry = createDeviceRegistry({
    pool: shared,
    listener,
    logger: context.logger.child({ stage: 'devices' }),
  });
  // A satellite is never answered.
  const publish = async (): Promise<void> => undefined;
  const intake = createIntake(context, { shared, regions, registry, publish });
  const stop = await startParts([listener, regions, registry]);
  try {
    return await work(createTakeDeps(context, { shared, regions, registry, intake }));
  } finally {
    await stop();
  }
};
