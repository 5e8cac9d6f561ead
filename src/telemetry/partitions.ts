import type { Clock } from '../shared/clock.ts';
import { type Pool, withTransaction } from '../shared/db.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';

/** Partitions are made this many days ahead, so a week without this process leaves no row in the default one. */
const DAYS_AHEAD = 7;
const CHECK_EVERY_MS = 3_600_000;
/** Serialises partition changes among processes. */
const PARTITION_LOCK = 71_302;
const DAY_MS = 86_400_000;

const partitionName = (day: Date): string =>
  `telemetry_${day.toISOString().slice(0, 10).replaceAll('-', '')}`;
const startOfDay = (at: Date): Date => new Date(Math.floor(at.getTime() / DAY_MS) * DAY_MS);

export type PartitionDeps = { pool: Pool; clock: Clock; keepDays: number; logger: Logger };

/** Makes the UTC-day partitions of the coming week and drops those older than `keepDays`; at start and every hour. */
export const createPartitionKeeper = (deps: PartitionDeps): Part => {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  return {
    name: 'telemetry-partitions',
    async start() {
      await keepPartitions(deps);
      timer = setInterval(() => {
        running = keepPartitions(deps).catch((error: unknown) =>
          deps.logger.error({ err: error }, 'telemetry partitions could not be kept'),
        );
      }, CHECK_EVERY_MS);
    },
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
};

const keepPartitions = async ({ pool, clock, keepDays, logger }: PartitionDeps): Promise<void> => {
  const today = startOfDay(clock.now()).getTime();
  await withTransaction(pool, async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [PARTITION_LOCK]);
    const existing = await tx.query<{ name: string }>(
      `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'telemetry'::regclass`,
    );
    const names = new Set(existing.rows.map((row) => row.name));
    for (let ahead = 0; ahead <= DAYS_AHEAD; ahead += 1) {
      const from = new Date(today + ahead * DAY_MS);
      const name = partitionName(from);
      if (names.has(name)) continue;
      const to = new Date(from.getTime() + DAY_MS);
      // Names and bounds are ours, digits only: DDL takes no parameters.
      await tx.query(
        `create table ${name} partition of telemetry for values from ('${from.toISOString()}') to ('${to.toISOString()}')`,
      );
    }
    const oldest = partitionName(new Date(today - keepDays * DAY_MS));
    for (const name of names) {
      if (!/^telemetry_\d{8}$/.test(name) || name >= oldest) continue;
      await tx.query(`drop table ${name}`);
      logger.info({ partition: name, keepDays }, 'old telemetry dropped');
    }
  });
};
