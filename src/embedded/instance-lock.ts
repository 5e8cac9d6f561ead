import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../shared/app-error.ts';
import { processStartTime } from './process-info.ts';

export type InstanceLock = { release(): void };

/**
 * Makes this process the only one that uses `folder`, by a file that names the process and when it
 * started. The lock of a killed process, or of a pid since given to another program, is taken over.
 * Throws AppError('startup') while its owner runs.
 */
export const acquireInstanceLock = (folder: string): InstanceLock => {
  const file = join(folder, 'fengsui.lock');
  const mine = `${process.pid} ${processStartTime(process.pid) ?? ''}\n`;
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, mine, { mode: 0o644 });
  try {
    for (;;) {
      if (tryLink(draft, file)) break;
      removeStale(folder, file);
    }
  } finally {
    unlinkSync(draft);
  }
  return {
    release() {
      if (readLock(file) === mine) rmSync(file, { force: true });
    },
  };
};

/** A hard link appears whole or not at all, so nobody ever reads a half-written lock. */
const tryLink = (from: string, to: string): boolean => {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};

const removeStale = (folder: string, file: string): void => {
  const found = readLock(file);
  if (found === undefined) return;
  refuseIfAlive(folder, found);
  // Two starters may both find it stale; moving it aside first makes sure that what is removed is what was judged.
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const taken = readLock(aside);
  if (taken !== found) tryLink(aside, file);
  unlinkSync(aside);
};

const refuseIfAlive = (folder: string, lock: string): void => {
  const [pid, startTime] = lock.trim().split(/ (.*)/s);
  const alive = processStartTime(Number(pid));
  if (alive === undefined || alive !== startTime) return;
  throw new AppError(
    'startup',
    `another fengsui (process ${pid}) already uses ${folder}; stop it, or set DATA_DIR to another folder`,
  );
};

const readLock = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};
