import { DatabaseError } from 'pg';
import { AppError } from '../shared/app-error.ts';
import type { Queryable } from '../shared/db.ts';
import { toJsonb } from '../shared/safe-json.ts';
import type { Device, DeviceKind } from './device.ts';

/** Of a `device d`, as `toDevice` reads them. */
export const DEVICE_COLUMNS = `d.id, d.kind, d.name, d.region_id, d.lon, d.lat, d.ground_height_m, d.mount_height_m, d.height_ref,
  d.azimuth_offset_deg, d.tilt_offset_deg, d.azimuth_sigma_deg, d.elevation_sigma_deg, d.hfov_deg, d.focal_scale,
  d.reports, d.gateway_id, d.properties`;

export type DeviceRow = {
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

export const toDevice = (row: DeviceRow): Device => ({
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

export const findDevice = async (db: Queryable, id: string): Promise<Device | undefined> => {
  const { rows } = await db.query<DeviceRow>(
    `select ${DEVICE_COLUMNS} from device d where d.id = $1`,
    [id],
  );
  return rows[0] === undefined ? undefined : toDevice(rows[0]);
};

/** The same, held until the transaction ends: what is computed from it is written over nothing newer. */
export const lockDevice = async (tx: Queryable, id: string): Promise<Device | undefined> => {
  const { rows } = await tx.query<DeviceRow>(
    `select ${DEVICE_COLUMNS} from device d where d.id = $1 for update`,
    [id],
  );
  return rows[0] === undefined ? undefined : toDevice(rows[0]);
};

/** The camera a gateway calls `name`: its `externalId`, else its own id. */
export const findCameraBehind = async (
  db: Queryable,
  gatewayId: string,
  name: string,
): Promise<Device | undefined> => {
  const { rows } = await db.query<DeviceRow>(
    `select ${DEVICE_COLUMNS} from device d where d.gateway_id = $1
       and (d.properties ->> 'externalId' = $2 or (d.id = $2 and d.properties ->> 'externalId' is null)) limit 1`,
    [gatewayId, name],
  );
  return rows[0] === undefined ? undefined : toDevice(rows[0]);
};

export const listAllDevices = async (db: Queryable): Promise<Device[]> => {
  const { rows } = await db.query<DeviceRow>(
    `select ${DEVICE_COLUMNS} from device d order by d.id`,
  );
  return rows.map(toDevice);
};

/** Those with this key among their properties, whose login is not revoked. */
export const listDevicesWith = async (db: Queryable, property: string): Promise<Device[]> => {
  const { rows } = await db.query<DeviceRow>(
    `select ${DEVICE_COLUMNS} from device d join mqtt_credential c on c.id = d.id
      where d.properties ? $1 and c.revoked_at is null order by d.id`,
    [property],
  );
  return rows.map(toDevice);
};
