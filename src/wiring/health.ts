import {
  countByStatus,
  createHealthBook,
  createHealthSweep,
  type HealthBook,
} from '../health/index.ts';
import { setUpChannels, tellOfDay, tellOfDevices } from '../notify/index.ts';
import type { RegionIndex } from '../people/index.ts';
import type { Context } from '../pipeline.ts';
import type { Pool } from '../shared/db.ts';
import { healthSettings } from '../shared/health-config.ts';
import type { Part } from '../shared/part.ts';

export type DeviceHealth = {
  /** What alarms are told with; in every process that takes some. */
  book: HealthBook;
  /** Looks at the devices. */
  parts: Part[];
};

/** Devices prove that they are alive, or those who look after them hear of it. */
export const createDeviceHealth = (
  { config, channels, env, clock, metrics, listener, ...context }: Context,
  { shared, regions }: { shared: Pool; regions: RegionIndex },
): DeviceHealth => {
  const settings = healthSettings(config);
  const logger = context.logger.child({ stage: 'health' });
  const wording = {
    ...settings,
    regions,
    smsSignature: config.notify.smsSignature,
    timeZone: env.timeZone,
    setUp: setUpChannels(channels),
  };
  const book = createHealthBook({ pool: shared, settings, listener, logger });
  if (!context.has('ingest')) return { book, parts: [] };
  metrics.watchDevices(() => countByStatus(shared));
  const sweep = createHealthSweep({
    pool: context.pool('health', { max: 1 }),
    settings,
    timeZone: env.timeZone,
    clock,
    logger,
    onNews: (tx, news, now) => tellOfDevices(tx, wording, { news, now }),
    onSummary: (tx, summary, now) => tellOfDay(tx, wording, { summary, now }),
  });
  return { book, parts: [sweep] };
};
