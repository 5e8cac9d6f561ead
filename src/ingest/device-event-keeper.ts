import type { Clock } from '../shared/clock.ts';
import type { Pool } from '../shared/db.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';
import { deleteDeviceEventsBefore } from './device-event-store.ts';

const CHECK_EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Drops device events older than telemetry is kept; at start and every hour. */
export const createDeviceEventKeeper = ({
  pool,
  clock,
  keepDays,
  logger,
}: {
  pool: Pool;
  clock: Clock;
  keepDays: number;
  logger: Logger;
}): Part => {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  const tidy = async (): Promise<void> => {
    try {
      const before = new Date(clock.now().getTime() - keepDays * DAY_MS);
      const events = await deleteDeviceEventsBefore(pool, before);
      if (events > 0) logger.info({ events, keepDays }, 'old device events dropped');
    } catch (error) {
      logger.error({ err: error }, 'old device events could not be dropped');
    }
  };
  return {
    name: 'device-event-keeper',
    async start() {
      running = tidy();
      timer = setInterval(() => {
        running = tidy();
      }, CHECK_EVERY_MS);
    },
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
};
