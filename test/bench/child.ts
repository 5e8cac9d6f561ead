import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = resolve(import.meta.dirname, '../..');

export type Child = {
  /** The first line it printed. */
  first: string;
  /** The last line so far. */
  last(): string;
  stop(): Promise<void>;
};

/** Starts a TypeScript file as a process of its own and waits for its first line. */
export const startChild = async (
  file: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<Child> => {
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', file, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout === null) throw new Error('no output');
  const lines = createInterface({ input: child.stdout });
  let last = '';
  lines.on('line', (line) => {
    last = line;
  });
  const [first] = (await once(lines, 'line')) as [string];
  return {
    first,
    last: () => last,
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
};

export const pause = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));
