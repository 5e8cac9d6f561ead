import { fileURLToPath } from 'node:url';
import { runMigrations } from 'bullmq';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { AppError, errorMessage } from './app-error.ts';
import type { Logger } from './logger.ts';

/** The same from src/ and from dist/: both lie beside migrations/. */
const MIGRATIONS_DIR = fileURLToPath(new URL('../../migrations', import.meta.url));
const MIN_SERVER_VERSION = 150_000;

export type MigrateOptions = {
  /** Also create BullMQ's own tables (schema `bullmq`): needed when the queue lives in PostgreSQL. */
  queue?: boolean;
};

/**
 * Brings the database up to the newest schema. Several processes may do so at once: the others wait.
 * Throws AppError('startup') when the database cannot be reached or a migration fails.
 */
export const migrate = async (
  connectionString: string,
  logger: Logger,
  { queue = false }: MigrateOptions = {},
): Promise<void> => {
  const client = new pg.Client({ connectionString, application_name: 'fengsui-migrate' });
  client.on('error', (error) => logger.warn({ err: error }, 'migration connection lost'));
  try {
    await client.connect().catch((error: unknown) => {
      throw new AppError(
        'startup',
        `cannot reach PostgreSQL at ${withoutPassword(connectionString)} (${errorMessage(error)}); check DATABASE_URL and that the server runs`,
        { cause: error },
      );
    });
    await refuseOldServer(client);
    const done = await runner({
      dbClient: client,
      dir: MIGRATIONS_DIR,
      direction: 'up',
      migrationsTable: 'schema_migration',
      singleTransaction: true,
      advisoryLockMode: 'wait',
      logger: quiet(logger),
    });
    if (queue) await runMigrations(client, 'bullmq');
    logger.info({ applied: done.map((migration) => migration.name) }, 'database schema is current');
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(
      'startup',
      `cannot bring the database schema up to date (${errorMessage(error)}); nothing was changed`,
      { cause: error },
    );
  } finally {
    await client.end().catch(() => undefined);
  }
};

const refuseOldServer = async (client: pg.Client): Promise<void> => {
  const { rows } = await client.query<{ number: number; version: string }>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as version`,
  );
  const server = rows[0];
  if (server === undefined || server.number >= MIN_SERVER_VERSION) return;
  throw new AppError(
    'startup',
    `PostgreSQL ${server.version} is too old; upgrade the server that DATABASE_URL names to 15 or later`,
  );
};

const withoutPassword = (connectionString: string): string => {
  if (!URL.canParse(connectionString)) return 'DATABASE_URL';
  const url = new URL(connectionString);
  return `${url.searchParams.get('host') ?? url.host}${url.pathname}`;
};

/** node-pg-migrate tells every statement at info level. */
const quiet = (logger: Logger) => ({
  debug: (text: string) => logger.trace(text),
  info: (text: string) => logger.debug(text),
  warn: (text: string) => logger.warn(text),
  error: (text: string) => logger.error(text),
});
