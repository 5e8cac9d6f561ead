import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { until } from '../support/until.ts';

export const ROOT = resolve(import.meta.dirname, '../..');

export type ServiceProcess = {
  child: ChildProcess;
  /** Resolves when /readyz says so; rejects when the process ends before, or after 60 s. */
  ready: Promise<void>;
  exited: Promise<void>;
  /** The last of what it wrote to stderr. */
  stderr(): string;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** SIGTERM; it has 5 s by its own promise. */
  stop(): Promise<void>;
};

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 10_000;
const STDERR_KEPT = 4_000;

/** The command line of the service as a process of its own. `env` names its PORT. */
export const spawnService = (env: Record<string, string>): ServiceProcess => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', 'serve'], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-STDERR_KEPT);
  });
  const exited = once(child, 'exit').then(() => undefined);
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;

  const untilReady = async (): Promise<void> => {
    const isReady = async (): Promise<boolean> => {
      if (await answers(`http://127.0.0.1:${env.PORT}/readyz`)) return true;
      if (hasEnded()) throw new Error(`the service did not start: ${errors}`);
      return false;
    };
    const found = await until(isReady, { withinMs: READY_WITHIN_MS, everyMs: 50 });
    if (found === undefined) throw new Error(`the service was not ready in time: ${errors}`);
  };
  const ready = untilReady();
  // Whoever does not care that it never became ready need not wait for it.
  ready.catch(() => undefined);

  return {
    child,
    ready,
    exited,
    stderr: () => errors,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      await exited;
      clearTimeout(timer);
    },
  };
};

const answers = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
    async (response) => {
      await response.body?.cancel();
      return response.ok;
    },
    () => false,
  );
