import {
  type Calibrated,
  calibrate,
  type Lens,
  landmarkDirection,
  resolveFrame,
  type SeenLandmark,
} from '../locate/index.ts';
import type { LonLat } from '../shared/geo.ts';
import type { Device } from './device.ts';
import { eyeHeightM } from './eye-height.ts';
import type { Calibration, Landmark } from './landmark.ts';
import { lensOf } from './lens.ts';

/** Height of the ground at a place, metres above mean sea level; null = unknown there. */
export type GroundHeight = (lon: number, lat: number) => number | null;

export type DeviceCalibration =
  | { kind: 'calibrated'; calibration: Calibration }
  | {
      kind: 'refused';
      reason: string;
      /** Of single landmarks; none where it is about all of them or the device. */
      mistakes: { name: string; message: string }[];
    };

/** The calibration of a registered camera on these landmarks, with what is known of the ground; see `calibrate`. Pure. */
export const calibrateDevice = (
  device: Device,
  landmarks: readonly Landmark[],
  groundHeightM: GroundHeight,
): DeviceCalibration => {
  const { kind, lon, lat } = device;
  if (kind !== 'camera' || lon === null || lat === null) {
    const message = `is a ${kind}; only a camera that stands in one place has landmarks`;
    return { kind: 'refused', reason: `device "${device.id}" ${message}`, mistakes: [] };
  }
  const at: LonLat = [lon, lat];
  const eye = { at, heightM: eyeHeightM(device, groundHeightM) };
  const lens = lensOf(device);
  const seen = landmarks.map((landmark) => see(landmark, { eye, lens, groundHeightM }));
  const mistakes = seen.flatMap((each) => ('message' in each ? [each] : []));
  if (mistakes.length > 0) {
    return { kind: 'refused', reason: 'some landmarks cannot be used', mistakes };
  }
  const usable = seen.flatMap((each) => ('message' in each ? [] : [each]));
  const result = calibrate(usable, device);
  if (result.kind === 'refused') return result;
  return { kind: 'calibrated', calibration: toCalibration(usable, result) };
};

const toCalibration = (seen: readonly SeenLandmark[], result: Calibrated): Calibration => {
  const { mounting, solved, worst, notes } = result;
  return {
    azimuthOffsetDeg: rounded(mounting.azimuthOffsetDeg),
    tiltOffsetDeg: rounded(mounting.tiltOffsetDeg),
    focalScale: rounded(mounting.focalScale),
    azimuthSigmaDeg: roundedOrNull(result.azimuthSigmaDeg),
    elevationSigmaDeg: roundedOrNull(result.elevationSigmaDeg),
    rmsDeg: rounded(result.rmsDeg),
    solved,
    worst,
    notes,
    landmarks: seen.flatMap(({ name, distanceM, azimuthDeg, elevationDeg }, i) => {
      const residual = result.residuals[i];
      if (residual === undefined) return [];
      return [
        {
          name,
          distanceM: Math.round(distanceM),
          azimuthDeg: rounded(azimuthDeg),
          elevationDeg: roundedOrNull(elevationDeg),
          residual: {
            azimuthDeg: rounded(residual.azimuthDeg),
            elevationDeg: roundedOrNull(residual.elevationDeg),
            totalDeg: rounded(residual.totalDeg),
          },
        },
      ];
    }),
  };
};

/** A millionth of a degree: beyond it stands the rounding of the solver, which nobody wants to read. */
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;
const roundedOrNull = (value: number | null): number | null =>
  value === null ? null : rounded(value);

type View = {
  eye: { at: LonLat; heightM: number | null };
  lens: Lens;
  groundHeightM: GroundHeight;
};

const see = (
  { name, frame, px, lon, lat, heightM }: Landmark,
  { eye, lens, groundHeightM }: View,
): SeenLandmark | { name: string; message: string } => {
  const resolved = resolveFrame(frame, lens);
  if (resolved.kind === 'unknown') return { name, message: `cannot be used: ${resolved.reason}` };
  const point = { at: [lon, lat] as const, heightM: heightM ?? groundHeightM(lon, lat) };
  return { name, frame: resolved.frame, px, ...landmarkDirection(eye, point) };
};
