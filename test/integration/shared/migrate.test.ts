import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../../src/shared/app-error.ts';
import { migrate } from '../../../src/shared/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const logger = pino({ level: 'silent' });

describe('migrate', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  test('gives each test file the whole schema', async () => {
    const { rows } = await database.pool.query<{ name: string }>(
      `select table_schema || '.' || table_name as name from information_schema.tables
       where table_schema in ('public', 'bullmq')`,
    );
    const names = rows.map((row) => row.name);
    expect(names).toContain('public.incident_event');
    expect(names.some((name) => name.startsWith('bullmq.'))).toBe(true);
  });

  test('several processes may migrate an empty database at once', async () => {
    await database.pool.query('create database migrate_race');
    const connectionString = database.connectionString.replace(/fengsui_test_\w+/, 'migrate_race');
    try {
      await Promise.all(
        Array.from({ length: 4 }, () => migrate(connectionString, logger, { queue: true })),
      );
      const client = new pg.Client({ connectionString });
      await client.connect();
      const { rows } = await client.query(
        'select name, count(*)::int from schema_migration group by name',
      );
      await client.end();
      expect(rows.length).toBeGreaterThan(0);
      expect(rows.every((row: { count: number }) => row.count === 1)).toBe(true);
    } finally {
      await database.pool.query('drop database migrate_race with (force)');
    }
  });

  test('an unreachable server gives one line that names DATABASE_URL but not the password', async () => {
    const error: unknown = await migrate('postgres://u:hunter2@127.0.0.1:1/x', logger).catch(
      (e) => e,
    );
    expect(error).toBeInstanceOf(AppError);
    const { message } = error as AppError;
    expect(message).toContain('DATABASE_URL');
    expect(message).toContain('127.0.0.1:1');
    expect(message).not.toContain('hunter2');
    expect(message).not.toContain('\n');
  });
});
