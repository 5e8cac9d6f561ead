import { createAirspaceWatch } from '../airspace/index.ts';
import { setUpChannels, tellOfAircraft } from '../notify/index.ts';
import type { RegionIndex } from '../people/index.ts';
import type { Context } from '../pipeline.ts';
import { airspaceSettings } from '../shared/airspace-config.ts';
import type { Pool } from '../shared/db.ts';
import type { Part } from '../shared/part.ts';

/** Watches the airspace of fires for aircraft that are not ours, and tells those on duty. */
export const createAirspace = (
  { config, channels, clock, ...context }: Context,
  { pool, regions }: { pool: Pool; regions: RegionIndex },
): Part => {
  const wording = {
    regions,
    smsSignature: config.notify.smsSignature,
    setUp: setUpChannels(channels),
  };
  return createAirspaceWatch({
    pool,
    settings: airspaceSettings(config),
    keepDays: config.telemetry.keepDays,
    clock,
    logger: context.logger.child({ stage: 'airspace' }),
    onEntered: (tx, intrusion, now) => tellOfAircraft(tx, wording, intrusion, now),
  });
};
