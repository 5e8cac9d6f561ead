import type { DeviceProblem } from '../devices/index.ts';
import type { Pool } from '../shared/db.ts';
import type { HealthSettings, ProblemCode } from '../shared/health-config.ts';
import type { Listener } from '../shared/listener.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';
import { listConfirmed } from './health-store.ts';

/** What makes an alarm itself doubtful: its time, its direction, its picture. Weather and charge do not. */
const BEARING_ON_ALARMS: readonly ProblemCode[] = [
  'offline',
  'stale',
  'flapping',
  'clock_skew',
  'stuck_view',
  'same_frame',
  'hms',
];

export type HealthBook = Part & {
  /** What is wrong with the source of an alarm, from memory; none = nothing is known. */
  problemsOf(alarm: { deviceId: string; observedAt: Date; receivedAt: Date }): DeviceProblem[];
};

export type HealthBookDeps = {
  pool: Pool;
  settings: Pick<HealthSettings, 'clockSkewS'>;
  listener: Pick<Listener, 'on'>;
  logger: Logger;
};

/** Which devices are not well, in memory, so that no alarm waits for it. */
export const createHealthBook = (deps: HealthBookDeps): HealthBook => {
  const { pool, settings, listener, logger } = deps;
  let confirmed: ReadonlyMap<string, DeviceProblem[]> = new Map();
  let unsubscribe = (): void => undefined;
  let reading: Promise<void> = Promise.resolve();

  const read = async (): Promise<void> => {
    confirmed = await listConfirmed(pool);
  };
  /** One after the other: an earlier answer must not replace a later one. */
  const refresh = (): void => {
    reading = reading
      .then(read)
      .catch((error: unknown) => logger.error({ err: error }, 'device health could not be read'));
  };
  return {
    name: 'health-book',
    async start() {
      unsubscribe = listener.on('device_health_changed', {
        changed: refresh,
        reconnected: refresh,
      });
      await read();
    },
    async stop() {
      unsubscribe();
      await reading;
    },
    problemsOf: ({ deviceId, observedAt, receivedAt }) => {
      const known = (confirmed.get(deviceId) ?? []).filter(({ code }) =>
        BEARING_ON_ALARMS.includes(code),
      );
      const aheadS = Math.round((observedAt.getTime() - receivedAt.getTime()) / 1000);
      if (aheadS <= settings.clockSkewS || known.some(({ code }) => code === 'clock_skew')) {
        return known;
      }
      // Late may be the way; seen later than it was received can only be the clock.
      const measured = { value: -aheadS, limit: settings.clockSkewS, detail: null };
      const since = receivedAt.toISOString();
      return [...known, { code: 'clock_skew', since, ...measured, confirmed: true }];
    },
  };
};
