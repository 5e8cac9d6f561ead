import type { DeviceKind, DeviceProblem, HealthStatus } from '../devices/index.ts';
import type { Queryable } from '../shared/db.ts';
import type { ProblemCode } from '../shared/health-config.ts';
import { toJsonb } from '../shared/safe-json.ts';
import type { Presence } from './judge.ts';
import { type RawReading, readingOf } from './latest-reading.ts';
import { type Memory, NO_MEMORY, type Reading } from './reading.ts';
import type { Health } from './step.ts';

/** Two processes that look at once would tell everything twice. */
const LOOK_LOCK = 71_319;

/** False when another process is looking. Held until the transaction ends. */
export const lockLook = async (tx: Queryable): Promise<boolean> => {
  const { rows } = await tx.query<{ locked: boolean }>(
    'select pg_try_advisory_xact_lock($1) as locked',
    [LOOK_LOCK],
  );
  return rows[0]?.locked === true;
};

export type WatchedDevice = {
  name: string;
  regionId: string;
  reading: Reading;
  /** Undefined at the first look. */
  health: Health | undefined;
};

type Row = RawReading & {
  name: string;
  region_id: string;
  status: HealthStatus | null;
  since: Date;
  problems: DeviceProblem[];
  memory: Partial<Memory>;
  told: ProblemCode[];
  untold_since: Date | null;
  presence: Presence;
  presence_since: Date;
};

/** All devices of these kinds with what is known of them, gateways before what is behind them. */
export const listWatched = async (
  db: Queryable,
  kinds: readonly DeviceKind[],
): Promise<WatchedDevice[]> => {
  // The latest state of an aircraft has some kilobytes, packed: taken apart once, not once a field.
  const { rows } = await db.query<Row>(
    `select d.id, d.kind, d.name, d.region_id, d.gateway_id, d.properties -> 'heartbeatS' as heartbeat,
       d.properties -> 'tour' as tour, c.revoked_at is not null as revoked,
       s.online, s.online_at, s.link, s.seen_at, s.received_at, coalesce(s.drops, 0)::float8 as drops,
       s.frame_since, s.frame_at, x."saidAt" as said, x."panDeg" as pan, x."tiltDeg" as tilt, x."batteryPct" as battery,
       x.mode -> 'code' as mode, x.hms, x.osd -> 'wind_speed' as wind, x.osd -> 'rainfall' as rain,
       x.osd -> 'drone_charge_state' as charge,
       h.status, h.since, h.problems, h.memory, h.told, h.untold_since, h.presence, h.presence_since
     from device d
       join mqtt_credential c on c.id = d.id
       left join device_state s on s.device_id = d.id
       left join device_health h on h.device_id = d.id
       left join lateral jsonb_to_record(s.state) as x ("saidAt" jsonb, "panDeg" jsonb, "tiltDeg" jsonb,
         "batteryPct" jsonb, mode jsonb, hms jsonb, osd jsonb) on true
     where d.kind = any($1)
     order by d.kind <> 'gateway', d.id`,
    [kinds],
  );
  return rows.map((row) => ({
    name: row.name,
    regionId: row.region_id,
    reading: readingOf(row),
    health: healthOf(row),
  }));
};

const healthOf = (row: Row): Health | undefined =>
  row.status === null
    ? undefined
    : {
        status: row.status,
        since: row.since,
        problems: row.problems,
        memory: { ...NO_MEMORY, ...row.memory },
        told: row.told,
        untoldSince: row.untold_since,
        presence: row.presence,
        presenceSince: row.presence_since,
      };

/** One statement for all that have changed. */
export const saveHealth = async (
  tx: Queryable,
  changed: readonly { id: string; health: Health }[],
): Promise<void> => {
  if (changed.length === 0) return;
  const rows = changed.map(({ id, health }) => ({ id, ...health }));
  await tx.query(
    `insert into device_health (device_id, status, since, problems, memory, told, untold_since, presence, presence_since)
     select r.id, r.status, r.since, r.problems, r.memory, array(select jsonb_array_elements_text(r.told)),
       r."untoldSince", r.presence, r."presenceSince"
     from jsonb_to_recordset($1::jsonb) as r (id text, status text, since timestamptz, problems jsonb, memory jsonb,
       told jsonb, "untoldSince" timestamptz, presence text, "presenceSince" timestamptz)
       join device d on d.id = r.id
     on conflict (device_id) do update set status = excluded.status, since = excluded.since,
       problems = excluded.problems, memory = excluded.memory, told = excluded.told,
       untold_since = excluded.untold_since, presence = excluded.presence, presence_since = excluded.presence_since`,
    [toJsonb(rows)],
  );
};

/** Wakes the processes that say of an alarm what is wrong with its source. */
export const announceHealth = async (tx: Queryable): Promise<void> => {
  await tx.query(`select pg_notify('device_health_changed', '')`);
};

/** What is wrong with each device that is not well and has been so for long enough. */
export const listConfirmed = async (db: Queryable): Promise<Map<string, DeviceProblem[]>> => {
  const { rows } = await db.query<{ device_id: string; problems: DeviceProblem[] }>(
    `select device_id, problems from device_health where status = 'unhealthy'`,
  );
  return new Map(
    rows.map(({ device_id: id, problems }) => [id, problems.filter(({ confirmed }) => confirmed)]),
  );
};

/** How many devices are in each state. */
export const countByStatus = async (db: Queryable): Promise<Record<string, number>> => {
  const { rows } = await db.query<{ status: string; count: number }>(
    'select status, count(*)::int as count from device_health group by status',
  );
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
};
