import { wrap360 } from '../../shared/geo.ts';
import { within } from './dji-envelope.ts';
import {
  degrees,
  type Gimbal,
  heard,
  type MavlinkState,
  POSE_HOLDS_MS,
  type Said,
  still,
  type Values,
} from './mavlink-state.ts';
import { type GimbalYaw, gimbalDirection, yawFrameOf } from './mavlink-yaw.ts';

export const takeGimbalDevice = (
  state: MavlinkState,
  { q, flags, deltaYaw, gimbalDeviceId }: Values<'GIMBAL_DEVICE_ATTITUDE_STATUS'>,
  { componentId, atMs }: Said,
): MavlinkState => {
  const direction = gimbalDirection(q);
  if (direction === null) return state;
  const frame = yawFrameOf(flags);
  return withGimbal(
    state,
    {
      source: `${String(componentId)}/${String(gimbalDeviceId)}`,
      isDevice: true,
      pitchDeg: direction.pitchDeg,
      yawDeg: fromNorth(state, { yawDeg: direction.yawDeg, frame, deltaYaw }, atMs),
    },
    atMs,
  );
};

/** Of an older mount. Pitch is from the horizon; a zero absolute yaw may as well not have been sent. */
export const takeMount = (
  state: MavlinkState,
  { pitch, yaw, yawAbsolute }: Values<'MOUNT_ORIENTATION'>,
  { componentId, atMs }: Said,
): MavlinkState => {
  const absolute = yawAbsolute === 0 ? null : within(yawAbsolute, -360, 360);
  const relative = within(yaw, -360, 360);
  const byVehicle =
    relative === null
      ? null
      : fromNorth(state, { yawDeg: relative, frame: 'vehicle', deltaYaw: 0 }, atMs);
  return withGimbal(
    state,
    {
      source: `${String(componentId)}/mount`,
      isDevice: false,
      pitchDeg: within(pitch, -180, 180),
      yawDeg: absolute === null ? byVehicle : wrap360(absolute),
    },
    atMs,
  );
};

/** A yaw from the vehicle's nose is turned by its heading; by what the gimbal says that was, where no autopilot does. */
const fromNorth = (
  state: MavlinkState,
  { yawDeg, frame, deltaYaw }: { yawDeg: number; frame: GimbalYaw; deltaYaw: number },
  atMs: number,
): number | null => {
  if (frame === 'earth') return wrap360(yawDeg);
  if (frame === 'unknown') return null;
  // Zero is also what is read where an older gimbal does not send it.
  const byGimbal = frame === 'vehicle' && deltaYaw !== 0 ? degrees(deltaYaw) : null;
  const headingDeg = still(state.headingDeg, atMs, POSE_HOLDS_MS) ?? byGimbal;
  return headingDeg === null ? null : wrap360(yawDeg + headingDeg);
};

/** With several gimbals the one first heard counts as long as it speaks; a device's own word before the mount's. */
const withGimbal = (state: MavlinkState, gimbal: Gimbal, atMs: number): MavlinkState => {
  const known = still(state.gimbal, atMs, POSE_HOLDS_MS);
  const isOther = known !== null && known.source !== gimbal.source;
  if (isOther && (known.isDevice || !gimbal.isDevice)) return state;
  if (gimbal.pitchDeg === null && gimbal.yawDeg === null) return state;
  return { ...state, gimbal: heard(gimbal, atMs) };
};
