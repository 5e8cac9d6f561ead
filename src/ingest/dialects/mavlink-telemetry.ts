import type { LonLat } from '../../shared/geo.ts';
import { NOTHING_READ, type TelemetryReading } from '../../telemetry/index.ts';
import { within } from './dji-envelope.ts';
import { takeBattery, weakestBattery, withBattery } from './mavlink-battery.ts';
import type { MavlinkFrame } from './mavlink-frame.ts';
import { takeGimbalDevice, takeMount } from './mavlink-gimbal.ts';
import { readMavlinkMessage } from './mavlink-message.ts';
import {
  fromHighLatencyMode,
  landedStateText,
  mavlinkMode,
  NO_AUTOPILOT,
  systemStateText,
} from './mavlink-mode.ts';
import {
  degrees,
  heard,
  isAutopilot,
  isOtherAutopilot,
  type MavlinkState,
  POSE_HOLDS_MS,
  STATUS_HOLDS_MS,
  still,
  type Values,
  withHeading,
  withStatus,
} from './mavlink-state.ts';

/** One row a second at most: aircraft say where they are up to 50 times a second. A little less, for one that jitters. */
const ROW_EVERY_MS = 900;
/** One that has no position is heard of by its heartbeat, this long after its last row. */
const ROW_WITHOUT_POSITION_MS = 3_000;
/** An aircraft's clock that is further off than this is not believed. */
const MAX_CLOCK_OFF_MS = 60_000;
/** MAV_MODE_FLAG_SAFETY_ARMED. */
const ARMED = 0x80;
const UNKNOWN_U16 = 65_535;

type ImageCentre = { lon: number; lat: number; altitudeM: number | null; at: Date };

/** `alive`: it has said that it is there, over a normal link or one that says so only every few minutes. */
export type MavlinkStep = {
  state: MavlinkState;
  reading: TelemetryReading | null;
  alive: 'heartbeat' | 'high_latency' | null;
};

/**
 * Takes one frame of an aircraft. MAVLink says position, attitude, gimbal and battery in messages of their own: they
 * are folded into one reading a second, made when a position comes. Sentinels and what is out of range become null.
 * Pure; never throws.
 */
export const foldMavlink = (
  state: MavlinkState,
  frame: MavlinkFrame,
  receivedAt: Date,
): MavlinkStep => {
  const message = readMavlinkMessage(frame);
  const atMs = receivedAt.getTime();
  const { componentId } = frame;
  const folded = (next: MavlinkState): MavlinkStep => ({ state: next, reading: null, alive: null });
  if (message === undefined) return folded(state);
  switch (message.name) {
    case 'HEARTBEAT':
      return takeHeartbeat(state, message.value, { componentId, receivedAt });
    case 'GLOBAL_POSITION_INT':
      return isAutopilot(state, componentId)
        ? takePosition(state, message.value, receivedAt)
        : folded(state);
    case 'HIGH_LATENCY2':
      return takeHighLatency(state, message.value, { componentId, receivedAt });
    case 'SYSTEM_TIME':
      return folded({ ...state, bootedAtMs: bootTime(message.value) });
    case 'ATTITUDE':
      return folded(
        isAutopilot(state, componentId)
          ? withHeading(state, degrees(message.value.yaw), atMs)
          : state,
      );
    case 'SYS_STATUS':
      return folded(
        isAutopilot(state, componentId)
          ? withBattery(state, 'autopilot', { pct: message.value.batteryRemaining, atMs })
          : state,
      );
    case 'BATTERY_STATUS':
      return folded(takeBattery(state, message.value, { componentId, atMs }));
    case 'EXTENDED_SYS_STATE':
      return folded(
        withStatus(state, { landed: landedStateText(message.value.landedState) }, atMs),
      );
    case 'CAMERA_FOV_STATUS':
      return folded(takeCamera(state, message.value, receivedAt));
    case 'MOUNT_ORIENTATION':
      return folded(takeMount(state, message.value, { componentId, atMs }));
    case 'GIMBAL_DEVICE_ATTITUDE_STATUS':
      return folded(takeGimbalDevice(state, message.value, { componentId, atMs }));
  }
};

