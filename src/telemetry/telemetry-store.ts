import type { Queryable } from '../shared/db.ts';
import { toJsonb } from '../shared/safe-json.ts';
import type { LatestState } from './latest-state.ts';
import type { SignOfLife } from './signs-of-life.ts';
import type { TelemetryRow } from './telemetry-reading.ts';

/**
 * One insert for a whole batch: a round trip and a commit a row would cost most of the throughput. Times go
 * as milliseconds, since the driver's own conversion of dates is slow.
 */
export const insertTelemetry = async (
  db: Queryable,
  rows: readonly TelemetryRow[],
): Promise<void> => {
  const column = <T>(pick: (row: TelemetryRow) => T): T[] => rows.map(pick);
  await db.query(INSERT_TELEMETRY, [
    column((r) => r.deviceId),
    column((r) => r.reading.observedAt.getTime()),
    column((r) => r.receivedAt.getTime()),
    column((r) => r.reading.lon),
    column((r) => r.reading.lat),
    column((r) => r.reading.altitudeM),
    column((r) => r.reading.altitudeRef),
    column((r) => r.reading.headingDeg),
    column((r) => r.reading.panDeg),
    column((r) => r.reading.tiltDeg),
    column((r) => r.reading.hfovDeg),
    column((r) => r.reading.gimbalPitchDeg),
    column((r) => r.reading.gimbalYawDeg),
    column((r) => r.reading.speedMps),
    column((r) => r.reading.batteryPct),
    column((r) => r.reading.flightTimeLeftS),
    column((r) => (r.reading.osd === null ? null : toJsonb(r.reading.osd))),
  ]);
};

const INSERT_TELEMETRY = `insert into telemetry (device_id, observed_at, received_at, lon, lat, altitude_m, altitude_ref,
    heading_deg, pan_deg, tilt_deg, hfov_deg, gimbal_pitch_deg, gimbal_yaw_deg, speed_mps, battery_pct,
    flight_time_left_s, extras)
  select device_id, to_timestamp(observed_ms / 1000), to_timestamp(received_ms / 1000), lon, lat, altitude_m,
    altitude_ref, heading_deg, pan_deg, tilt_deg, hfov_deg, gimbal_pitch_deg, gimbal_yaw_deg, speed_mps, battery_pct,
    flight_time_left_s, extras
  from unnest($1::text[], $2::float8[], $3::float8[], $4::float8[], $5::float8[], $6::float8[], $7::text[],
    $8::float8[], $9::float8[], $10::float8[], $11::float8[], $12::float8[], $13::float8[], $14::float8[],
    $15::float8[], $16::float8[], $17::jsonb[])
    as t (device_id, observed_ms, received_ms, lon, lat, altitude_m, altitude_ref, heading_deg, pan_deg, tilt_deg,
      hfov_deg, gimbal_pitch_deg, gimbal_yaw_deg, speed_mps, battery_pct, flight_time_left_s, extras)`;

/** The vendor block is merged one level deeper: each partial message carries other keys of it. */
const mergedOsdSql = (older: string, newer: string): string =>
  `case when ${older}.state ? 'osd' and ${newer}.state ? 'osd'
     then jsonb_build_object('osd', (${older}.state -> 'osd') || (${newer}.state -> 'osd')) else '{}'::jsonb end`;

/**
 * Merges states into the latest known, one row a device. A newer message wins key by key; one that arrives
 * late only fills what is missing. "Newer" is the device's clock, but never later than our receipt: a
 * clock that once said 2099 must not freeze the state.
 */
