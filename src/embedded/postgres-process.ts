import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../shared/app-error.ts';
import type { Logger } from '../shared/logger.ts';
import type { Account } from './postgres-account.ts';
import { isPostgresOf } from './process-info.ts';

/** A clean ("fast") shutdown writes a checkpoint; past this the next start recovers from the log instead, which loses nothing. */
const FAST_STOP_MS = 3_000;
const QUIT_MS = 1_500;
const POLL_MS = 20;
const STDERR_KEPT = 4_000;

export type RunOptions = { command: string; args: string[]; account: Account | undefined };

/** A program of the database's, in its own session: Ctrl-C in a terminal must reach only us, who stop it after draining. */
export const spawnProgram = ({ command, args, account }: RunOptions): ChildProcess =>
  spawn(command, args, {
    ...account,
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    // None of the caller's PG* variables or locale may change what the server does.
    env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
  });

/** The last of what it wrote to stderr, for an error message. */
export const collectStderr = (child: ChildProcess): (() => string) => {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-STDERR_KEPT);
  });
  return () => text.trim();
};

/** Runs a program to its end; throws with its last words if that is not success. */
export const runProgram = async (options: RunOptions): Promise<void> => {
  const child = spawnProgram(options);
  const stderr = collectStderr(child);
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (code !== 0) throw new Error(`${options.command} ended with ${code ?? signal}: ${stderr()}`);
};

const hasEnded = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;

/** SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one. */
export const stopServer = async (child: ChildProcess, logger: Logger): Promise<void> => {
  for (const [signal, waitMs] of [
    ['SIGINT', FAST_STOP_MS],
    ['SIGQUIT', QUIT_MS],
    ['SIGKILL', QUIT_MS],
  ] as const) {
    if (hasEnded(child)) return;
    if (signal !== 'SIGINT') logger.warn({ signal }, 'database is slow to stop');
    child.kill(signal);
    await Promise.race([once(child, 'exit'), delay(waitMs, undefined, { ref: false })]);
  }
};

/**
 * Ends the server that outlived a killed service, so that a fresh one with known settings can start.
 * A `postmaster.pid` whose number now belongs to another program is removed; if nobody has that
 * number PostgreSQL itself replaces the file, after checking that no old backend is left.
 */
export const endOrphan = async (pgData: string, logger: Logger): Promise<void> => {
  const file = join(pgData, 'postmaster.pid');
  const pid = readPid(file);
  if (pid === undefined) return;
  if (!isPostgresOf(pid, pgData)) {
    if (isAlive(pid)) rmSync(file, { force: true });
    return;
  }
  logger.warn({ pid }, 'stopping the database server that a killed service left behind');
  for (const [signal, waitMs] of [
    ['SIGINT', FAST_STOP_MS],
    ['SIGQUIT', QUIT_MS],
  ] as const) {
    kill(pid, signal);
    for (let waitedMs = 0; waitedMs < waitMs; waitedMs += POLL_MS) {
      if (!isPostgresOf(pid, pgData)) return;
      await delay(POLL_MS);
    }
  }
  throw new AppError(
    'startup',
    `a database server (process ${pid}) still uses ${pgData} and does not stop; end it with "kill -QUIT ${pid}" and start again`,
  );
};

const readPid = (file: string): number | undefined => {
  try {
    const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const kill = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch {
    // Ended in the meantime: what was wanted.
  }
};
