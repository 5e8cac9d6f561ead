/**
 * The MAVLink messages that are read, laid out as message_definitions/v1.0 minimal.xml and common.xml say: little
 * endian, larger fields first, extensions last. Values are as sent, in the units of the definitions and with their
 * sentinels; what they mean is for `mavlink-telemetry.ts`. Field names follow the definitions.
 */
export type MavlinkMessage =
  | { name: 'HEARTBEAT'; value: ReturnType<typeof heartbeat> }
  | { name: 'SYS_STATUS'; value: ReturnType<typeof sysStatus> }
  | { name: 'SYSTEM_TIME'; value: ReturnType<typeof systemTime> }
  | { name: 'ATTITUDE'; value: ReturnType<typeof attitude> }
  | { name: 'GLOBAL_POSITION_INT'; value: ReturnType<typeof globalPositionInt> }
  | { name: 'BATTERY_STATUS'; value: ReturnType<typeof batteryStatus> }
  | { name: 'HIGH_LATENCY2'; value: ReturnType<typeof highLatency2> }
  | { name: 'EXTENDED_SYS_STATE'; value: ReturnType<typeof extendedSysState> }
  | { name: 'MOUNT_ORIENTATION'; value: ReturnType<typeof mountOrientation> }
  | { name: 'CAMERA_FOV_STATUS'; value: ReturnType<typeof cameraFovStatus> }
  | { name: 'GIMBAL_DEVICE_ATTITUDE_STATUS'; value: ReturnType<typeof gimbalDeviceAttitudeStatus> };

/** Quaternion w, x, y, z. */
export type Quaternion = readonly [w: number, x: number, y: number, z: number];

const heartbeat = (p: Buffer) => ({
  customMode: p.readUInt32LE(0),
  type: p.readUInt8(4),
  autopilot: p.readUInt8(5),
  baseMode: p.readUInt8(6),
  systemStatus: p.readUInt8(7),
});

const sysStatus = (p: Buffer) => ({ batteryRemaining: p.readInt8(30) });

const systemTime = (p: Buffer) => ({
  timeUnixUsec: p.readBigUInt64LE(0),
  timeBootMs: p.readUInt32LE(8),
});

const attitude = (p: Buffer) => ({ timeBootMs: p.readUInt32LE(0), yaw: p.readFloatLE(12) });

const globalPositionInt = (p: Buffer) => ({
  timeBootMs: p.readUInt32LE(0),
  lat: p.readInt32LE(4),
  lon: p.readInt32LE(8),
  alt: p.readInt32LE(12),
  relativeAlt: p.readInt32LE(16),
  vx: p.readInt16LE(20),
  vy: p.readInt16LE(22),
  hdg: p.readUInt16LE(26),
});

const batteryStatus = (p: Buffer) => ({
  id: p.readUInt8(32),
  batteryFunction: p.readUInt8(33),
  batteryRemaining: p.readInt8(35),
  timeRemaining: p.readInt32LE(36),
});

const highLatency2 = (p: Buffer) => ({
  latitude: p.readInt32LE(4),
  longitude: p.readInt32LE(8),
  customMode: p.readUInt16LE(12),
  altitude: p.readInt16LE(14),
  failureFlags: p.readUInt16LE(22),
  type: p.readUInt8(24),
  autopilot: p.readUInt8(25),
  heading: p.readUInt8(26),
  groundspeed: p.readUInt8(31),
  battery: p.readInt8(38),
});

const extendedSysState = (p: Buffer) => ({ landedState: p.readUInt8(1) });

const mountOrientation = (p: Buffer) => ({
  pitch: p.readFloatLE(8),
  yaw: p.readFloatLE(12),
  yawAbsolute: p.readFloatLE(16),
});

const cameraFovStatus = (p: Buffer) => ({
  latImage: p.readInt32LE(16),
  lonImage: p.readInt32LE(20),
  altImage: p.readInt32LE(24),
  hfov: p.readFloatLE(44),
});

const gimbalDeviceAttitudeStatus = (p: Buffer) => ({
  q: [
    p.readFloatLE(4),
    p.readFloatLE(8),
    p.readFloatLE(12),
    p.readFloatLE(16),
  ] satisfies Quaternion,
  flags: p.readUInt16LE(36),
  deltaYaw: p.readFloatLE(40),
  gimbalDeviceId: p.readUInt8(48),
});

/** `size`: with extensions; a shorter payload has had its zeros cut off, or comes from before an extension. */
type Layout = { crcExtra: number; size: number; read: (payload: Buffer) => MavlinkMessage };

const layout = <N extends MavlinkMessage['name'], V>(
  name: N,
  { crcExtra, size }: { crcExtra: number; size: number },
  read: (payload: Buffer) => V,
) => ({ crcExtra, size, read: (payload: Buffer) => ({ name, value: read(payload) }) });

const LAYOUTS: ReadonlyMap<number, Layout> = new Map<number, Layout>([
  [0, layout('HEARTBEAT', { crcExtra: 50, size: 9 }, heartbeat)],
  [1, layout('SYS_STATUS', { crcExtra: 124, size: 43 }, sysStatus)],
  [2, layout('SYSTEM_TIME', { crcExtra: 137, size: 12 }, systemTime)],
  [30, layout('ATTITUDE', { crcExtra: 39, size: 28 }, attitude)],
  [33, layout('GLOBAL_POSITION_INT', { crcExtra: 104, size: 28 }, globalPositionInt)],
  [147, layout('BATTERY_STATUS', { crcExtra: 154, size: 54 }, batteryStatus)],
  [235, layout('HIGH_LATENCY2', { crcExtra: 179, size: 42 }, highLatency2)],
  [245, layout('EXTENDED_SYS_STATE', { crcExtra: 130, size: 2 }, extendedSysState)],
  [265, layout('MOUNT_ORIENTATION', { crcExtra: 26, size: 20 }, mountOrientation)],
  [271, layout('CAMERA_FOV_STATUS', { crcExtra: 22, size: 53 }, cameraFovStatus)],
  [
    285,
    layout(
      'GIMBAL_DEVICE_ATTITUDE_STATUS',
      { crcExtra: 137, size: 49 },
      gimbalDeviceAttitudeStatus,
    ),
  ],
]);

export const messageLayout = (messageId: number): Layout | undefined => LAYOUTS.get(messageId);

/** The message in a payload; undefined for one that is not read. Never throws: zeros stand for what was cut off. */
export const readMavlinkMessage = ({
  messageId,
  payload,
}: {
  messageId: number;
  payload: Buffer;
}): MavlinkMessage | undefined => {
  const known = LAYOUTS.get(messageId);
  if (known === undefined) return undefined;
  if (payload.length >= known.size) return known.read(payload);
  const whole = Buffer.alloc(known.size);
  payload.copy(whole);
  return known.read(whole);
};