export const mergeLatestStates = async (
  db: Queryable,
  states: readonly LatestState[],
): Promise<void> => {
  const column = <T>(pick: (state: LatestState) => T): T[] => states.map(pick);
  await db.query(
    `insert into device_state as s (device_id, observed_at, received_at, lon, lat, position_at, state)
     select t.* from unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::float8[], $5::float8[],
         $6::timestamptz[], $7::jsonb[]) as t (id, observed_at, received_at, lon, lat, position_at, state)
       join device d on d.id = t.id order by t.id
     on conflict (device_id) do update set
       observed_at = greatest(s.observed_at, excluded.observed_at),
       received_at = greatest(s.received_at, excluded.received_at),
       lon = case when excluded.position_at >= coalesce(s.position_at, '-infinity') then excluded.lon else s.lon end,
       lat = case when excluded.position_at >= coalesce(s.position_at, '-infinity') then excluded.lat else s.lat end,
       position_at = greatest(s.position_at, excluded.position_at),
       state = case when excluded.observed_at >= coalesce(s.observed_at, '-infinity')
         then (s.state || excluded.state) || ${mergedOsdSql('s', 'excluded')}
         else (excluded.state || s.state) || ${mergedOsdSql('excluded', 's')}
       end`,
    [
      column((s) => s.deviceId),
      column((s) => s.observedAt),
      column((s) => s.receivedAt),
      column((s) => s.lon),
      column((s) => s.lat),
      column((s) => s.positionAt),
      column((s) => toJsonb(s.state)),
    ],
  );
};

/** Adds keys to a device's latest state that come outside its telemetry (health messages, the task it flies). */
export const mergeState = async (
  db: Queryable,
  deviceId: string,
  keys: Record<string, unknown>,
): Promise<void> => {
  await db.query(
    `insert into device_state as s (device_id, state) values ($1, $2)
     on conflict (device_id) do update set state = s.state || excluded.state`,
    [deviceId, toJsonb(keys)],
  );
};

/**
 * Online or offline as the device or its will said on the bus. Over HTTP a device can only show that it is there: nothing
 * says when it no longer is.
 */
export const setOnline = async (
  db: Queryable,
  deviceId: string,
  { online, at, link }: { online: boolean; at: Date; link: 'bus' | 'http' },
): Promise<void> => {
  await db.query(
    `insert into device_state as s (device_id, online, online_at, link, seen_at)
     values ($1, $2, $3, $4, case when $2 then $3::timestamptz end)
     on conflict (device_id) do update set online = excluded.online, link = excluded.link,
       online_at = case when s.online is distinct from excluded.online then excluded.online_at else s.online_at end,
       seen_at = greatest(s.seen_at, excluded.seen_at),
       drops = s.drops + case when s.online and not excluded.online then 1 else 0 end`,
    [deviceId, online, at, link],
  );
};

/** The embedded broker forgets its clients when the process ends, so nobody on it is online until it says so again. */
export const setAllOffline = async (db: Queryable, at: Date): Promise<void> => {
  await db.query(
    `update device_state set online = false, online_at = $1 where online and link is distinct from 'http'`,
    [at],
  );
};

/** Keeps signs of life that are no telemetry, and whether the picture that came with them is still the same. */
export const saveSigns = async (db: Queryable, signs: readonly SignOfLife[]): Promise<void> => {
  await db.query(
    `insert into device_state as s (device_id, seen_at, frame_sha256, frame_since, frame_at)
     select r."deviceId", r.at, r.frame ->> 'sha256', (r.frame ->> 'since')::timestamptz, (r.frame ->> 'at')::timestamptz
     from jsonb_to_recordset($1::jsonb) as r ("deviceId" text, at timestamptz, frame jsonb)
       join device d on d.id = r."deviceId" order by d.id
     on conflict (device_id) do update set
       seen_at = greatest(s.seen_at, excluded.seen_at),
       frame_sha256 = coalesce(excluded.frame_sha256, s.frame_sha256),
       frame_since = case when s.frame_sha256 = excluded.frame_sha256 then least(s.frame_since, excluded.frame_since)
         else coalesce(excluded.frame_since, s.frame_since) end,
       frame_at = case when s.frame_sha256 = excluded.frame_sha256 then greatest(s.frame_at, excluded.frame_at)
         else coalesce(excluded.frame_at, s.frame_at) end`,
    [toJsonb(signs)],
  );
};

export type TrackPoint = {
  observedAt: Date;
  receivedAt: Date;
  lon: number | null;
  lat: number | null;
  altitudeM: number | null;
  altitudeRef: string | null;
  headingDeg: number | null;
  panDeg: number | null;
  tiltDeg: number | null;
  hfovDeg: number | null;
  speedMps: number | null;
  batteryPct: number | null;
};

