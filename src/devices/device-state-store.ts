import type { Queryable } from '../shared/db.ts';
import { one } from '../shared/db.ts';
import type { Device, DeviceKind } from './device.ts';
import type { DeviceProblem, HealthStatus } from './device-health.ts';
import { DEVICE_COLUMNS, type DeviceRow, toDevice } from './device-store.ts';
import type { Calibration } from './landmark.ts';

/** What is known of a device right now; `lon`/`lat` are the last known position, `positionAt` when it was true. */
export type DeviceState = {
  observedAt: Date | null;
  receivedAt: Date | null;
  lon: number | null;
  lat: number | null;
  positionAt: Date | null;
  state: Record<string, unknown>;
  online: boolean | null;
  onlineAt: Date | null;
};

export type DeviceWithState = Device & {
  createdAt: Date;
  revoked: boolean;
  /** When its offsets were last computed from landmarks; null = never, or it was changed since. */
  calibratedAt: Date | null;
  landmarkCount: number;
  /** The result of that calibration, as the technician saw it. */
  calibration: Calibration | null;
  latest: DeviceState | null;
  /** `unknown`, without a time, until it was looked at. */
  health: { status: HealthStatus; since: Date | null; problems: DeviceProblem[] };
};

const SELECT_WITH_STATE = `select ${DEVICE_COLUMNS}, d.created_at, c.revoked_at is not null as revoked,
    d.calibrated_at, d.landmark_count, d.calibration, s.device_id as state_id, s.observed_at, s.received_at, s.lon as state_lon, s.lat as state_lat, s.position_at,
    s.state, s.online, s.online_at, h.status as health_status, h.since as health_since, h.problems
  from device d join mqtt_credential c on c.id = d.id left join device_state s on s.device_id = d.id
    left join device_health h on h.device_id = d.id`;

type StateRow = DeviceRow & {
  created_at: Date;
  revoked: boolean;
  calibrated_at: Date | null;
  landmark_count: number;
  calibration: Calibration | null;
  state_id: string | null;
  observed_at: Date | null;
  received_at: Date | null;
  state_lon: number | null;
  state_lat: number | null;
  position_at: Date | null;
  state: Record<string, unknown> | null;
  online: boolean | null;
  online_at: Date | null;
  health_status: HealthStatus | null;
  health_since: Date | null;
  problems: DeviceProblem[] | null;
};

const toDeviceWithState = (row: StateRow): DeviceWithState => ({
  ...toDevice(row),
  createdAt: row.created_at,
  revoked: row.revoked,
  calibratedAt: row.calibrated_at,
  landmarkCount: row.landmark_count,
  calibration: row.calibration,
  health: {
    status: row.health_status ?? 'unknown',
    since: row.health_since,
    problems: row.problems ?? [],
  },
  latest:
    row.state_id === null
      ? null
      : {
          observedAt: row.observed_at,
          receivedAt: row.received_at,
          lon: row.state_lon,
          lat: row.state_lat,
          positionAt: row.position_at,
          state: row.state ?? {},
          online: row.online,
          onlineAt: row.online_at,
        },
});

export type DeviceQuery = {
  kind?: DeviceKind | undefined;
  health?: readonly HealthStatus[] | undefined;
  regionIds?: readonly string[] | undefined;
  afterId?: string | undefined;
  limit: number;
};

/** Devices by id, with their latest state; `regionIds` undefined = all. */
export const listDevices = async (
  db: Queryable,
  query: DeviceQuery,
): Promise<DeviceWithState[]> => {
  const { rows } = await db.query<StateRow>(
    `${SELECT_WITH_STATE}
      where ($1::text is null or d.kind = $1) and ($2::text[] is null or d.region_id = any($2))
        and ($3::text is null or d.id > $3)
        and ($4::text[] is null or coalesce(h.status, 'unknown') = any($4))
      order by d.id limit $5`,
    [
      query.kind ?? null,
      query.regionIds ?? null,
      query.afterId ?? null,
      query.health ?? null,
      query.limit,
    ],
  );
  return rows.map(toDeviceWithState);
};

export const findDeviceWithState = async (
  db: Queryable,
  id: string,
): Promise<DeviceWithState | undefined> => {
  const { rows } = await db.query<StateRow>(`${SELECT_WITH_STATE} where d.id = $1`, [id]);
  return rows.length === 0 ? undefined : toDeviceWithState(one(rows));
};
