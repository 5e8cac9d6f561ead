import { AppError } from '../shared/app-error.ts';
import type { Pool, Queryable } from '../shared/db.ts';
import { withTransaction } from '../shared/db.ts';
import { checkDevice, mergeChange, type Regions } from './check-device.ts';
import { insertCredential } from './credential-store.ts';
import type { Device, DeviceRegistration } from './device.ts';
import { findDevice, insertDevice, updateDevice } from './device-store.ts';
import { forgetCalibration } from './landmark-store.ts';
import { createSecret, hashSecret } from './secret.ts';

export type RegisterDeps = Regions & { pool: Pool };

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
  await withTransaction(deps.pool, async (tx) => {
    await requireGateway(tx, device);
    await storeNew(tx, device, secret);
  });
  return { device, secret };
};

/** A device and its login. Throws `conflict` when the id is taken. */
export const storeNew = async (tx: Queryable, device: Device, secret: string): Promise<void> => {
  await insertCredential(tx, { id: device.id, owner: 'device', secretHash: hashSecret(secret) });
  await insertDevice(tx, device);
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
    const device = deviceFrom(mergeChange(current, change), deps, current.properties);
    await requireGateway(tx, device);
    await storeChange(tx, { current, device, change });
    return (await findDevice(tx, id)) ?? device;
  });

/** Writes a changed device; what ends its calibration does so. */
export const storeChange = async (
  tx: Queryable,
  {
    current,
    device,
    change,
  }: { current: Device; device: Device; change: Partial<DeviceRegistration> },
): Promise<void> => {
  await updateDevice(tx, device);
  if (isSameView(current, device)) return;
  await forgetCalibration(tx, device.id, {
    azimuthSigma: change.azimuthSigmaDeg !== undefined,
    elevationSigma: change.elevationSigmaDeg !== undefined,
  });
};

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
  regions: Regions,
  known?: Device['properties'],
): Device => {
  const checked = checkDevice(body, regions, known);
  if (checked.ok) return checked.device;
  const { errors } = checked;
  throw new AppError('unprocessable', 'the device cannot be registered', { errors });
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