/** A device's telemetry by its own clock, oldest first, `from` ≤ observedAt < `to`. */
export const listTrack = async (
  db: Queryable,
  query: { deviceId: string; from: Date; to: Date; limit: number },
): Promise<TrackPoint[]> => {
  const { rows } = await db.query<TrackPoint>(
    `select observed_at as "observedAt", received_at as "receivedAt", lon, lat, altitude_m as "altitudeM",
       altitude_ref as "altitudeRef", heading_deg as "headingDeg", pan_deg as "panDeg", tilt_deg as "tiltDeg",
       hfov_deg as "hfovDeg", speed_mps as "speedMps", battery_pct as "batteryPct"
     from telemetry where device_id = $1 and observed_at >= $2 and observed_at < $3
     order by observed_at limit $4`,
    [query.deviceId, query.from, query.to, query.limit],
  );
  return rows;
};

/** Where a device was last, and where it looked: degrees from true north, metres above `altitudeRef`. */
export type Pose = {
  lon: number;
  lat: number;
  /** When that position was true. */
  at: Date;
  altitudeM: number | null;
  altitudeRef: string | null;
  gimbalPitchDeg: number | null;
  gimbalYawDeg: number | null;
  /** When both of these were true. */
  gimbalAt: Date | null;
};

/** The last position a device reported with the pose it had then, or null. */
export const lastPose = async (db: Queryable, deviceId: string): Promise<Pose | null> => {
  const { rows } = await db.query<Pose>(
    `select lon, lat, position_at as at, (state ->> 'altitudeM')::float8 as "altitudeM",
       state ->> 'altitudeRef' as "altitudeRef", (state ->> 'gimbalPitchDeg')::float8 as "gimbalPitchDeg",
       (state ->> 'gimbalYawDeg')::float8 as "gimbalYawDeg", (state ->> 'gimbalAt')::timestamptz as "gimbalAt"
     from device_state where device_id = $1 and lon is not null`,
    [deviceId],
  );
  return rows[0] ?? null;
};

/** How long before an observation a camera's last word on where it looks is believed: one that tours says it often. */
const AIM_HOLDS_S = 60;
/** A clock may be a little behind itself: alarm and telemetry come from different parts of a camera. */
const AIM_AHEAD_S = 2;

/** Where a camera looks: pan as it reports it (offsets not added), tilt up positive, degrees. */
export type Aim = { panDeg: number; tiltDeg: number; hfovDeg: number | null };

/** Where a camera said it looked nearest to a time, by its own clock; null = it did not say so within a minute before. */
export const aimAt = async (db: Queryable, deviceId: string, at: Date): Promise<Aim | null> => {
  const from = new Date(at.getTime() - AIM_HOLDS_S * 1000);
  const to = new Date(at.getTime() + AIM_AHEAD_S * 1000);
  const { rows } = await db.query<Aim>(
    `select pan_deg as "panDeg", tilt_deg as "tiltDeg", hfov_deg as "hfovDeg" from telemetry
      where device_id = $1 and observed_at between $2 and $3 and pan_deg is not null and tilt_deg is not null
      order by abs(extract(epoch from observed_at - $4::timestamptz)), received_at desc limit 1`,
    [deviceId, from, to, at],
  );
  return rows[0] ?? null;
};

/** Keeps the newest position of a person by their own clock. */
export const savePersonPosition = async (
  db: Queryable,
  p: {
    personId: string;
    lon: number;
    lat: number;
    accuracyM: number | null;
    observedAt: Date;
    receivedAt: Date;
  },
): Promise<boolean> => {
  const { rowCount } = await db.query(
    `insert into person_state as s (person_id, lon, lat, accuracy_m, observed_at, received_at)
     select $1, $2, $3, $4, $5, $6 where exists (select 1 from person where id = $1)
     on conflict (person_id) do update set lon = excluded.lon, lat = excluded.lat, accuracy_m = excluded.accuracy_m,
       observed_at = excluded.observed_at, received_at = excluded.received_at
     where least(excluded.observed_at, excluded.received_at) >= least(s.observed_at, s.received_at)`,
    [p.personId, p.lon, p.lat, p.accuracyM, p.observedAt, p.receivedAt],
  );
  return rowCount === 1;
};
