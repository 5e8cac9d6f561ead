import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, errorMessage } from '../shared/app-error.ts';
import type { Queryable } from '../shared/db.ts';
import { listBrokerUsers } from './credential-store.ts';
import { mosquittoFiles, type ServiceLogin } from './mosquitto-files.ts';
import { hashSecret, verifySecret } from './secret.ts';

export type BrokerFilesOptions = {
  db: Queryable;
  /** Its user and password become the service's own login at the broker. */
  mqttUrl: string;
  /** Mosquitto reads `passwd` and `acl` here. */
  dir: string;
};

/**
 * Writes Mosquitto's password and ACL files from the registered logins; each file appears whole or not
 * at all, and only when it differs, so that the broker reloads no more than it must. Returns whether
 * anything changed. Throws AppError('startup') when the folder cannot be written to.
 */
export const writeBrokerFiles = async ({
  db,
  mqttUrl,
  dir,
}: BrokerFilesOptions): Promise<boolean> => {
  const users = await listBrokerUsers(db);
  const service = await serviceLogin(mqttUrl, join(dir, 'passwd'));
  const { passwd, acl } = mosquittoFiles(users, service);
  try {
    await mkdir(dir, { recursive: true });
    // The rules first: a user the broker knows without rules can do nothing, rules without a user do no harm.
    const aclChanged = await replaceFile(join(dir, 'acl'), acl);
    const passwdChanged = await replaceFile(join(dir, 'passwd'), passwd);
    return aclChanged || passwdChanged;
  } catch (error) {
    throw new AppError(
      'startup',
      `cannot write the broker's files to ${dir} (${errorMessage(error)}); make it writable, or set MOSQUITTO_DIR to another folder`,
      { cause: error },
    );
  }
};

/** The hash in the file is kept while it still fits: a new one has a new salt, and every write would look like a change. */
const serviceLogin = async (mqttUrl: string, passwdFile: string): Promise<ServiceLogin> => {
  const url = new URL(mqttUrl);
  const username = decodeURIComponent(url.username);
  const password = decodeURIComponent(url.password);
  if (username === '' || password === '') {
    throw new AppError(
      'startup',
      'MQTT_URL names no user and password, but the broker admits nobody without; set e.g. MQTT_URL=mqtt://fengsui:secret@127.0.0.1:1883',
    );
  }
  const lines = (await readFile(passwdFile, 'utf8').catch(() => '')).split('\n');
  const known = lines.find((line) => line.startsWith(`${username}:`))?.slice(username.length + 1);
  const secretHash =
    known !== undefined && verifySecret(password, known) ? known : hashSecret(password);
  return { username, secretHash };
};

const replaceFile = async (file: string, text: string): Promise<boolean> => {
  if ((await readFile(file, 'utf8').catch(() => undefined)) === text) return false;
  const draft = `${file}.${randomUUID()}`;
  try {
    // Mosquitto may run as another user of the same group.
    await writeFile(draft, text, { mode: 0o640 });
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
  return true;
};
