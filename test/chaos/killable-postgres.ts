import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { pino } from 'pino';
import { createEmbeddedPostgres, type EmbeddedPostgres } from '../../src/embedded/index.ts';
import { until } from '../support/until.ts';

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
const POLL_MS = 20;

/**
 * The project's own PostgreSQL with the settings of a real service: what it has committed must survive. Run by root it works
 * as another user, who must be able to enter `dataDir`.
 */
export const startKillablePostgres = async (dataDir: string): Promise<KillablePostgres> => {
  let onExit = (): void => undefined;
  const create = (): EmbeddedPostgres =>
    createEmbeddedPostgres({ dataDir, logger: pino({ level: 'silent' }), onExit: () => onExit() });
  let server = create();
  await server.start();
  const connectionString = server.connectionString();
  let serverPid = await ask(connectionString, SERVER_PID);

  return {
    connectionString,
    async kill() {
      const ended = new Promise<void>((resolve) => {
        onExit = resolve;
      });
      if (end(serverPid)) await ended;
    },
    async killBackend() {
      while (!end(await ask(connectionString, VICTIM))) await delay(POLL_MS);
      const recovered = await until(() => answers(connectionString), {
        withinMs: RECOVERED_WITHIN_MS,
        everyMs: POLL_MS,
      });
      if (recovered === undefined) throw new Error('PostgreSQL did not recover');
    },
    async restart() {
      await server.stop();
      server = create();
      await server.start();
      serverPid = await ask(connectionString, SERVER_PID);
    },
    stop: () => server.stop(),
  };
};

const SERVER_PID = `select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as pid`;

/** One that works for the service, the busiest first. */
const VICTIM = `select pid from pg_stat_activity
  where backend_type = 'client backend' and application_name like 'fengsui-%'
  order by state = 'active' desc, random() limit 1`;

/** False when it has ended by itself meanwhile. */
const end = (pid: number | undefined): boolean => {
  try {
    return pid !== undefined && process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
};

const ask = async (connectionString: string, sql: string): Promise<number | undefined> => {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ pid: number }>(sql);
    return rows[0]?.pid;
  } finally {
    await client.end().catch(() => undefined);
  }
};

const answers = (connectionString: string): Promise<boolean> =>
  ask(connectionString, 'select 1 as pid').then(
    () => true,
    () => false,
  );
