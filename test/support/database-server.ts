import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import type { TestProject } from 'vitest/node';
import { createEmbeddedPostgres } from '../../src/embedded/index.ts';
import { migrate } from '../../src/shared/migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    testDatabaseServer: { adminUrl: string; template: string };
  }
}

/**
 * Vitest global setup: one PostgreSQL a run (embedded, or the one TEST_DATABASE_URL names) with a
 * migrated template that `createTestDatabase` copies.
 */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const external = process.env['TEST_DATABASE_URL'];
  const server = external === undefined ? await startEmbedded() : { adminUrl: external };
  const template = `fengsui_template_${randomBytes(4).toString('hex')}`;
  await run(server.adminUrl, `create database ${template}`);
  await migrate(databaseUrl(server.adminUrl, template), pino({ level: 'silent' }), { queue: true });
  project.provide('testDatabaseServer', { adminUrl: server.adminUrl, template });
  return async () => {
    if ('stop' in server) await server.stop();
    else await run(server.adminUrl, `drop database if exists ${template} with (force)`);
  };
};

const startEmbedded = async (): Promise<{ adminUrl: string; stop(): Promise<void> }> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'fengsui-test-'));
  // Run as root, the server's user must be able to enter; the data itself stays closed to others.
  await chmod(dataDir, 0o755);
  const postgres = createEmbeddedPostgres({
    dataDir,
    logger: pino({ level: 'warn' }),
    durable: false,
    onExit: (error) => {
      throw error;
    },
  });
  await postgres.start();
  return {
    adminUrl: postgres.connectionString('postgres'),
    async stop() {
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};

export const databaseUrl = (adminUrl: string, database: string): string => {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  return url.href;
};

/** One statement that cannot run inside a transaction, on a connection of its own. */
export const run = async (connectionString: string, sql: string): Promise<void> => {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
};
