import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { AppError, errorMessage } from '../shared/app-error.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';
import { acquireInstanceLock, type InstanceLock } from './instance-lock.ts';
import { choosePlace, ownFolder, type PostgresPlace, socketFolder } from './postgres-place.ts';
import {
  collectStderr,
  endOrphan,
  runProgram,
  spawnProgram,
  stopServer,
} from './postgres-process.ts';
import { type PostgresPrograms, preparePrograms } from './postgres-programs.ts';
import { DATABASE, socketUrl } from './socket-url.ts';

/** Part of the socket's file name only: the server listens on no network. */
const PORT = 5432;
const READY_WITHIN_MS = 60_000;
const POLL_MS = 20;
const LOG_FILES_KEPT = 5;
const LOG_PRUNE_MS = 60_000;

export type EmbeddedPostgresOptions = {
  dataDir: string;
  logger: Logger;
  /** The server ended by itself while the service ran: end the process, so that a supervisor starts both again. */
  onExit: (error: Error) => void;
  /** False only for tests: faster, but a power cut would damage the data. */
  durable?: boolean;
};

export type EmbeddedPostgres = Part & {
  /** Valid once started. */
  connectionString(database?: string): string;
};

/**
 * PostgreSQL as a child process with its data in DATA_DIR, reachable only through a socket in a folder
 * closed to other users. Throws AppError('startup') with the way to mend it when it cannot run.
 */
export const createEmbeddedPostgres = (options: EmbeddedPostgresOptions): EmbeddedPostgres => {
  const { logger, onExit } = options;
  let lock: InstanceLock | undefined;
  let server: ChildProcess | undefined;
  let socketDir = '';
  let stopping = false;
  let pruneTimer: NodeJS.Timeout | undefined;

  const connectionString = (database = DATABASE): string =>
    socketUrl({ port: String(PORT), socketDir }, database);

  /** Reached only when the process ends without `stop`; the next start would clean up too. */
  const onProcessExit = (): void => {
    server?.kill('SIGINT');
  };

  const start = async (): Promise<void> => {
    const place = choosePlace(options.dataDir);
    lock = acquireInstanceLock(place.baseDir);
    if (place.elsewhere) {
      logger.warn(
        { dataDir: options.dataDir, database: place.pgData },
        'the database user cannot enter DATA_DIR, so the database is kept elsewhere',
      );
    }
    const programs = await preparePrograms({
      account: place.account,
      cacheDir: place.baseDir,
      logger,
    });
    await endOrphan(place.pgData, logger);
    await initialise(place, programs);
    socketDir = socketFolder(place);
    server = await launch(place, programs);
    process.once('exit', onProcessExit);
    server.once('exit', (code, signal) => {
      if (stopping) return;
      const log = join(place.pgData, 'log');
      const error = new Error(`database server ended with ${code ?? signal}; its log is in ${log}`);
      logger.error({ err: error }, 'database server ended');
      onExit(error);
    });
    await createDatabase(connectionString('postgres'));
    pruneTimer = setInterval(() => void pruneLogs(place.pgData), LOG_PRUNE_MS).unref();
  };

  const initialise = async (place: PostgresPlace, programs: PostgresPrograms): Promise<void> => {
    const { pgData, account, baseDir } = place;
    if (existsSync(pgData) && (await readdir(pgData)).length > 0) {
      refuseOtherVersion(pgData, programs.major);
      return;
    }
    logger.info({ pgData }, 'creating the database');
    // Renamed only when complete: a first start that was killed halfway begins anew.
    const draft = `${pgData}.tmp`;
    await rm(draft, { recursive: true, force: true });
    ownFolder(draft, account);
    const args = ['-D', draft, '-U', 'postgres', '--no-locale', '-E', 'UTF8', '--auth=trust'];
    if (options.durable === false) args.push('--no-sync');
    await runProgram({ command: programs.initdb, args, account }).catch((error: unknown) => {
      throw new AppError('startup', `the database could not be created: ${oneLine(error)}`, {
        cause: error,
      });
    });
    await rename(draft, pgData);
    const folder = await open(baseDir);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  };

  const launch = async (
    place: PostgresPlace,
    programs: PostgresPrograms,
  ): Promise<ChildProcess> => {
    const deadline = Date.now() + READY_WITHIN_MS;
    for (;;) {
      const child = spawnProgram({
        command: programs.postgres,
        args: serverArgs(place.pgData, socketDir, options.durable ?? true),
        account: place.account,
      });
      const stderr = collectStderr(child);
      const outcome = await untilReady(child, connectionString('postgres'), deadline);
      if (outcome === 'ready') return child;
      await stopServer(child, logger);
      const said = `${stderr()}\n${await newestLog(place.pgData)}`;
      // The last backends of a server that was killed may take a moment to notice.
      if (/pre-existing shared memory block/.test(said) && Date.now() < deadline) {
        await delay(POLL_MS);
        continue;
      }
      throw new AppError(
        'startup',
        `the database server did not start (${outcome}): ${oneLine(said.trim()) || 'no message'}; its log is in ${join(place.pgData, 'log')}`,
      );
    }
  };

  const stop = async (): Promise<void> => {
    stopping = true;
    clearInterval(pruneTimer);
    process.off('exit', onProcessExit);
    if (server !== undefined) await stopServer(server, logger);
    if (socketDir !== '') await rm(socketDir, { recursive: true, force: true });
    lock?.release();
  };

  return {
    name: 'embedded-postgres',
    start: () =>
      start().catch(async (error: unknown) => {
        await stop();
        throw error;
      }),
    stop,
    connectionString,
  };
};

