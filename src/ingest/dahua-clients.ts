import { type DahuaSetup, dahuaSetupOf, listDevicesWith } from '../devices/index.ts';
import type { Pool } from '../shared/db.ts';
import type { Listener } from '../shared/listener.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';

export type DahuaClientsDeps = {
  pool: Pool;
  listener: Listener;
  logger: Logger;
  clientFor: (deviceId: string, setup: DahuaSetup) => Part;
};

const RETRY_MS = 5_000;

/**
 * A client for each registered device with Dahua settings whose login is not revoked; follows the registry. Every process
 * with the ingest role keeps its own connections: there is nothing to hand over when one dies, and what two of them hear is
 * one detection (unique by device and source event).
 */
export const createDahuaClients = ({
  pool,
  listener,
  logger,
  clientFor,
}: DahuaClientsDeps): Part => {
  const running = new Map<string, { settings: string; client: Part }>();
  const unsubscribe: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;
  let scheduled = false;
  let work: Promise<void> = Promise.resolve();

  const reconcile = async (): Promise<void> => {
    const wanted = new Map(
      (await listDevicesWith(pool, 'dahua')).flatMap((device) => {
        const setup = dahuaSetupOf(device);
        return setup === undefined ? [] : [[device.id, setup] as const];
      }),
    );
    for (const [id, { settings, client }] of running) {
      if (settings === JSON.stringify(wanted.get(id))) continue;
      running.delete(id);
      await client.stop();
    }
    for (const [id, setup] of wanted) {
      if (running.has(id) || stopping) continue;
      const client = clientFor(id, setup);
      running.set(id, { settings: JSON.stringify(setup), client });
      await client.start();
    }
  };

  /** One after the other, so that each sees what the one before has done; many changes at once are worth one look. */
  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    work = work.then(async () => {
      scheduled = false;
      if (stopping) return;
      try {
        await reconcile();
      } catch (error) {
        logger.error({ err: error }, 'Dahua devices could not be read, will be tried again');
        clearTimeout(timer);
        timer = setTimeout(schedule, RETRY_MS);
      }
    });
  };

  return {
    name: 'dahua-clients',
    async start() {
      const handler = { changed: schedule, reconnected: schedule };
      unsubscribe.push(
        listener.on('device_changed', handler),
        listener.on('mqtt_credential_changed', handler),
      );
      schedule();
    },
    async stop() {
      stopping = true;
      for (const off of unsubscribe) off();
      clearTimeout(timer);
      await work;
      await Promise.all([...running.values()].map(({ client }) => client.stop()));
    },
  };
};
