import {
  calibrate,
  landmarkDirection,
  type Lens,
  resolveFrame,
  type SeenLandmark,
} from '../locate/index.ts';
import type { LonLat } from '../shared/geo.ts';
import type { Device } from './device.ts';
import { eyeHeightM, type Heights } from './eye-height.ts';
import type { Calibration, Landmark } from './landmark.ts';
import { lensOf } from './lens.ts';

export type DeviceCalibration =
  | { kind: 'calibrated'; calibration: Calibration }
  | {
      kind: 'refused';
      reason: string;
      /** `name` of the landmark it is about, or null when it is about the device. */
      mistakes: { name: string | null; message: string }[];
    };

/** The calibration of a registered camera on these landmarks, with what is known of heights; see `calibrate`. Pure. */
export const calibrateDevice = (
  device: Device,
  landmarks: readonly Landmark[],
  heights: Heights,
): DeviceCalibration => {
  const { kind, lon, lat } = device;
  if (kind !== 'camera' || lon === null || lat === null) {
    const message = `is a ${kind}; only a camera that stands in one place has landmarks`;
    return { kind: 'refused', reason: `device "${device.id}" ${message}`, mistakes: [] };
  }
  const at: LonLat = [lon, lat];
  const eye = { at, heightM: eyeHeightM(device, heights) };
  const lens = lensOf(device);
  const seen = landmarks.map((landmark) => see(landmark, { eye, lens, heights }));
  const mistakes = seen.flatMap((each) => ('message' in each ? [each] : []));
  if (mistakes.length > 0) {
    return { kind: 'refused', reason: 'some landmarks cannot be used', mistakes };
  }
  const usable = seen.flatMap((each) => ('message' in each ? [] : [each]));
  const result = calibrate(usable, device);
  if (result.kind === 'refused') return result;
  const { mounting, residuals, kind: _kind, ...rest } = result;
  return {
    kind: 'calibrated',
    calibration: {
      ...mounting,
      ...rest,
      landmarks: usable.flatMap(({ name, distanceM, azimuthDeg, elevationDeg }, i) => {
        const residual = residuals[i];
        if (residual === undefined) return [];
        const { name: _name, ...angles } = residual;
        return [{ name, distanceM, azimuthDeg, elevationDeg, residual: angles }];
      }),
    },
  };
};

type View = { eye: { at: LonLat; heightM: number | null }; lens: Lens; heights: Heights };

const see = (
  { name, frame, px, lon, lat, heightM }: Landmark,
  { eye, lens, heights }: View,
): SeenLandmark | { name: string; message: string } => {
  const resolved = resolveFrame(frame, lens);
  if (resolved.kind === 'unknown') return { name, message: `cannot be used: ${resolved.reason}` };
  const point = { at: [lon, lat] as const, heightM: heightM ?? heights.groundHeightM(lon, lat) };
  return { name, frame: resolved.frame, px, ...landmarkDirection(eye, point) };
};
