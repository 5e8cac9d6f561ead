import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Queryable } from '../shared/db.ts';
import type { Listener } from '../shared/listener.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';
import { listBrokerUsers } from './device-store.ts';
import { mosquittoFiles } from './mosquitto-files.ts';
import { hashSecret } from './secret.ts';

export type MosquittoFilesOptions = {
  db: Queryable;
  dir: string;
  /** The service's own login: user and password of MQTT_URL. */
  service: { username: string; password: string };
};

/** Writes `passwd` and `acl` into `dir`, each replaced in one step so that the broker never reads half a file. */
export const writeMosquittoFiles = async ({
  db,
  dir,
  service,
}: MosquittoFilesOptions): Promise<number> => {
  const users = await listBrokerUsers(db);
  const { passwd, acl } = mosquittoFiles(users, {
    username: service.username,
    secretHash: hashSecret(service.password),
  });
  await mkdir(dir, { recursive: true });
  // Group-readable: the broker usually runs as another user that shares a group or volume with us.
  for (const [name, text] of [
    ['acl', acl],
    ['passwd', passwd],
  ] as const) {
    await writeFile(join(dir, `${name}.new`), text, { mode: 0o640 });
    await rename(join(dir, `${name}.new`), join(dir, name));
  }
  return users.length;
};

/** Many devices registered in a row make one rewrite. */
const SETTLE_MS = 300;
const RETRY_MS = 5_000;

/** Keeps the files current while it runs; the broker's side reloads them when they change (SIGHUP). */
export const createMosquittoFilesWriter = (
  options: MosquittoFilesOptions & { listener: Listener; logger: Logger },
): Part => {
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  const unsubscribe: (() => void)[] = [];
  const write = async (): Promise<void> => {
    const users = await writeMosquittoFiles(options);
    options.logger.info({ users, dir: options.dir }, 'Mosquitto password and ACL files written');
  };
  const later = (delayMs: number): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      writing = write().catch((error: unknown) => {
        options.logger.error(
          { err: error },
          'Mosquitto files could not be written, will be tried again',
        );
        later(RETRY_MS);
      });
    }, delayMs);
  };
  const handler = { changed: () => later(SETTLE_MS), reconnected: () => later(SETTLE_MS) };
  return {
    name: 'mosquitto-files',
    async start() {
      unsubscribe.push(
        options.listener.on('mqtt_credential_changed', handler),
        options.listener.on('device_changed', handler),
      );
      await write();
    },
    async stop() {
      for (const off of unsubscribe) off();
      clearTimeout(timer);
      await writing;
    },
  };
};
