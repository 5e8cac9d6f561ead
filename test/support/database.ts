import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { databaseUrl, run } from './database-server.ts';

export type TestDatabase = {
  connectionString: string;
  pool: pg.Pool;
  /** Closes the pool and drops the database, together with any connection still open to it. */
  drop(): Promise<void>;
};

/** A fresh, migrated database of this test file's own: call in beforeAll, `drop` in afterAll. */
export const createTestDatabase = async (): Promise<TestDatabase> => {
  const { adminUrl, template } = inject('testDatabaseServer');
  const name = `fengsui_test_${randomBytes(6).toString('hex')}`;
  await run(adminUrl, `create database ${name} template ${template}`);
  const connectionString = databaseUrl(adminUrl, name);
  const pool = new pg.Pool({ connectionString, max: 10, application_name: 'fengsui-test' });
  // drop() ends what is still connected; an idle connection's end is not a test failure.
  pool.on('error', () => undefined);
  return {
    connectionString,
    pool,
    async drop() {
      await pool.end();
      await run(adminUrl, `drop database if exists ${name} with (force)`);
    },
  };
};
