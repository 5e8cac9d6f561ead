import {
  common,
  type MavLinkData,
  MavLinkProtocolV1,
  MavLinkProtocolV2,
  minimal,
} from 'node-mavlink';

/** An aircraft's side of MAVLink, by another implementation of it than the service's. */
export type MavlinkOptions = {
  systemId?: number;
  componentId?: number;
  version?: 1 | 2;
  /** Signs the frame; `at` ms since 1970. */
  signed?: { key: Buffer; at: number; linkId?: number };
};

/** The frame of a message; fields not named are zero. */
export const mavlinkFrame = (
  message: MavLinkData,
  { systemId = 1, componentId = 1, version = 2, signed }: MavlinkOptions = {},
): Buffer => {
  if (version === 1) return new MavLinkProtocolV1(systemId, componentId).serialize(message, 0);
  const flags = signed === undefined ? 0 : MavLinkProtocolV2.IFLAG_SIGNED;
  const protocol = new MavLinkProtocolV2(systemId, componentId, flags);
  const frame = protocol.serialize(message, 0);
  if (signed === undefined) return frame;
  return protocol.sign(frame, signed.linkId ?? 1, signed.key, signed.at);
};

const filled = <T extends MavLinkData>(message: T, fields: Partial<T>): T =>
  Object.assign(message, fields);

/** PX4: AUTO, mission. */
const PX4_MISSION = (4 << 16) | (4 << 24);

export const heartbeat = (over: Partial<minimal.Heartbeat> = {}) =>
  filled(new minimal.Heartbeat(), {
    type: minimal.MavType.QUADROTOR,
    autopilot: minimal.MavAutopilot.PX4,
    baseMode: minimal.MavModeFlag.SAFETY_ARMED | minimal.MavModeFlag.CUSTOM_MODE_ENABLED,
    customMode: PX4_MISSION,
    systemStatus: minimal.MavState.ACTIVE,
    mavlinkVersion: 3,
    ...over,
  });

/** 412.5 m above the sea, 118 m above home, nose to 84°, flying east at 9.8 m/s. */
export const position = (over: Partial<common.GlobalPositionInt> = {}) =>
  filled(new common.GlobalPositionInt(), {
    timeBootMs: 120_000,
    lat: 267_090_000,
    lon: 1_132_680_000,
    alt: 412_500,
    relativeAlt: 118_000,
    vx: 0,
    vy: 980,
    hdg: 8_400,
    ...over,
  });

export const attitude = (over: Partial<common.Attitude> = {}) =>
  filled(new common.Attitude(), { timeBootMs: 120_000, yaw: 1.5, ...over });

export const sysStatus = (batteryRemaining: number) =>
  filled(new common.SysStatus(), { batteryRemaining, voltageBattery: 15_800 });

export const battery = (over: Partial<common.BatteryStatus> = {}) =>
  filled(new common.BatteryStatus(), {
    batteryFunction: common.MavBatteryFunction.ALL,
    voltages: Array.from({ length: 10 }, () => 65_535),
    batteryRemaining: 71,
    timeRemaining: 1_120,
    ...over,
  });

/** Of roll 0. Yaw from north, or from the nose, as `flags` say. */
export const gimbal = (
  { pitchDeg, yawDeg }: { pitchDeg: number; yawDeg: number },
  over: Partial<common.GimbalDeviceAttitudeStatus> = {},
) => {
  const [p, y] = [(pitchDeg * Math.PI) / 360, (yawDeg * Math.PI) / 360];
  return filled(new common.GimbalDeviceAttitudeStatus(), {
    q: [
      Math.cos(p) * Math.cos(y),
      -Math.sin(p) * Math.sin(y),
      Math.sin(p) * Math.cos(y),
      Math.cos(p) * Math.sin(y),
    ],
    flags: common.GimbalDeviceFlags.YAW_IN_EARTH_FRAME,
    ...over,
  });
};

export const mount = (over: Partial<common.MountOrientation> = {}) =>
  filled(new common.MountOrientation(), { pitch: -30, yaw: 10, yawAbsolute: 94, ...over });

export const cameraFov = (over: Partial<common.CameraFovStatus> = {}) =>
  filled(new common.CameraFovStatus(), {
    latImage: 267_100_000,
    lonImage: 1_132_700_000,
    altImage: 210_000,
    q: [1, 0, 0, 0],
    hfov: 62.5,
    vfov: Number.NaN,
    ...over,
  });

export const systemTime = (over: Partial<common.SystemTime>) =>
  filled(new common.SystemTime(), over);

export const highLatency = (over: Partial<common.HighLatency2> = {}) =>
  filled(new common.HighLatency2(), {
    type: minimal.MavType.QUADROTOR,
    autopilot: minimal.MavAutopilot.PX4,
    customMode: PX4_MISSION / 0x10000,
    latitude: 267_090_000,
    longitude: 1_132_680_000,
    altitude: 412,
    heading: 42,
    groundspeed: 49,
    battery: 71,
    ...over,
  });
