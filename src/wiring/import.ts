import { createEmbeddedPostgres, runningPostgres } from '../embedded/index.ts';
import { importCommand, type TakeDeps } from '../hotspots/index.ts';
import { prepareContext, type ServiceOptions } from '../pipeline.ts';
import { migrate } from '../shared/migrate.ts';
import { startParts } from '../shared/part.ts';
import { createTakeDeps } from './hotspots.ts';
import { createImages } from './images.ts';
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
  const { endPools, ...prepared } = await prepareContext(options, connectionString);
  const { context, regions, registry } = prepared;
  try {
    // A satellite is never answered, nor is it a device of ours that could be unwell.
    const publish = async (): Promise<void> => undefined;
    const images = createImages(context);
    const problemsOf = () => [];
    const intake = createIntake(context, { ...prepared, images, publish, problemsOf });
    const stop = await startParts([context.listener, regions, registry]);
    try {
      return await work(createTakeDeps(context, { ...prepared, intake }));
    } finally {
      await stop();
    }
  } finally {
    await endPools();
  }
};
