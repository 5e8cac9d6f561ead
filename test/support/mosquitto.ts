import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashSecret, mosquittoFiles } from '../../src/devices/index.ts';
import { until } from './until.ts';

export type Mosquitto = {
  /** With the service's own login. */
  url: string;
  /** Where the service writes `passwd` and `acl` (MOSQUITTO_DIR). */
  dir: string;
  stop(): Promise<void>;
};

const SERVICE = { username: 'fengsui', password: 'service-secret' };

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });

/** Resolves when something listens on the port; rejects after 10 s. */
export const waitForPort = async (port: number): Promise<void> => {
  const isOpen = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
  const open = await until(isOpen, { withinMs: 10_000, everyMs: 20 });
  if (open === undefined) throw new Error(`nothing listens on port ${port}`);
};

/** A real Mosquitto 2 on a free port, with the login files of the service, reloaded when they change. */
export const startMosquitto = async (): Promise<Mosquitto> => {
  const dir = await mkdtemp(join(tmpdir(), 'fengsui-mosquitto-'));
  const port = await freePort();
  const files = mosquittoFiles([], {
    username: SERVICE.username,
    secretHash: hashSecret(SERVICE.password),
  });
  await writeFile(join(dir, 'passwd'), files.passwd);
  await writeFile(join(dir, 'acl'), files.acl);
  await writeFile(
    join(dir, 'mosquitto.conf'),
    [
      'per_listener_settings false',
      `listener ${port} 127.0.0.1`,
      'allow_anonymous false',
      `password_file ${dir}/passwd`,
      `acl_file ${dir}/acl`,
      'persistence true',
      `persistence_location ${dir}/`,
      'max_queued_messages 100000',
      'message_size_limit 2097152',
      ...(process.getuid?.() === 0 ? ['user root'] : []),
      '',
    ].join('\n'),
  );
  const child = spawn('mosquitto', ['-c', join(dir, 'mosquitto.conf')], {
    stdio: 'ignore',
    env: { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/usr/local/sbin` },
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await waitForPort(port);

  const read = async (): Promise<string> =>
    (
      await Promise.all(
        ['passwd', 'acl'].map((name) => readFile(join(dir, name), 'utf8').catch(() => '')),
      )
    ).join();
  let last = await read();
  const watcher = setInterval(() => {
    void read().then((now) => {
      if (now !== last) child.kill('SIGHUP');
      last = now;
    });
  }, 50);
  return {
    url: `mqtt://${SERVICE.username}:${SERVICE.password}@127.0.0.1:${port}`,
    dir,
    async stop() {
      clearInterval(watcher);
      child.kill('SIGTERM');
      await exited;
      await rm(dir, { recursive: true, force: true });
    },
  };
};
