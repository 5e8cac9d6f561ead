import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, waitForPort } from './mosquitto.ts';

export type RedisServer = {
  url: string;
  port: number;
  /** `kill -9`: it keeps nothing on disk, so what was in it is gone. */
  kill(): Promise<void>;
  stop(): Promise<void>;
};

export const hasRedis = (): boolean => spawnSync('redis-server', ['--version']).error === undefined;

/** A real Redis of its own on a free port (or the one given), with the eviction policy the queue needs. */
export const startRedis = async (givenPort?: number): Promise<RedisServer> => {
  const dir = await mkdtemp(join(tmpdir(), 'fengsui-redis-'));
  const port = givenPort ?? (await freePort());
  const child = spawn(
    'redis-server',
    [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--dir',
      dir,
      '--save',
      '',
      '--maxmemory-policy',
      'noeviction',
    ],
    { stdio: 'ignore' },
  );
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await waitForPort(port);
  const end = (signal: NodeJS.Signals) => async (): Promise<void> => {
    child.kill(signal);
    await exited;
    await rm(dir, { recursive: true, force: true });
  };
  return { url: `redis://127.0.0.1:${port}`, port, kill: end('SIGKILL'), stop: end('SIGTERM') };
};
