import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError, errorMessage } from '../shared/app-error.ts';
import { type Account, canEnter, postgresAccount } from './postgres-account.ts';

/** Where a database that root started, but whose user cannot enter DATA_DIR, keeps its programs and data. */
const SYSTEM_DIR = '/var/lib/fengsui';
const POINTER = 'database-is-at.txt';

export type PostgresPlace = {
  /** Holds `pg/`, the lock and, if need be, the programs. */
  baseDir: string;
  pgData: string;
  account: Account | undefined;
  /** Set when the data is not below DATA_DIR. */
  elsewhere: boolean;
};

/**
 * Below DATA_DIR if the database's user can go there. A checkout under a home of mode 700 started by
 * root is closed to that user: then below /var/lib/fengsui, and a text file in DATA_DIR says so.
 */
export const choosePlace = (dataDir: string): PostgresPlace => {
  makeWritable(dataDir);
  const home = realpathSync(dataDir);
  const pointer = join(home, POINTER);
  const pgData = join(home, 'pg');
  const account = postgresAccount(pgData);
  const told = readPointer(pointer);
  if (told === undefined && (account === undefined || canEnter(account, home))) {
    refuseForeign(pgData);
    return { baseDir: home, pgData, account, elsewhere: false };
  }
  if (told === undefined && existsSync(join(pgData, 'PG_VERSION'))) {
    throw new AppError(
      'startup',
      `the database's user (uid ${account?.uid}) cannot reach ${pgData}; run "chmod a+x" on every folder above it, or move ${home} elsewhere and set DATA_DIR`,
    );
  }
  const baseDir = told ?? join(SYSTEM_DIR, hash(home));
  makeWritable(baseDir);
  for (const folder of [SYSTEM_DIR, baseDir]) chmodSync(folder, 0o755);
  if (told === undefined) writeFileSync(pointer, `${baseDir}\n`);
  const away = join(baseDir, 'pg');
  refuseForeign(away);
  return { baseDir, pgData: away, account: postgresAccount(away), elsewhere: true };
};

const readPointer = (file: string): string | undefined =>
  existsSync(file) ? readFileSync(file, 'utf8').trim() || undefined : undefined;

/** Creates the folder if need be; throws AppError('startup') if it cannot be written to. */
export const makeWritable = (folder: string): void => {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new AppError(
      'startup',
      `cannot write to ${folder} (${errorMessage(error)}); set DATA_DIR to a folder you may write to`,
      { cause: error },
    );
  }
};

/** PostgreSQL demands that its server runs as the owner of the data. */
const refuseForeign = (pgData: string): void => {
  const uid = process.getuid?.();
  if (uid === undefined || uid === 0 || !existsSync(pgData)) return;
  const owner = lstatSync(pgData).uid;
  if (owner === uid) return;
  throw new AppError(
    'startup',
    `${pgData} belongs to another user (uid ${owner}); start as that user or as root, or run "chown -R ${uid} ${pgData}"`,
  );
};

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

/** A socket's whole path may have 107 bytes on Linux, 103 on macOS; its file name takes 15. */
const MAX_SOCKET_DIR = 85;

/** A short folder for the socket that only the database's user (and root) may enter. */
export const socketFolder = ({ baseDir, account }: PostgresPlace): string => {
  const roots = [tmpdir(), '/tmp', '/var/tmp'];
  const name = `fengsui-pg-${hash(baseDir)}`;
  const root = roots.find(
    (dir) =>
      Buffer.byteLength(join(dir, name)) <= MAX_SOCKET_DIR &&
      isWritable(dir) &&
      canEnter(account, dir),
  );
  if (root === undefined) {
    throw new AppError(
      'startup',
      `the database needs a folder for its socket, but none of ${roots.join(', ')} can be used; set TMPDIR to one`,
    );
  }
  const wanted = join(root, name);
  const folder = takeFolder(wanted, account) ? wanted : mkdtempSync(`${wanted}-`);
  chmodSync(folder, 0o700);
  if (account !== undefined) chownSync(folder, account.uid, account.gid);
  return folder;
};

const isWritable = (folder: string): boolean => {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** False when somebody else made a folder of that name: in /tmp anybody may. */
const takeFolder = (folder: string, account: Account | undefined): boolean => {
  try {
    mkdirSync(folder, { mode: 0o700 });
    return true;
  } catch {
    const found = lstatSync(folder, { throwIfNoEntry: false });
    const owners = [process.getuid?.(), account?.uid];
    return found !== undefined && found.isDirectory() && owners.includes(found.uid);
  }
};

/** Makes a folder that only the database's user may enter. */
export const ownFolder = (folder: string, account: Account | undefined): void => {
  mkdirSync(folder, { mode: 0o700 });
  if (account !== undefined) chownSync(folder, account.uid, account.gid);
};
