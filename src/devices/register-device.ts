import { AppError } from '../shared/app-error.ts';
import type { Pool, Queryable } from '../shared/db.ts';
import { withTransaction } from '../shared/db.ts';
import type { LonLat } from '../shared/geo.ts';
import { cameraSetupMistakes } from './camera-setup.ts';
import { dahuaSetupMistakes, withKnownPassword } from './dahua-setup.ts';
import type { Device, DeviceRegistration } from './device.ts';
import { findDevice, insertCredential, insertDevice, updateDevice } from './device-store.ts';
import { forgetCalibration } from './landmark-store.ts';
import { hfovByZoomMistake } from './lens.ts';
import { mavlinkSetupMistakes, withKnownSigningKey } from './mavlink-setup.ts';
import { createSecret, hashSecret } from './secret.ts';

export type RegisterDeps = {
  pool: Pool;
  regionIdAt: (point: LonLat) => string;
  hasRegion: (id: string) => boolean;
};

const KNOWN = new Set([
  'id',
  'kind',
  'name',
  'regionId',
  'lon',
  'lat',
  'groundHeightM',
  'mountHeightM',
  'heightRef',
  'azimuthOffsetDeg',
  'tiltOffsetDeg',
  'azimuthSigmaDeg',
  'elevationSigmaDeg',
  'hfovDeg',
  'focalScale',
  'reports',
  'gatewayId',
  'properties',
]);

/** First or second levels of topics: a device of that name could speak for others. */
const RESERVED = new Set(['fengsui', 'thing', 'sys', 'frigate', 'axis', 'http', 'udp', 'onvif-ej']);

/** Fields of the body that the schema does not name; kept, so nothing said at registration is lost. */
const unknownFields = (body: DeviceRegistration): Record<string, unknown> =>
  Object.fromEntries(Object.entries(body).filter(([key]) => !KNOWN.has(key)));

/**
 * Registers a device and its MQTT login in one transaction; the secret is returned once and stored hashed.
 * Errors: `conflict` (id taken), `unprocessable` (camera without position, 0/0, unknown region
 * or gateway, a lens table that is none).
 */
export const registerDevice = async (
  deps: RegisterDeps,
  body: DeviceRegistration,
): Promise<{ device: Device; secret: string }> => {
  const device = deviceFrom(body, deps);
  const secret = createSecret();
  return withTransaction(deps.pool, async (tx) => {
    await requireGateway(tx, device);
    await insertCredential(tx, { id: device.id, owner: 'device', secretHash: hashSecret(secret) });
    await insertDevice(tx, device);
    // As it is stored: without the password that is never read back.
    return { device: (await findDevice(tx, device.id)) ?? device, secret };
  });
};

/**
 * Changes a registered device; `kind` and `id` stay. Moving it, its lens or its offsets ends its calibration.
 * Throws `not_found`.
 */
export const changeDevice = async (
  deps: RegisterDeps,
  id: string,
  change: Partial<DeviceRegistration>,
): Promise<Device> =>
  withTransaction(deps.pool, async (tx) => {
    const current = await findDevice(tx, id);
    if (current === undefined) throw new AppError('not_found', `device "${id}" is not registered`);
    const known = Object.fromEntries(
      Object.entries({ ...current, regionId: undefined }).filter(
        ([, value]) => value !== null && value !== undefined,
      ),
    );
    const moved = change.lon !== undefined || change.lat !== undefined;
    const device = deviceFrom(
      {
        ...(known as DeviceRegistration),
        ...(moved ? {} : { regionId: current.regionId }),
        ...change,
        id,
        kind: current.kind,
      },
      deps,
      current.properties,
    );
    await requireGateway(tx, device);
    await updateDevice(tx, device);
    if (!isSameView(current, device)) {
      await forgetCalibration(tx, id, {
        azimuthSigma: change.azimuthSigmaDeg !== undefined,
        elevationSigma: change.elevationSigmaDeg !== undefined,
      });
    }
    return (await findDevice(tx, id)) ?? device;
  });

