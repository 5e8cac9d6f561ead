import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from '../shared/db.ts';
import type { Listener } from '../shared/listener.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';
import { findCredential, listLogins } from './credential-store.ts';

const RETRY_MS = 1_000;

export type LoginWatch = Part & {
  /** True once the login of that device or person was revoked; false for an id that has none. */
  isRevoked(id: string): boolean;
  /** Called with the id of a device or person whose login was changed, revoked or deleted. */
  onChange(handler: (id: string) => void): void;
};

/**
 * Every login in memory with what would end a connection made with it: its hash, null when it was revoked. What was
 * changed while we could not hear of it is found by comparing, so that a revoked device is cut off then too.
 */
export const createLoginWatch = (deps: {
  pool: Pool;
  listener: Listener;
  logger: Logger;
}): LoginWatch => {
  const { pool, listener, logger } = deps;
  let logins = new Map<string, string | null>();
  const handlers: ((id: string) => void)[] = [];
  const unsubscribe: (() => void)[] = [];
  let stopped = false;
  let last: Promise<void> = Promise.resolve();

  const tell = (id: string): void => handlers.forEach((handler) => handler(id));
  const refresh = async (id: string): Promise<void> => {
    const login = await findCredential(pool, id);
    if (login === undefined) logins.delete(id);
    else logins.set(id, login.revoked ? null : login.secretHash);
  };
  const reload = async (): Promise<void> => {
    const before = logins;
    logins = await listLogins(pool);
    for (const id of new Set([...before.keys(), ...logins.keys()])) {
      if (before.get(id) !== logins.get(id)) tell(id);
    }
  };
  /** In turn, so that an older answer never overwrites a newer one; and until it is done: somebody may be revoked. */
  const inTurn = (work: () => Promise<void>): void => {
    last = last.then(async () => {
      while (!stopped) {
        try {
          await work();
          return;
        } catch (error) {
          logger.error({ err: error }, 'MQTT logins could not be refreshed, will be tried again');
          await delay(RETRY_MS, undefined, { ref: false });
        }
      }
    });
  };

  return {
    name: 'login-watch',
    async start() {
      unsubscribe.push(
        listener.on('mqtt_credential_added', {
          changed: (id) => inTurn(() => refresh(id)),
          reconnected: () => undefined,
        }),
        listener.on('mqtt_credential_changed', {
          changed(id) {
            tell(id);
            inTurn(() => refresh(id));
          },
          reconnected: () => inTurn(reload),
        }),
      );
      logins = await listLogins(pool);
    },
    async stop() {
      stopped = true;
      for (const off of unsubscribe) off();
    },
    isRevoked: (id) => logins.get(id) === null,
    onChange: (handler) => {
      handlers.push(handler);
    },
  };
};
