import { AppError } from '../shared/app-error.ts';
import type { Clock } from '../shared/clock.ts';
import { type Pool, withTransaction } from '../shared/db.ts';
import { newId } from '../shared/ids.ts';
import type { Device } from './device.ts';
import { calibrateDevice, type GroundHeight } from './device-calibration.ts';
import { lockDevice } from './device-store.ts';
import { type Calibration, type Landmark, MAX_LANDMARKS, type StoredLandmark } from './landmark.ts';
import {
  forgetCalibration,
  listLandmarks,
  replaceLandmarks,
  saveCalibration,
} from './landmark-store.ts';

export type CalibrateDeps = { pool: Pool; clock: Clock; groundHeightM: GroundHeight };

export type CalibratedDevice = {
  /** All the device has now, or would have. */
  landmarks: StoredLandmark[];
  /** Null when the last landmark has gone. */
  calibration: Calibration | null;
  calibratedAt: Date | null;
};

export type NewLandmarks = { landmarks: readonly Landmark[]; replace: boolean; dryRun: boolean };

/**
 * Adds landmarks to a device and computes its mounting from all it has. One of a name it has already replaces that;
 * with `replace` the new ones are all; with `dryRun` nothing is kept. Throws `not_found`, and `unprocessable` when the
 * landmarks are not believed: then nothing has changed.
 */
export const addLandmarks = async (
  deps: CalibrateDeps,
  deviceId: string,
  { landmarks, replace, dryRun }: NewLandmarks,
): Promise<CalibratedDevice> =>
  withTransaction(deps.pool, async (tx) => {
    const device = required(await lockDevice(tx, deviceId), deviceId);
    const known = await listLandmarks(tx, deviceId);
    const now = deps.clock.now();
    const added = landmarks.map((landmark): StoredLandmark => {
      const id = known.find(({ name }) => name === landmark.name)?.id ?? newId();
      return { ...landmark, id, createdAt: now };
    });
    refuseRepeats(added);
    const kept = known.filter(({ name }) => !replace && added.every((each) => each.name !== name));
    const all = [...kept, ...added].toSorted((a, b) => (a.name < b.name ? -1 : 1));
    if (all.length > MAX_LANDMARKS) {
      throw refusal('too many landmarks', [
        {
          path: 'landmarks',
          message: `a device has at most ${String(MAX_LANDMARKS)}, these would be ${String(all.length)}; delete some, or send replace: true`,
        },
      ]);
    }
    const calibration = calibrationOf(device, all, { added, deps });
    if (dryRun) return { landmarks: all, calibration, calibratedAt: null };
    await replaceLandmarks(tx, deviceId, all);
    await saveCalibration(tx, deviceId, { calibration, at: now });
    return { landmarks: all, calibration, calibratedAt: now };
  });

/** Takes a landmark away and computes the mounting from the rest. Throws as `addLandmarks`. */
export const removeLandmark = async (
  deps: CalibrateDeps,
  deviceId: string,
  landmarkId: string,
): Promise<CalibratedDevice> =>
  withTransaction(deps.pool, async (tx) => {
    const device = required(await lockDevice(tx, deviceId), deviceId);
    const known = await listLandmarks(tx, deviceId);
    const rest = known.filter(({ id }) => id !== landmarkId);
    if (rest.length === known.length) {
      throw new AppError('not_found', `device "${deviceId}" has no landmark ${landmarkId}`);
    }
    const at = deps.clock.now();
    await replaceLandmarks(tx, deviceId, rest);
    if (rest.length === 0) {
      await forgetCalibration(tx, deviceId, { azimuthSigma: false, elevationSigma: false });
      return { landmarks: [], calibration: null, calibratedAt: null };
    }
    const calibration = calibrationOf(device, rest, { added: [], deps });
    await saveCalibration(tx, deviceId, { calibration, at });
    return { landmarks: rest, calibration, calibratedAt: at };
  });

const required = (device: Device | undefined, id: string): Device => {
  if (device === undefined) throw new AppError('not_found', `device "${id}" is not registered`);
  return device;
};

const refuseRepeats = (added: readonly Landmark[]): void => {
  const errors = added.flatMap(({ name }, i) =>
    added.findIndex((other) => other.name === name) < i
      ? [{ path: `landmarks[${String(i)}].name`, message: `"${name}" is there twice` }]
      : [],
  );
  if (errors.length > 0) throw refusal('two landmarks have the same name', errors);
};

const calibrationOf = (
  device: Device,
  all: readonly Landmark[],
  { added, deps }: { added: readonly Landmark[]; deps: CalibrateDeps },
): Calibration => {
  const result = calibrateDevice(device, all, deps.groundHeightM);
  if (result.kind === 'calibrated') return result.calibration;
  const errors = result.mistakes.map(({ name, message }) => {
    const i = added.findIndex((landmark) => landmark.name === name);
    const path = i === -1 ? 'landmarks' : `landmarks[${String(i)}]`;
    return { path, message: `"${name}" ${message}` };
  });
  throw refusal(
    result.reason,
    errors.length > 0 ? errors : [{ path: 'landmarks', message: result.reason }],
  );
};

const refusal = (reason: string, errors: { path: string; message: string }[]): AppError =>
  new AppError('unprocessable', `The device was not calibrated: ${reason}`, { errors });
