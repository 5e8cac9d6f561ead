import { createDahuaClient, createDahuaClients, type Ingest } from '../ingest/index.ts';
import type { Context } from '../pipeline.ts';
import type { Pool } from '../shared/db.ts';
import type { Part } from '../shared/part.ts';
import { setOnline } from '../telemetry/index.ts';

/** Connections to Dahua cameras and recorders: they are asked for their events, nobody else asks to be told. */
export const createDahua = (
  { channels, clock, listener, ...context }: Context,
  { pool, ingest }: { pool: Pool; ingest: Ingest },
): Part => {
  const logger = context.logger.child({ stage: 'dahua' });
  return createDahuaClients({
    pool,
    listener,
    logger,
    clientFor: (deviceId, setup) =>
      createDahuaClient(deviceId, setup, {
        ingest,
        online: (id, online) => setOnline(pool, id, { online, at: clock.now(), link: 'bus' }),
        allow: channels.webhook?.allow ?? [],
        logger,
      }),
  });
};