type From = { componentId: number; receivedAt: Date };

const takeHeartbeat = (
  state: MavlinkState,
  value: Values<'HEARTBEAT'>,
  { componentId, receivedAt }: From,
): MavlinkStep => {
  const atMs = receivedAt.getTime();
  // A camera, a gimbal, a companion computer: they have heartbeats too, and no mode.
  if (value.autopilot === NO_AUTOPILOT || isOtherAutopilot(state, componentId, atMs)) {
    return { state, reading: null, alive: null };
  }
  const known = withStatus(
    { ...state, autopilotId: heard(componentId, atMs), mode: heard(mavlinkMode(value), atMs) },
    {
      vehicleType: value.type,
      autopilot: value.autopilot,
      armed: (value.baseMode & ARMED) !== 0,
      systemState: systemStateText(value.systemStatus),
    },
    atMs,
  );
  return isDue(known.lastRowMs, atMs, ROW_WITHOUT_POSITION_MS)
    ? { ...rowOf(known, { observedAt: receivedAt, receivedAt }), alive: 'heartbeat' }
    : { state: known, reading: null, alive: 'heartbeat' };
};

const takePosition = (
  state: MavlinkState,
  value: Values<'GLOBAL_POSITION_INT'>,
  receivedAt: Date,
): MavlinkStep => {
  const atMs = receivedAt.getTime();
  const position = positionE7(value.lon, value.lat);
  const headed = withHeading(
    state,
    value.hdg === UNKNOWN_U16 ? null : within(value.hdg / 100, 0, 360),
    atMs,
  );
  const relative = within(value.relativeAlt / 1000, -1000, 20_000);
  const known = withStatus(headed, { relativeAltitudeM: relative }, atMs);
  if (!isDue(known.lastPlacedRowMs, atMs, ROW_EVERY_MS))
    return { state: known, reading: null, alive: null };
  return {
    ...rowOf(known, {
      observedAt: observedAt(known, value.timeBootMs, receivedAt),
      receivedAt,
      position,
      altitudeM: within(value.alt / 1000, -1000, 20_000),
      speedMps: within(Math.hypot(value.vx, value.vy) / 100, 0, 200),
    }),
    alive: null,
  };
};

/** What an aircraft on a satellite link says every few seconds or minutes instead of all the others. */
const takeHighLatency = (
  state: MavlinkState,
  value: Values<'HIGH_LATENCY2'>,
  { componentId, receivedAt }: From,
): MavlinkStep => {
  const atMs = receivedAt.getTime();
  const { autopilot, type } = value;
  if (autopilot === NO_AUTOPILOT || isOtherAutopilot(state, componentId, atMs)) {
    return { state, reading: null, alive: null };
  }
  const customMode = fromHighLatencyMode(autopilot, value.customMode);
  const said = {
    ...state,
    autopilotId: heard(componentId, atMs),
    mode: heard(mavlinkMode({ autopilot, type, customMode }), atMs),
  };
  const status = { vehicleType: type, autopilot, failureFlags: value.failureFlags };
  const headed = withHeading(
    withStatus(said, status, atMs),
    within(value.heading * 2, 0, 360),
    atMs,
  );
  const known = withBattery(headed, 'autopilot', { pct: value.battery, atMs });
  if (!isDue(known.lastPlacedRowMs, atMs, ROW_EVERY_MS)) {
    return { state: known, reading: null, alive: 'high_latency' };
  }
  return {
    ...rowOf(known, {
      // Its timestamp may be of either clock, and is cut to 32 bits.
      observedAt: receivedAt,
      receivedAt,
      position: positionE7(value.longitude, value.latitude),
      altitudeM: within(value.altitude, -1000, 20_000),
      speedMps: within(value.groundspeed / 5, 0, 200),
    }),
    alive: 'high_latency',
  };
};

/** Also where our clock was set back: there would be no rows until it has caught up. */
const isDue = (lastMs: number, atMs: number, everyMs: number): boolean =>
  atMs - lastMs >= everyMs || atMs < lastMs;

