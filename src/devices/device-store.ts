import { DatabaseError } from 'pg';
import { AppError } from '../shared/app-error.ts';
import type { Queryable } from '../shared/db.ts';
import { one } from '../shared/db.ts';
import { toJsonb } from '../shared/safe-json.ts';
import type { Device, DeviceKind } from './device.ts';
import type { DeviceProblem, HealthStatus } from './device-health.ts';
import type { Calibration } from './landmark.ts';
import type { BrokerUser } from './mosquitto-files.ts';

const COLUMNS = `d.id, d.kind, d.name, d.region_id, d.lon, d.lat, d.ground_height_m, d.mount_height_m, d.height_ref,
  d.azimuth_offset_deg, d.tilt_offset_deg, d.azimuth_sigma_deg, d.elevation_sigma_deg, d.hfov_deg, d.focal_scale,
  d.reports, d.gateway_id, d.properties`;

type DeviceRow = {
  id: string;
  kind: DeviceKind;
  name: string;
  region_id: string;
  lon: number | null;
  lat: number | null;
  ground_height_m: number | null;
  mount_height_m: number | null;
  height_ref: Device['heightRef'];
  azimuth_offset_deg: number;
  tilt_offset_deg: number;
  azimuth_sigma_deg: number | null;
  elevation_sigma_deg: number | null;
  hfov_deg: number | null;
  focal_scale: number;
  reports: Device['reports'];
  gateway_id: string | null;
  properties: Record<string, unknown>;
};

const toDevice = (row: DeviceRow): Device => ({
  id: row.id,
  kind: row.kind,
  name: row.name,
  regionId: row.region_id,
  lon: row.lon,
  lat: row.lat,
  groundHeightM: row.ground_height_m,
  mountHeightM: row.mount_height_m,
  heightRef: row.height_ref,
  azimuthOffsetDeg: row.azimuth_offset_deg,
  tiltOffsetDeg: row.tilt_offset_deg,
  azimuthSigmaDeg: row.azimuth_sigma_deg,
  elevationSigmaDeg: row.elevation_sigma_deg,
  hfovDeg: row.hfov_deg,
  focalScale: row.focal_scale,
  reports: row.reports,
  gatewayId: row.gateway_id,
  properties: row.properties,
});

/** Stores the MQTT login of a device or person. Throws `conflict` when the id is taken by either. */
export const insertCredential = async (
  db: Queryable,
  credential: { id: string; owner: 'device' | 'person'; secretHash: string },
): Promise<void> => {
  const { rowCount } = await db.query(
    `insert into mqtt_credential (id, owner, secret_hash) values ($1, $2, $3) on conflict (id) do nothing`,
    [credential.id, credential.owner, credential.secretHash],
  );
  if (rowCount === 0) {
    throw new AppError(
      'conflict',
      `id "${credential.id}" is already registered; choose another id`,
    );
  }
};

/** Replaces the secret of an id; false when the id has none. A revoked credential works again. */
export const replaceSecret = async (
  db: Queryable,
  id: string,
  secretHash: string,
): Promise<boolean> => {
  const { rowCount } = await db.query(
    `update mqtt_credential set secret_hash = $2, revoked_at = null where id = $1`,
    [id, secretHash],
  );
  return rowCount === 1;
};

/** The login no longer works; the broker cuts off an open connection. False when there is none to revoke. */
export const revokeCredential = async (db: Queryable, id: string, at: Date): Promise<boolean> => {
  const { rowCount } = await db.query(
    `update mqtt_credential set revoked_at = $2 where id = $1 and revoked_at is null`,
    [id, at],
  );
  return rowCount === 1;
};

export type Credential = {
  id: string;
  secretHash: string;
  revoked: boolean;
} & ({ owner: 'device'; kind: DeviceKind } | { owner: 'person' });

export const findCredential = async (
  db: Queryable,
  id: string,
): Promise<Credential | undefined> => {
  const { rows } = await db.query<{
    id: string;
    owner: 'device' | 'person';
    kind: DeviceKind | null;
    secret_hash: string;
    revoked: boolean;
  }>(
    `select c.id, c.owner, d.kind, c.secret_hash, c.revoked_at is not null as revoked
       from mqtt_credential c left join device d on d.id = c.id where c.id = $1`,
    [id],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  const base = { id: row.id, secretHash: row.secret_hash, revoked: row.revoked };
  if (row.owner === 'person') return { ...base, owner: 'person' };
  return row.kind === null ? undefined : { ...base, owner: 'device', kind: row.kind };
};

/** The hash of every login by its id, null where it was revoked. */
export const listLogins = async (db: Queryable): Promise<Map<string, string | null>> => {
  const { rows } = await db.query<{ id: string; hash: string | null }>(
    `select id, case when revoked_at is null then secret_hash end as hash from mqtt_credential`,
  );
  return new Map(rows.map(({ id, hash }) => [id, hash]));
};

/** Nobody is registered beside an import: what was checked stays true until it is stored. */
export const lockLogins = async (tx: Queryable): Promise<void> => {
  await tx.query('lock table mqtt_credential in share row exclusive mode');
};

/** Every login that is not revoked, for Mosquitto's files. */
export const listBrokerUsers = async (db: Queryable): Promise<BrokerUser[]> => {
  const { rows } = await db.query<{
    id: string;
    owner: 'device' | 'person';
    kind: DeviceKind | null;
    gateway_id: string | null;
    secret_hash: string;
  }>(
    `select c.id, c.owner, d.kind, d.gateway_id, c.secret_hash
       from mqtt_credential c left join device d on d.id = c.id
      where c.revoked_at is null order by c.id`,
  );
  return rows.flatMap((row): BrokerUser[] => {
    if (row.owner === 'person')
      return [{ owner: 'person', id: row.id, secretHash: row.secret_hash }];
    if (row.kind === null) return [];
    return [
      {
        owner: 'device',
        id: row.id,
        kind: row.kind,
        gatewayId: row.gateway_id,
        secretHash: row.secret_hash,
      },
    ];
  });
};

/** Throws `conflict` when another camera has this name at the same gateway. */
const storing = async (device: Device, work: Promise<unknown>): Promise<void> => {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof DatabaseError && error.constraint === 'device_external_id')) throw error;
    throw new AppError(
      'conflict',
      `gateway "${String(device.gatewayId)}" has a camera with externalId "${String(device.properties.externalId)}" already`,
      { cause: error },
    );
  }
};

