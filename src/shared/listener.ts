import pg from 'pg';
import { errorMessage } from './app-error.ts';
import type { Logger } from './logger.ts';
import type { Part } from './part.ts';

/** PostgreSQL NOTIFY channels; each is raised by a trigger in migrations/, with the row's id as payload. */
export type ChangeChannel =
  | 'region_changed'
  | 'mqtt_credential_added'
  | 'mqtt_credential_changed'
  | 'device_changed'
  | 'device_health_changed'
  | 'resource_changed'
  | 'incident_event'
  | 'notification_added';

export type ChangeHandler = {
  /** One row changed (inserted, updated or deleted). */
  changed(id: string): void;
  /** The connection was lost and is back: changes may have been missed, reload everything. */
  reconnected(): void;
};

export type Listener = Part & {
  /** Returns the unsubscribe function. Subscribe before reading the initial state, or changes in between are missed. */
  on(channel: ChangeChannel, handler: ChangeHandler): () => void;
};

const RECONNECT_MIN_MS = 100;
const RECONNECT_MAX_MS = 5_000;

/** One dedicated LISTEN connection a process, shared by all subscribers. Reconnects by itself for as long as it runs. */
export const createListener = (connectionString: string, logger: Logger): Listener => {
  const handlers = new Map<ChangeChannel, Set<ChangeHandler>>();
  let client: pg.Client | undefined;
  let established = false;
  let stopping = false;
  let retryTimer: NodeJS.Timeout | undefined;
  let delayMs = RECONNECT_MIN_MS;

  const channels: ChangeChannel[] = [
    'region_changed',
    'mqtt_credential_added',
    'mqtt_credential_changed',
    'device_changed',
    'device_health_changed',
    'resource_changed',
    'incident_event',
    'notification_added',
  ];

  const connect = async (): Promise<void> => {
    const next = new pg.Client({
      connectionString,
      application_name: 'fengsui-listen',
      keepAlive: true,
    });
    next.on('error', (error) => lost(next, error));
    next.on('end', () => lost(next, new Error('connection ended')));
    next.on('notification', ({ channel, payload }) => {
      for (const handler of handlers.get(channel as ChangeChannel) ?? [])
        handler.changed(payload ?? '');
    });
    try {
      client = next;
      await next.connect();
      await next.query(channels.map((channel) => `listen ${channel}`).join(';'));
    } catch (error) {
      client = undefined;
      await next.end().catch(() => undefined);
      throw error;
    }
    if (stopping) await next.end();
    established = true;
    delayMs = RECONNECT_MIN_MS;
  };

  const lost = (which: pg.Client, error: Error): void => {
    // While it is being established, `connect` itself rejects and its caller retries.
    if (stopping || client !== which || !established) return;
    client = undefined;
    established = false;
    logger.warn({ err: error }, 'LISTEN connection lost, reconnecting');
    retry();
  };

  const retry = (): void => {
    if (stopping) return;
    retryTimer = setTimeout(() => {
      connect().then(
        () => {
          for (const set of handlers.values()) for (const handler of set) handler.reconnected();
        },
        (error: unknown) => {
          logger.warn({ reason: errorMessage(error) }, 'LISTEN reconnect failed');
          delayMs = Math.min(delayMs * 2, RECONNECT_MAX_MS);
          retry();
        },
      );
    }, delayMs);
  };

  return {
    name: 'listener',
    start: connect,
    async stop() {
      stopping = true;
      clearTimeout(retryTimer);
      await client?.end();
    },
    on(channel, handler) {
      const set = handlers.get(channel) ?? new Set();
      handlers.set(channel, set.add(handler));
      return () => set.delete(handler);
    },
  };
};
