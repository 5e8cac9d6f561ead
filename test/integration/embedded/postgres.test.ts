import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createEmbeddedPostgres, type EmbeddedPostgres } from '../../../src/embedded/index.ts';
import { AppError } from '../../../src/shared/app-error.ts';

const logger = pino({ level: 'silent' });

const query = async (connectionString: string, sql: string): Promise<Record<string, unknown>[]> => {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
};

/** The pid of the server that runs on this data. */
const serverPid = (dataDir: string): number =>
  Number(readFileSync(join(dataDir, 'pg', 'postmaster.pid'), 'utf8').split('\n')[0]);

const isAlive = (pid: number): boolean =>
  existsSync(`/proc/${pid}/cwd`) || existsSync(`/proc/${pid}`);

describe('embedded PostgreSQL', () => {
  let dataDir: string;
  const running: EmbeddedPostgres[] = [];
  const children: ChildProcess[] = [];

  const create = (onExit: (error: Error) => void = () => undefined): EmbeddedPostgres => {
    const postgres = createEmbeddedPostgres({ dataDir, logger, onExit });
    running.push(postgres);
    return postgres;
  };
  const failure = async (postgres: EmbeddedPostgres): Promise<AppError> => {
    const error: unknown = await postgres.start().then(
      () => undefined,
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).code).toBe('startup');
    expect((error as AppError).message).not.toContain('\n');
    return error as AppError;
  };

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'fengsui-pg-test-'));
    await chmod(dataDir, 0o755);
  });
  afterEach(async () => {
    for (const postgres of running.splice(0)) await postgres.stop();
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await rm(dataDir, { recursive: true, force: true });
  });

  test('keeps its data over a restart, durably, and is reached through its socket only', async () => {
    const first = create();
    await first.start();
    await query(
      first.connectionString(),
      'create table kept (n integer); insert into kept values (7)',
    );
    const settings = await query(
      first.connectionString(),
      `select name, setting from pg_settings where name in
       ('fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses', 'data_checksums') order by name`,
    );
    expect(Object.fromEntries(settings.map((row) => [row['name'], row['setting']]))).toEqual({
      data_checksums: 'on',
      fsync: 'on',
      full_page_writes: 'on',
      listen_addresses: '',
      synchronous_commit: 'on',
    });
    const socketDir = new URL(first.connectionString()).searchParams.get('host') ?? '';
    expect((await stat(socketDir)).mode & 0o777).toBe(0o700);
    const pid = serverPid(dataDir);
    await first.stop();
    expect(isAlive(pid)).toBe(false);
    expect((await readdir(dataDir)).toSorted()).toEqual(['pg']);

    const second = create();
    await second.start();
    expect(await query(second.connectionString(), 'select n from kept')).toEqual([{ n: 7 }]);
  });

  test('a second instance on the same folder is refused in one line', async () => {
    await create().start();
    const error = await failure(create());
    expect(error.message).toContain(`process ${process.pid}`);
    expect(error.message).toContain('DATA_DIR');
  });

  test.each([
    ['of a process that is gone', '999999999 12345'],
    ['of a pid that another program has by now', `${process.pid} 1`],
    ['that a power cut left empty', ''],
  ])('takes over the lock %s', async (_, text) => {
    await writeFile(join(dataDir, 'fengsui.lock'), text);
    const postgres = create();
    await postgres.start();
    expect(await query(postgres.connectionString(), 'select 1 as n')).toEqual([{ n: 1 }]);
  });

  test('ends the server that a killed service left behind, and starts afresh', async () => {
    const orphaned = create();
    await orphaned.start();
    await query(orphaned.connectionString(), 'create table kept (n integer)');
    const pid = serverPid(dataDir);
    // What kill -9 of the service leaves: a server that runs, and a lock whose process is gone.
    await writeFile(join(dataDir, 'fengsui.lock'), '999999999 12345\n');
    const next = create();
    await next.start();
    expect(serverPid(dataDir)).not.toBe(pid);
    expect(isAlive(pid)).toBe(false);
    expect(await query(next.connectionString(), 'select n from kept')).toEqual([]);
  });

  test('starts after the server itself was killed', async () => {
    let died: Error | undefined;
    const first = create((error) => {
      died = error;
    });
    await first.start();
    await query(first.connectionString(), 'create table kept (n integer)');
    process.kill(serverPid(dataDir), 'SIGKILL');
    await vi.waitFor(() => expect(died?.message).toContain('SIGKILL'), 5_000);
    await first.stop();
    expect(existsSync(join(dataDir, 'pg', 'postmaster.pid'))).toBe(true);
    const next = create();
    await next.start();
    expect(await query(next.connectionString(), 'select n from kept')).toEqual([]);
  });

  test('a postmaster.pid whose number another program has by now is no obstacle, and that program lives on', async () => {
    const first = create();
    await first.start();
    const pidFile = join(dataDir, 'pg', 'postmaster.pid');
    const text = readFileSync(pidFile, 'utf8');
    await first.stop();
    const owner = await stat(join(dataDir, 'pg'));
    // The same user as the server's: PostgreSQL itself would take such a process for a running server.
    const other = spawn('sleep', ['60'], { uid: owner.uid, gid: owner.gid });
    children.push(other);
    await once(other, 'spawn');
    await writeFile(pidFile, text.replace(/^\d+/, String(other.pid)));
    await create().start();
    expect(other.exitCode ?? other.signalCode).toBeNull();
  });

  test('a first start that was killed halfway begins anew', async () => {
    await mkdir(join(dataDir, 'pg.tmp', 'base'), { recursive: true });
    await writeFile(join(dataDir, 'pg.tmp', 'PG_VERSION'), '18\n');
    await create().start();
    expect(existsSync(join(dataDir, 'pg.tmp'))).toBe(false);
  });

  test('data of another major version gives one line', async () => {
    await mkdir(join(dataDir, 'pg'));
    await writeFile(join(dataDir, 'pg', 'PG_VERSION'), '17\n');
    expect((await failure(create())).message).toMatch(/PostgreSQL 17.*PostgreSQL 18/);
  });

  test('a folder that holds something else gives one line and stays as it was', async () => {
    await mkdir(join(dataDir, 'pg'));
    await writeFile(join(dataDir, 'pg', 'diary.txt'), 'dear diary');
    expect((await failure(create())).message).toContain('holds no PostgreSQL data');
    expect(await readdir(join(dataDir, 'pg'))).toEqual(['diary.txt']);
  });

  test('a DATA_DIR that is a file gives one line', async () => {
    const inner = join(dataDir, 'file');
    await writeFile(inner, '');
    const postgres = createEmbeddedPostgres({ dataDir: inner, logger, onExit: () => undefined });
    expect((await failure(postgres)).message).toContain('DATA_DIR');
  });
});
