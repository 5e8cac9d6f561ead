import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { createEmbeddedPostgres, type EmbeddedPostgres } from '../../src/embedded/index.ts';

export type KillablePostgres = {
  connectionString: string;
  /** `kill -9` of the server itself: its backends notice and end, nothing is written back. */
  kill(): Promise<void>;
  /** `kill -9` of one backend: the server then ends all of them and recovers by itself. Resolves when it answers again. */
  killBackend(): Promise<void>;
  /** After `kill`: recovers from its log. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

const RECOVERED_WITHIN_MS = 60_000;

/** The project's own PostgreSQL with the settings of a real service: what it has committed must survive. */
export const startKillablePostgres = async (dataDir: string): Promise<KillablePostgres> => {
  let onExit = (): void => undefined;
  const create = (): EmbeddedPostgres =>
    createEmbeddedPostgres({ dataDir, logger: pino({ level: 'silent' }), onExit: () => onExit() });
  let server = create();
  await server.start();
  const connectionString = server.connectionString();

  return {
    connectionString,
    async kill() {
      const ended = new Promise<void>((resolve) => {
        onExit = resolve;
      });
      const pidFile = await readFile(join(dataDir, 'pg', 'postmaster.pid'), 'utf8');
      process.kill(Number(pidFile.split('\n')[0]), 'SIGKILL');
      await ended;
    },
    async killBackend() {
      const pid = await ask<number>(connectionString, VICTIM);
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      const deadline = Date.now() + RECOVERED_WITHIN_MS;
      while (
        (await ask(connectionString, 'select 1 as answer').catch(() => undefined)) === undefined
      ) {
        if (Date.now() > deadline) throw new Error('PostgreSQL did not recover');
      }
    },
    async restart() {
      await server.stop();
      server = create();
      await server.start();
    },
    stop: () => server.stop(),
  };
};

/** One that works for the service, the busiest first. */
const VICTIM = `select pid as answer from pg_stat_activity
  where pid <> pg_backend_pid() and backend_type = 'client backend' and application_name like 'fengsui-%'
  order by state = 'active' desc, random() limit 1`;

const ask = async <T>(connectionString: string, sql: string): Promise<T | undefined> => {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ answer: T }>(sql);
    return rows[0]?.answer;
  } finally {
    await client.end().catch(() => undefined);
  }
};