type Row = {
  observedAt: Date;
  receivedAt: Date;
  /** Null = said to be unknown; left out = the message says none. */
  position?: LonLat | null;
  altitudeM?: number | null;
  speedMps?: number | null;
};

/** All that is known and still true; a position only from the message that the row is made of. */
const rowOf = (
  state: MavlinkState,
  { observedAt: at, receivedAt, position, altitudeM = null, speedMps = null }: Row,
): Pick<MavlinkStep, 'state' | 'reading'> => {
  const atMs = receivedAt.getTime();
  const gimbal = still(state.gimbal, atMs, POSE_HOLDS_MS);
  const { batteryPct, flightTimeLeftS } = weakestBattery(state, atMs);
  const [lon, lat] = position ?? [null, null];
  const hasHeight = lon !== null && altitudeM !== null;
  const isPlaced = position !== undefined;
  return {
    state: { ...state, lastRowMs: atMs, ...(isPlaced ? { lastPlacedRowMs: atMs } : {}) },
    reading: {
      ...NOTHING_READ,
      observedAt: at,
      lon,
      lat,
      altitudeM: hasHeight ? altitudeM : null,
      altitudeRef: hasHeight ? 'msl' : null,
      headingDeg: still(state.headingDeg, atMs, POSE_HOLDS_MS),
      hfovDeg: still(state.hfovDeg, atMs, POSE_HOLDS_MS),
      gimbalPitchDeg: gimbal?.pitchDeg ?? null,
      gimbalYawDeg: gimbal?.yawDeg ?? null,
      speedMps,
      batteryPct,
      flightTimeLeftS,
      mode: still(state.mode, atMs, STATUS_HOLDS_MS),
      osd: Object.fromEntries(
        Object.entries(state.status)
          .filter(([, { atMs: saidMs }]) => atMs - saidMs <= STATUS_HOLDS_MS)
          .map(([key, { value }]) => [key, value]),
      ),
    },
  };
};

const takeCamera = (
  state: MavlinkState,
  value: Values<'CAMERA_FOV_STATUS'>,
  receivedAt: Date,
): MavlinkState => {
  const atMs = receivedAt.getTime();
  const hfovDeg = within(value.hfov, 1, 179);
  // Unknown, or at infinity where it looks above the horizon: there is then no such point.
  const at = positionE7(value.lonImage, value.latImage);
  const imageCentre: ImageCentre | null =
    at === null
      ? null
      : {
          lon: at[0],
          lat: at[1],
          altitudeM: within(value.altImage / 1000, -1000, 20_000),
          at: receivedAt,
        };
  const pointed = withStatus(state, { imageCentre }, atMs);
  return hfovDeg === null ? pointed : { ...pointed, hfovDeg: heard(hfovDeg, atMs) };
};

/** Degrees × 10⁷ to `[lon, lat]`; null for 0/0 (no fix), INT32_MIN and INT32_MAX (unknown, at infinity). */
const positionE7 = (lonE7: number, latE7: number): LonLat | null => {
  if (lonE7 === 0 && latE7 === 0) return null;
  const lon = within(lonE7 / 1e7, -180, 180);
  const lat = within(latE7 / 1e7, -90, 90);
  return lon === null || lat === null ? null : [lon, lat];
};

/** Before this no GNSS time is true; an autopilot that has none yet says 0 or when it was built. */
const EARLIEST_MS = Date.UTC(2020, 0, 1);

const bootTime = ({ timeUnixUsec, timeBootMs }: Values<'SYSTEM_TIME'>): number | null => {
  const unixMs = Number(timeUnixUsec / 1000n);
  return unixMs < EARLIEST_MS ? null : unixMs - timeBootMs;
};

/** `time_boot_ms` counts from when it was switched on: only with SYSTEM_TIME it is a time of day. */
const observedAt = ({ bootedAtMs }: MavlinkState, timeBootMs: number, receivedAt: Date): Date => {
  if (bootedAtMs === null) return receivedAt;
  const atMs = bootedAtMs + timeBootMs;
  return Math.abs(atMs - receivedAt.getTime()) > MAX_CLOCK_OFF_MS ? receivedAt : new Date(atMs);
};
