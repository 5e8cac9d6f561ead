import type { Quaternion } from './mavlink-message.ts';

/** What a gimbal's yaw counts from: true north, the vehicle's nose (of older gimbals without its heading), or nothing sure. */
export type GimbalYaw = 'earth' | 'vehicle' | 'vehicle_of_old' | 'unknown';

/** GIMBAL_DEVICE_FLAGS. */
const YAW_LOCK = 16;
const YAW_IN_VEHICLE_FRAME = 32;
const YAW_IN_EARTH_FRAME = 64;

/**
 * As GIMBAL_DEVICE_ATTITUDE_STATUS defines it: by its own flag; where neither is set the yaw lock tells, and delta_yaw
 * must not be read. Both at once are not allowed.
 */
export const yawFrameOf = (flags: number): GimbalYaw => {
  const isEarth = (flags & YAW_IN_EARTH_FRAME) !== 0;
  const isVehicle = (flags & YAW_IN_VEHICLE_FRAME) !== 0;
  if (isEarth && isVehicle) return 'unknown';
  if (isEarth) return 'earth';
  if (isVehicle) return 'vehicle';
  return (flags & YAW_LOCK) === 0 ? 'vehicle_of_old' : 'earth';
};

/** Looking straight up or down, within a degree: the direction of view has no azimuth left. */
const UPRIGHT_SINE = Math.sin((89 * Math.PI) / 180);

/**
 * Where the gimbal's x axis points, degrees: pitch up positive, yaw to the right. Straight down, yaw is that of the
 * picture's upper edge. Null for what is no rotation (NaN, zeros).
 */
export const gimbalDirection = ([w, x, y, z]: Quaternion): {
  pitchDeg: number;
  yawDeg: number;
} | null => {
  const norm = w * w + x * x + y * y + z * z;
  if (!(norm > 0.9 && norm < 1.1)) return null;
  const sinPitch = Math.max(-1, Math.min(1, (2 * (w * y - z * x)) / norm));
  const yaw =
    Math.abs(sinPitch) > UPRIGHT_SINE
      ? Math.atan2(2 * (w * z - x * y), w * w - x * x + y * y - z * z)
      : Math.atan2(2 * (x * y + w * z), w * w + x * x - y * y - z * z);
  return { pitchDeg: (Math.asin(sinPitch) * 180) / Math.PI, yawDeg: (yaw * 180) / Math.PI };
};
