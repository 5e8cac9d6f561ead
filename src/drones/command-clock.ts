import type { Clock } from '../shared/clock.ts';
import type { Pool } from '../shared/db.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';
import { createRepeating } from '../shared/repeating.ts';
import { endSilentCommands } from './drone-command-store.ts';
import type { DroneCommands } from './drone-commands.ts';

const CHECK_EVERY_MS = 1_000;

/** Follows aircraft that come home, and ends commands nothing is heard of any more. Any number of processes may do so. */
export const createCommandClock = ({
  pool,
  commands,
  clock,
  logger,
}: {
  pool: Pool;
  commands: Pick<DroneCommands, 'followReturns'>;
  clock: Clock;
  logger: Logger;
}): Part =>
  createRepeating('command-clock', async () => {
    try {
      await commands.followReturns();
      for (const { id, deviceId, status } of await endSilentCommands(pool, clock.now())) {
        logger.warn(
          { commandId: id, deviceId, status },
          'nothing more was heard of a drone command',
        );
      }
    } catch (error) {
      logger.error({ err: error }, 'commands could not be looked through');
    }
    return CHECK_EVERY_MS;
  });
