import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { AppError } from '../shared/app-error.ts';

/** The user PostgreSQL's programs run as; undefined: the one who started us. */
export type Account = { uid: number; gid: number };

const USER = 'postgres';

/**
 * PostgreSQL refuses to run as root. Started by root, it runs as the owner of the data if there is
 * some already, else as the user `postgres`, which is created when missing.
 */
export const postgresAccount = (pgData: string): Account | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  const owner = statSync(pgData, { throwIfNoEntry: false });
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return lookUp() ?? create();
};

const lookUp = (): Account | undefined => {
  const uid = idOf('-u');
  const gid = idOf('-g');
  return uid === undefined || gid === undefined || uid === 0 ? undefined : { uid, gid };
};

const idOf = (flag: '-u' | '-g'): number | undefined => {
  const { status, stdout } = spawnSync('id', [flag, USER], { encoding: 'utf8' });
  return status === 0 && /^\d+\s*$/.test(stdout) ? Number(stdout) : undefined;
};

const create = (): Account => {
  const result = spawnSync(
    'useradd',
    ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', USER],
    { encoding: 'utf8' },
  );
  const account = lookUp();
  if (account !== undefined) return account;
  const reason = result.error?.message ?? result.stderr.trim();
  throw new AppError(
    'startup',
    `PostgreSQL does not run as root and the user "${USER}" could not be created (${reason}); ` +
      `run "useradd --system ${USER}", or start as an ordinary user, or set DATABASE_URL`,
  );
};

/** Whether that user can enter a folder: every folder above it must let them through. */
export const canEnter = (account: Account | undefined, folder: string): boolean =>
  spawnSync('test', ['-x', folder], { ...account, cwd: '/' }).status === 0;
