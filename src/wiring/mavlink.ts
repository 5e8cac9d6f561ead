import type { DeviceRegistry } from '../devices/index.ts';
import { createMavlinkReceiver, createMavlinkUdp, type MavlinkReceiver } from '../ingest/index.ts';
import type { Context } from '../pipeline.ts';
import type { Pool } from '../shared/db.ts';
import type { Part } from '../shared/part.ts';
import { type BatchWriter, setOnline } from '../telemetry/index.ts';
import type { Intake } from './intake.ts';

export const createMavlink = (
  { metrics, logger }: Context,
  { registry, telemetry, pool }: { registry: DeviceRegistry; telemetry: BatchWriter; pool: Pool },
): MavlinkReceiver =>
  createMavlinkReceiver({
    registry,
    telemetry,
    online: (deviceId, online, at) => setOnline(pool, deviceId, { online, at, link: 'bus' }),
    count: (outcome, frames) => metrics.mavlinkFrames.inc({ outcome }, frames),
    logger: logger.child({ stage: 'mavlink' }),
  });

/** The UDP listener, where MAVLINK_PORT is set. */
export const mavlinkListener = (
  context: Context,
  { ingest, mavlink: receiver }: Pick<Intake, 'ingest' | 'mavlink'>,
): Part[] => {
  const { env, clock, metrics, logger } = context;
  if (env.mavlink === undefined || !context.has('ingest')) return [];
  return [
    createMavlinkUdp({
      ...env.mavlink,
      ingest,
      receiver,
      onDropped: () => metrics.mavlinkFrames.inc({ outcome: 'dropped' }),
      now: () => clock.now(),
      logger: logger.child({ stage: 'mavlink' }),
    }),
  ];
};