export const insertDevice = async (db: Queryable, device: Device): Promise<void> => {
  const inserted = db.query(
    `insert into device (id, kind, name, region_id, lon, lat, ground_height_m, mount_height_m, height_ref,
       azimuth_offset_deg, tilt_offset_deg, azimuth_sigma_deg, elevation_sigma_deg, hfov_deg, focal_scale, reports,
       gateway_id, properties)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
    deviceValues(device),
  );
  await storing(device, inserted);
};

export const updateDevice = async (db: Queryable, device: Device): Promise<void> => {
  const updated = db.query(
    `update device set kind = $2, name = $3, region_id = $4, lon = $5, lat = $6, ground_height_m = $7,
       mount_height_m = $8, height_ref = $9, azimuth_offset_deg = $10, tilt_offset_deg = $11, azimuth_sigma_deg = $12,
       elevation_sigma_deg = $13, hfov_deg = $14, focal_scale = $15, reports = $16, gateway_id = $17,
       properties = $18, updated_at = now()
     where id = $1`,
    deviceValues(device),
  );
  await storing(device, updated);
};

/** Keeps what product a device says it is (`{domain}-{type}-{subtype}`), where that is news. */
export const setModelKey = async (
  db: Queryable,
  id: string,
  modelKey: string,
): Promise<boolean> => {
  const { rowCount } = await db.query(
    `update device set properties = properties || jsonb_build_object('modelKey', $2::text), updated_at = now()
      where id = $1 and properties ->> 'modelKey' is distinct from $2`,
    [id, modelKey],
  );
  return rowCount === 1;
};

const deviceValues = (d: Device): unknown[] => [
  d.id,
  d.kind,
  d.name,
  d.regionId,
  d.lon,
  d.lat,
  d.groundHeightM,
  d.mountHeightM,
  d.heightRef,
  d.azimuthOffsetDeg,
  d.tiltOffsetDeg,
  d.azimuthSigmaDeg,
  d.elevationSigmaDeg,
  d.hfovDeg,
  d.focalScale,
  d.reports,
  d.gatewayId,
  toJsonb(d.properties),
];

export const findDevice = async (db: Queryable, id: string): Promise<Device | undefined> => {
  const { rows } = await db.query<DeviceRow>(`select ${COLUMNS} from device d where d.id = $1`, [
    id,
  ]);
  return rows[0] === undefined ? undefined : toDevice(rows[0]);
};

/** The camera a gateway calls `name`: its `externalId`, else its own id. */
export const findCameraBehind = async (
  db: Queryable,
  gatewayId: string,
  name: string,
): Promise<Device | undefined> => {
  const { rows } = await db.query<DeviceRow>(
    `select ${COLUMNS} from device d where d.gateway_id = $1
       and (d.properties ->> 'externalId' = $2 or (d.id = $2 and d.properties ->> 'externalId' is null)) limit 1`,
    [gatewayId, name],
  );
  return rows[0] === undefined ? undefined : toDevice(rows[0]);
};

/** The same, held until the transaction ends: what is computed from it is written over nothing newer. */
export const lockDevice = async (tx: Queryable, id: string): Promise<Device | undefined> => {
  const { rows } = await tx.query<DeviceRow>(
    `select ${COLUMNS} from device d where d.id = $1 for update`,
    [id],
  );
  return rows[0] === undefined ? undefined : toDevice(rows[0]);
};

export const listAllDevices = async (db: Queryable): Promise<Device[]> => {
  const { rows } = await db.query<DeviceRow>(`select ${COLUMNS} from device d order by d.id`);
  return rows.map(toDevice);
};

/** Those with this key among their properties, whose login is not revoked. */
export const listDevicesWith = async (db: Queryable, property: string): Promise<Device[]> => {
  const { rows } = await db.query<DeviceRow>(
    `select ${COLUMNS} from device d join mqtt_credential c on c.id = d.id
      where d.properties ? $1 and c.revoked_at is null order by d.id`,
    [property],
  );
  return rows.map(toDevice);
};

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

const SELECT_WITH_STATE = `select ${COLUMNS}, d.created_at, c.revoked_at is not null as revoked,
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
