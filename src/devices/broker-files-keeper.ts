import type { Listener } from '../shared/listener.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';

/** Many devices registered in a row make one rewrite. */
const SETTLE_MS = 300;
const RETRY_MS = 5_000;

export type BrokerFilesKeeperOptions = {
  /** Writes the files; true when they changed. */
  write: () => Promise<boolean>;
  listener: Listener;
  logger: Logger;
};

/** Keeps an external broker's login files current while it runs; the broker's side reloads them when they change. */
export const createBrokerFilesKeeper = ({
  write,
  listener,
  logger,
}: BrokerFilesKeeperOptions): Part => {
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  const unsubscribe: (() => void)[] = [];
  const writeNow = async (): Promise<void> => {
    if (await write()) logger.info("the broker's login files were rewritten");
  };
  const writeAfter = (delayMs: number): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      writing = writeNow().catch((error: unknown) => {
        logger.error(
          { err: error },
          "the broker's login files could not be written, will be tried again",
        );
        writeAfter(RETRY_MS);
      });
    }, delayMs);
  };
  const handler = {
    changed: () => writeAfter(SETTLE_MS),
    reconnected: () => writeAfter(SETTLE_MS),
  };
  return {
    name: 'broker-files',
    async start() {
      unsubscribe.push(
        listener.on('mqtt_credential_added', handler),
        listener.on('mqtt_credential_changed', handler),
        listener.on('device_changed', handler),
      );
      await writeNow();
    },
    async stop() {
      for (const off of unsubscribe) off();
      clearTimeout(timer);
      await writing;
    },
  };
};
