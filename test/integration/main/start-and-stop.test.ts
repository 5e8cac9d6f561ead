import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { logIn } from '../../support/api.ts';
import { type MainOptions, type MainProcess, startMain } from '../../support/main-process.ts';

const PASSWORD = 'correct-horse-battery';
const isRoot = process.getuid?.() === 0;
const NOBODY = 65534;

describe('the command line', () => {
  let dataDir: string;
  const processes: MainProcess[] = [];
  const servers: Server[] = [];

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'fengsui-main-'));
    await chmod(dataDir, 0o755);
  });
  afterEach(async () => {
    for (const { child, exited } of processes.splice(0)) {
      child.kill('SIGTERM');
      await exited;
    }
    for (const server of servers.splice(0)) server.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const run = (options: Partial<MainOptions> = {}): MainProcess => {
    const env = { DATA_DIR: dataDir, ADMIN_PASSWORD: PASSWORD, ...options.env };
    const main = startMain({ ...options, env });
    processes.push(main);
    return main;
  };
  const occupiedPort = async (): Promise<number> => {
    const server = createServer().listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return (server.address() as { port: number }).port;
  };
  /** It ended with exit code 1 and said why in one line. */
  const complaint = async (main: MainProcess): Promise<string> => {
    expect(await main.exited).toBe(1);
    expect(main.stderr()).toMatch(/^fengsui: [^\n]+\n$/);
    return main.stderr();
  };
  const addCamera = async (http: string, id: string): Promise<void> => {
    const api = await logIn(`${http}/api/v1`, PASSWORD);
    await api('POST', 'devices', { id, kind: 'camera', name: id, lon: 113.27, lat: 26.71 });
  };
  const deviceIds = async (http: string): Promise<string[]> => {
    const api = await logIn(`${http}/api/v1`, PASSWORD);
    const { items } = await api<{ items: { id: string }[] }>('GET', 'devices');
    return items.map(({ id }) => id);
  };

  test('help names every command, in English and Chinese', async () => {
    const main = run({ args: ['help'] });
    expect(await main.exited).toBe(0);
    for (const word of ['serve', 'demo', 'migrate', 'broker-files', 'help', '启动服务']) {
      expect(main.stdout()).toContain(word);
    }
  });

  test('an unknown command', async () => {
    expect(await complaint(run({ args: ['sevre'] }))).toContain('unknown command "sevre"');
  });

  test.each([
    ['PORT', '80a'],
    ['MQTT_PORT', '70000'],
    ['ROLES', 'api,cook'],
    ['DATABASE_URL', 'mysql://x'],
    ['TZ_NAME', 'Mars/Olympus'],
  ])('a bad variable: %s=%s', async (name, value) => {
    expect(await complaint(run({ env: { [name]: value } }))).toContain(name);
  });

  test.each(['serve', 'migrate'])('%s: a database out of reach', async (command) => {
    const url = 'postgres://fengsui:hunter2@127.0.0.1:1/fengsui';
    const line = await complaint(run({ args: [command], env: { DATABASE_URL: url } }));
    expect(line).toContain('DATABASE_URL');
    expect(line).not.toContain('hunter2');
  });

  test.each(['PORT', 'MQTT_PORT'])('%s in use', async (name) => {
    const port = await occupiedPort();
    const line = await complaint(run({ env: { [name]: String(port) } }));
    expect(line).toMatch(new RegExp(`${port}.*in use`));
    expect(line).toContain(name);
    // The database was stopped again: nothing is left running.
    expect(existsSync(join(dataDir, 'pg', 'postmaster.pid'))).toBe(false);
  });

  test('a DATA_DIR that cannot be made', async () => {
    const file = join(dataDir, 'file');
    await writeFile(file, '');
    expect(await complaint(run({ env: { DATA_DIR: join(file, 'data') } }))).toContain('DATA_DIR');
  });

  test('a DATA_DIR that may not be written to', async () => {
    await chmod(dataDir, 0o555);
    const main = run(isRoot ? { uid: NOBODY } : {});
    expect(await complaint(main)).toContain(`cannot write to ${dataDir}`);
  });

  test('starts, keeps its data over SIGTERM, and stops within 5 s with exit code 0', async () => {
    const first = run();
    const { http } = await first.ready();
    expect((await fetch(`${http}/readyz`)).status).toBe(200);
    await addCamera(http, 'cam-1');
    const startedMs = performance.now();
    first.child.kill('SIGTERM');
    expect(await first.exited).toBe(0);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    expect(first.stderr()).toBe('');

    const second = run();
    expect(await deviceIds((await second.ready()).http)).toEqual(['cam-1']);
  });

  test('starts again after kill -9, although the database server outlived it', async () => {
    const first = run();
    const { http } = await first.ready();
    await addCamera(http, 'cam-1');
    first.child.kill('SIGKILL');
    expect(await first.exited).toBe('SIGKILL');
    const pidFile = join(dataDir, 'pg', 'postmaster.pid');
    const orphan = readFileSync(pidFile, 'utf8').split('\n')[0];
    expect(existsSync(`/proc/${orphan}`)).toBe(true);

    const second = run();
    expect(await deviceIds((await second.ready()).http)).toEqual(['cam-1']);
    expect(readFileSync(pidFile, 'utf8').split('\n')[0]).not.toBe(orphan);
  });

  test('starts again after both it and the database server were killed', async () => {
    const first = run();
    const { http } = await first.ready();
    await addCamera(http, 'cam-1');
    const pid = Number(readFileSync(join(dataDir, 'pg', 'postmaster.pid'), 'utf8').split('\n')[0]);
    first.child.kill('SIGKILL');
    process.kill(pid, 'SIGKILL');
    await first.exited;
    const second = run();
    expect(await deviceIds((await second.ready()).http)).toEqual(['cam-1']);
  });

  test('ends with exit code 1 when its database server dies', async () => {
    const main = run();
    const { http } = await main.ready();
    expect((await fetch(`${http}/readyz`)).status).toBe(200);
    const pid = Number(readFileSync(join(dataDir, 'pg', 'postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(pid, 'SIGKILL');
    expect(await complaint(main)).toContain('database server ended with SIGKILL');
  });

  test('a second instance on the same DATA_DIR', async () => {
    const first = run();
    const { http } = await first.ready();
    expect(await complaint(run())).toContain(`process ${first.child.pid}`);
    expect((await fetch(`${http}/readyz`)).status).toBe(200);
  });

  test('a second signal ends it at once', async () => {
    const main = run();
    await main.ready();
    main.child.kill('SIGTERM');
    main.child.kill('SIGINT');
    expect([0, 1]).toContain(await main.exited);
    await expect(run().ready()).resolves.toHaveProperty('http');
  });

  test('migrate brings an embedded database up to date and ends', async () => {
    const main = run({ args: ['migrate'] });
    expect(await main.exited).toBe(0);
    expect(existsSync(join(dataDir, 'pg', 'PG_VERSION'))).toBe(true);
    expect(existsSync(join(dataDir, 'pg', 'postmaster.pid'))).toBe(false);
  });

  test('broker-files says what it needs', async () => {
    expect(await complaint(run({ args: ['broker-files'] }))).toContain('MOSQUITTO_DIR');
  });

  test('goes on serving when whoever read its output has gone away', async () => {
    const main = run({ env: { LOG_LEVEL: 'debug' } });
    const { http } = await main.ready();
    main.child.stdout?.destroy();
    main.child.stderr?.destroy();
    for (let n = 0; n < 20; n += 1) expect((await fetch(`${http}/healthz`)).ok).toBe(true);
    main.child.kill('SIGTERM');
    expect(await main.exited).toBe(0);
  });

  test('SIGTERM to `npm start` reaches the service, and npm ends when it has stopped', async () => {
    const main = run({ byNpm: true });
    const { http } = await main.ready();
    main.child.kill('SIGTERM');
    expect(await main.exited).toBe(0);
    expect(main.stdout()).toContain('"msg":"stopped"');
    await expect(fetch(`${http}/healthz`)).rejects.toThrow('fetch failed');
  });
});