const serverArgs = (pgData: string, socketDir: string, durable: boolean): string[] => {
  const settings: Record<string, string> = {
    listen_addresses: '',
    unix_socket_directories: socketDir,
    unix_socket_permissions: '0700',
    max_connections: '100',
    // One county's hot rows fit; the system's file cache holds the rest.
    shared_buffers: '128MB',
    // Nobody replicates from this server.
    wal_level: 'minimal',
    max_wal_senders: '0',
    fsync: durable ? 'on' : 'off',
    full_page_writes: durable ? 'on' : 'off',
    synchronous_commit: durable ? 'on' : 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    logging_collector: 'on',
    log_directory: 'log',
    log_filename: 'postgresql-%Y%m%d-%H%M%S.log',
    log_rotation_age: '1d',
    log_rotation_size: '10MB',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', pgData, '-p', String(PORT), ...flags];
};

const untilReady = async (
  child: ChildProcess,
  connectionString: string,
  deadline: number,
): Promise<string> => {
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  let last = '';
  while (Date.now() < deadline) {
    if (failure !== undefined) return failure.message;
    if (child.exitCode !== null || child.signalCode !== null) {
      return `it ended with ${child.exitCode ?? child.signalCode}`;
    }
    try {
      await withClient(connectionString, (client) => client.query('select 1'));
      return 'ready';
    } catch (error) {
      last = errorMessage(error);
    }
    await delay(POLL_MS);
  }
  return `not ready within ${READY_WITHIN_MS / 1000} s, ${last}`;
};

const createDatabase = (connectionString: string): Promise<void> =>
  withClient(connectionString, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [
      DATABASE,
    ]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  });

const withClient = async <T>(
  connectionString: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> => {
  const client = new pg.Client({ connectionString, application_name: 'fengsui-embedded' });
  // A connection that breaks outside a query has no one else to tell; the query itself rejects.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
};

const refuseOtherVersion = (pgData: string, major: string): void => {
  const file = join(pgData, 'PG_VERSION');
  const found = existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
  if (found === major) return;
  throw new AppError(
    'startup',
    found === undefined
      ? `${pgData} is not empty and holds no PostgreSQL data; move it away, or set DATA_DIR to another folder`
      : `${pgData} was made by PostgreSQL ${found}, but this version brings PostgreSQL ${major}; dump it with ${found} and restore it here, or move it away to begin empty`,
  );
};

/** The server opens a new file every 10 MB or day; without this they would fill the disk in the end. */
const pruneLogs = async (pgData: string): Promise<void> => {
  const folder = join(pgData, 'log');
  const files = await readdir(folder).catch(() => []);
  const old = files.filter((name) => name.endsWith('.log')).sort();
  for (const name of old.slice(0, -LOG_FILES_KEPT)) await rm(join(folder, name), { force: true });
};

const LAST_WORDS = 1_000;

/** The end of the newest log: once the server logs to a file, why it did not start stands there and not on stderr. */
const newestLog = async (pgData: string): Promise<string> => {
  const folder = join(pgData, 'log');
  const files = await readdir(folder).catch(() => []);
  const newest = files
    .filter((name) => name.endsWith('.log'))
    .toSorted()
    .at(-1);
  if (newest === undefined) return '';
  const text = await readFile(join(folder, newest), 'utf8').catch(() => '');
  return text.slice(-LAST_WORDS);
};

const oneLine = (text: unknown): string =>
  (typeof text === 'string' ? text : errorMessage(text)).replace(/\s*\n\s*/g, ' | ');
