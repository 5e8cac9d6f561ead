import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

export type MainOptions = {
  args?: string[];
  env: Record<string, string>;
  /** The checkout to run from. */
  cwd?: string;
  /** Run as this user (both ids), which only root can. */
  uid?: number;
  /** As a person does: `npm start`. */
  byNpm?: boolean;
};

export type MainProcess = {
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Where it answers, once it says that it is ready; rejects when it ends before. */
  ready(): Promise<{ http: string; mqtt: string }>;
  /** Its exit code, or the signal that ended it. */
  exited: Promise<number | string>;
};

/** `npm start` without npm: the command line as its own process, on free ports. */
export const startMain = ({
  args = ['serve'],
  env,
  cwd = CHECKOUT,
  uid,
  byNpm = false,
}: MainOptions): MainProcess => {
  const [program, programArgs] = byNpm
    ? ['npm', ['start', '--silent']]
    : [process.execPath, ['--import', 'tsx', 'src/main.ts', ...args]];
  const child = spawn(program, programArgs, {
    cwd,
    // Nothing of the caller's settings; what the test sets decides.
    env: { PATH: process.env['PATH'], HOST: '127.0.0.1', PORT: '0', MQTT_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const exited = once(child, 'close').then(
    ([code, signal]) => (code as number | null) ?? (signal as string),
  );
  const readyLine = (): { http: string; mqtt: string } | undefined => {
    const line = stdout.split('\n').find((text) => text.includes('"msg":"ready"'));
    return line === undefined ? undefined : (JSON.parse(line) as { http: string; mqtt: string });
  };
  return {
    child,
    exited,
    stdout: () => stdout,
    stderr: () => stderr,
    ready: () =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const urls = readyLine();
          if (urls !== undefined) resolve(urls);
        };
        child.stdout.on('data', look);
        look();
        void exited.then((end) =>
          reject(new Error(`ended with ${end} before it was ready: ${stderr}${stdout}`)),
        );
      }),
  };
};