/** Whether all that a calibration rests on or gave is as it was. */
const isSameView = (before: Device, after: Device): boolean =>
  JSON.stringify(before.properties.hfovByZoom) === JSON.stringify(after.properties.hfovByZoom) &&
  (
    [
      ...(['lon', 'lat', 'groundHeightM', 'mountHeightM', 'heightRef', 'hfovDeg'] as const),
      ...(['azimuthOffsetDeg', 'tiltOffsetDeg', 'focalScale'] as const),
    ] as const
  ).every((field) => before[field] === after[field]);

const deviceFrom = (
  body: DeviceRegistration,
  deps: Omit<RegisterDeps, 'pool'>,
  known: Device['properties'] = {},
): Device => {
  const errors: { path: string; message: string }[] = [];
  if ((body.lon === undefined) !== (body.lat === undefined)) {
    errors.push({ path: 'lon', message: 'lon and lat go together' });
  }
  if (body.lon === 0 && body.lat === 0) {
    errors.push({
      path: 'lon',
      message: '0/0 is what equipment says when it has no fix; give the surveyed position',
    });
  }
  if (body.kind === 'camera' && body.lon === undefined) {
    errors.push({
      path: 'lon',
      message: 'a camera needs lon and lat: without them its azimuths locate nothing',
    });
  }
  if (body.regionId !== undefined && !deps.hasRegion(body.regionId)) {
    errors.push({
      path: 'regionId',
      message: `region "${body.regionId}" does not exist; import it or leave regionId out`,
    });
  }
  if (body.gatewayId === body.id)
    errors.push({ path: 'gatewayId', message: 'a device is not its own gateway' });
  const given = withKnownPassword({ ...body.properties, ...unknownFields(body) }, known);
  const properties = withKnownSigningKey(given, known);
  const mistake = hfovByZoomMistake(properties);
  if (mistake !== undefined) errors.push({ path: 'hfovByZoom', message: mistake });
  errors.push(
    ...cameraSetupMistakes(properties),
    ...dahuaSetupMistakes(properties),
    ...mavlinkSetupMistakes(properties),
  );
  if (RESERVED.has(body.id) && !(body.id === 'frigate' && body.kind === 'gateway')) {
    errors.push({ path: 'id', message: `"${body.id}" is a level of MQTT topics; choose another` });
  }
  if (errors.length > 0)
    throw new AppError('unprocessable', 'the device cannot be registered', { errors });
  const position: LonLat | undefined =
    body.lon === undefined || body.lat === undefined ? undefined : [body.lon, body.lat];
  return {
    id: body.id,
    kind: body.kind,
    name: body.name,
    regionId: body.regionId ?? (position === undefined ? 'default' : deps.regionIdAt(position)),
    lon: position?.[0] ?? null,
    lat: position?.[1] ?? null,
    groundHeightM: body.groundHeightM ?? null,
    mountHeightM: body.mountHeightM ?? null,
    heightRef: body.heightRef ?? 'msl',
    azimuthOffsetDeg: body.azimuthOffsetDeg ?? 0,
    tiltOffsetDeg: body.tiltOffsetDeg ?? 0,
    azimuthSigmaDeg: body.azimuthSigmaDeg ?? null,
    elevationSigmaDeg: body.elevationSigmaDeg ?? null,
    hfovDeg: body.hfovDeg ?? null,
    focalScale: body.focalScale ?? 1,
    reports: body.reports ?? 'alarms',
    gatewayId: body.gatewayId ?? null,
    properties,
  };
};

const requireGateway = async (db: Queryable, device: Device): Promise<void> => {
  if (device.gatewayId === null || (await findDevice(db, device.gatewayId)) !== undefined) return;
  throw new AppError('unprocessable', 'the device cannot be registered', {
    errors: [
      {
        path: 'gatewayId',
        message: `gateway "${device.gatewayId}" is not registered; register it first`,
      },
    ],
  });
};
