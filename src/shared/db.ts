import pg from 'pg';
import type { Logger } from './logger.ts';

export type Pool = pg.Pool;
/** A pool, or a client inside a transaction: every store function takes either. */
export type Queryable = Pick<pg.PoolClient, 'query'>;

export type PoolOptions = {
  connectionString: string;
  /** Shown in pg_stat_activity, so a stuck stage can be told from the others. */
  name: string;
  max?: number;
  /** PostgreSQL settings of its connections, e.g. search_path. Names and values are ours: they are not escaped. */
  settings?: Readonly<Record<string, string>>;
  /** A query that takes longer is given up, and its connection with it: one that hangs must not hold up what waits behind it. */
  queryTimeoutMs?: number;
  logger: Logger;
};

/** A process that hangs in the middle of a transaction keeps what it has locked from all others: no longer than this. */
const SETTINGS = { idle_in_transaction_session_timeout: '60s' };

export const createPool = ({
  connectionString,
  name,
  max = 10,
  settings = {},
  queryTimeoutMs,
  logger,
}: PoolOptions): Pool => {
  const pool = new pg.Pool({
    connectionString,
    max,
    application_name: `fengsui-${name}`,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    ...(queryTimeoutMs === undefined ? {} : { query_timeout: queryTimeoutMs }),
    options: Object.entries({ ...SETTINGS, ...settings })
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  });
  // An idle connection that drops (server restart) is replaced on next use; it must not end the process.
  pool.on('error', (error) =>
    logger.warn({ err: error, pool: name }, 'idle database connection lost'),
  );
  // So must one in use by a library that does not listen (BullMQ's): its queries reject, that is enough.
  pool.on('connect', (client) =>
    client.on('error', (error) => logger.debug({ err: error, pool: name }, 'connection lost')),
  );
  return pool;
};

/** The only BEGIN/COMMIT. A failed COMMIT or a lost connection surfaces as a rejection; the client is then discarded. */
export const withTransaction = async <T>(
  pool: Pool,
  work: (tx: pg.PoolClient) => Promise<T>,
): Promise<T> => {
  const client = await pool.connect();
  let broken: Error | undefined;
  // A connection that dies while checked out emits 'error' on the client, not the pool.
  const onError = (error: Error): void => {
    broken = error;
  };
  client.on('error', onError);
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
};

/** Runs a query that must give one row. */
export const one = <T>(rows: readonly T[]): T => {
  const row = rows[0];
  if (row === undefined) throw new Error('query gave no row where one was expected');
  return row;
};
