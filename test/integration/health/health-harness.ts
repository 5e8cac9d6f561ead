import { pino } from 'pino';
import { registerDevice } from '../../../src/devices/index.ts';
import type { DaySummary } from '../../../src/health/day-summary.ts';
import { createHealthSweep, type DeviceNews } from '../../../src/health/health-sweep.ts';
import { HEALTH_DEFAULTS, type HealthSettings } from '../../../src/shared/health-config.ts';
import {
  foldStates,
  mergeLatestStates,
  NOTHING_READ,
  saveSigns,
  setOnline,
  type TelemetryReading,
} from '../../../src/telemetry/index.ts';
import { createTestDatabase } from '../../support/database.ts';

/** Devices of a county on a database of their own, and one clock, which the test moves. */
export const startHealth = async () => {
  const database = await createTestDatabase();
  const { pool } = database;
  const clock = { at: new Date('2026-11-02T04:00:00Z'), now: () => clock.at };
  const told: DeviceNews[][] = [];
  const summaries: DaySummary[] = [];

  const sweeper = (over: Partial<HealthSettings> = {}, failing?: () => boolean) =>
    createHealthSweep({
      pool,
      settings: { ...HEALTH_DEFAULTS, ...over },
      timeZone: 'Asia/Shanghai',
      clock,
      logger: pino({ level: 'silent' }),
      onNews: async (_, news) => {
        if (failing?.() === true) throw new Error('no way to tell');
        told.push([...news]);
      },
      onSummary: async (_, summary) => void summaries.push(summary),
    });
  const one = sweeper();

  return {
    database,
    pool,
    clock,
    summaries,
    sweeper,
    /** What was told since this was last asked, message by message. */
    tellings: () =>
      told
        .splice(0)
        .map((news) =>
          news.map(({ id, news: what, problems }) =>
            [id, what, ...problems.map(({ code }) => code)].join(' '),
          ),
        ),
    register: async (
      id: string,
      kind: 'camera' | 'dock' | 'gateway' | 'drone',
      over: { gatewayId?: string; properties?: Record<string, unknown> } = {},
    ): Promise<void> => {
      const place = kind === 'camera' ? { lon: 113.27, lat: 26.71 } : {};
      await registerDevice(
        { pool, regionIdAt: () => 'default', hasRegion: (region) => region === 'default' },
        { id, kind, name: id, ...place, ...over },
      );
      await pool.query('update device set created_at = $2 where id = $1', [id, clock.at]);
    },
    online: (id: string, online = true) =>
      setOnline(pool, id, { online, at: clock.at, link: 'bus' }),
    heard: (id: string, sha256?: string) =>
      saveSigns(pool, [
        {
          deviceId: id,
          at: clock.at,
          frame: sha256 === undefined ? null : { sha256, since: clock.at, at: clock.at },
        },
      ]),
    /** Telemetry, received now. */
    sends: (id: string, over: Partial<TelemetryReading> = {}) =>
      mergeLatestStates(
        pool,
        foldStates([
          {
            deviceId: id,
            receivedAt: clock.at,
            reading: { ...NOTHING_READ, observedAt: clock.at, ...over },
          },
        ]),
      ),
    /** Lets time pass with a look every ten seconds, doing `each` before every one. */
    pass: async (seconds: number, each: () => Promise<unknown> = async () => undefined) => {
      for (let s = 0; s < seconds; s += 10) {
        clock.at = new Date(clock.at.getTime() + 10_000);
        await each();
        await one.sweep();
      }
    },
    healthOf: async (id: string) => {
      const { rows } = await pool.query<{ status: string; codes: string[] }>(
        `select status, array(select p ->> 'code' from jsonb_array_elements(problems) p) as codes
         from device_health where device_id = $1`,
        [id],
      );
      return rows[0];
    },
  };
};

export type HealthHarness = Awaited<ReturnType<typeof startHealth>>;
