import { wrap360 } from '../../shared/geo.ts';
import type { TelemetryReading } from '../../telemetry/index.ts';
import { within } from './dji-envelope.ts';
import type { MavlinkMessage } from './mavlink-message.ts';

/** How long a heading, a gimbal's or a camera's word counts as of now. */
export const POSE_HOLDS_MS = 3_000;
/** What changes slowly, or comes rarely over a thin link. */
export const STATUS_HOLDS_MS = 30_000;
/** MAV_COMP_ID_AUTOPILOT1: who speaks for the aircraft until another autopilot's heartbeat is heard. */
const AUTOPILOT1 = 1;

export type Heard<T> = { value: T; atMs: number };
export type Values<N extends MavlinkMessage['name']> = Extract<
  MavlinkMessage,
  { name: N }
>['value'];

/** Who said it, and when we heard it. */
export type Said = { componentId: number; atMs: number };

export type Gimbal = {
  source: string;
  isDevice: boolean;
  pitchDeg: number | null;
  /** From true north. */
  yawDeg: number | null;
};
export type Battery = { remainingPct: number | null; timeLeftS: number | null };

/** What has been heard of one aircraft, message by message. */
export type MavlinkState = Readonly<{
  /** Component id of its autopilot. */
  autopilotId: Heard<number> | null;
  mode: Heard<TelemetryReading['mode']> | null;
  /** Keys of `osd` by what they were last said to be. */
  status: Readonly<Record<string, Heard<unknown>>>;
  headingDeg: Heard<number> | null;
  gimbal: Heard<Gimbal> | null;
  hfovDeg: Heard<number> | null;
  batteries: Readonly<Record<string, Heard<Battery>>>;
  /** When it was switched on, by its own clock, ms since 1970. */
  bootedAtMs: number | null;
  /** When the last row was made, and the last one of a message that says the position. */
  lastRowMs: number;
  lastPlacedRowMs: number;
}>;

export const NOTHING_HEARD: MavlinkState = {
  autopilotId: null,
  mode: null,
  status: {},
  headingDeg: null,
  gimbal: null,
  hfovDeg: null,
  batteries: {},
  bootedAtMs: null,
  lastRowMs: -Infinity,
  lastPlacedRowMs: -Infinity,
};

export const heard = <T>(value: T, atMs: number): Heard<T> => ({ value, atMs });

export const still = <T>(said: Heard<T> | null, atMs: number, holdsMs: number): T | null =>
  said !== null && atMs - said.atMs <= holdsMs ? said.value : null;

export const isAutopilot = ({ autopilotId }: MavlinkState, componentId: number): boolean =>
  componentId === (autopilotId?.value ?? AUTOPILOT1);

export const isOtherAutopilot = (
  { autopilotId }: MavlinkState,
  componentId: number,
  atMs: number,
) => {
  const known = still(autopilotId, atMs, STATUS_HOLDS_MS);
  return known !== null && known !== componentId;
};

export const withHeading = (state: MavlinkState, deg: number | null, atMs: number): MavlinkState =>
  deg === null ? state : { ...state, headingDeg: heard(wrap360(deg), atMs) };

export const withStatus = (
  state: MavlinkState,
  said: Record<string, unknown>,
  atMs: number,
): MavlinkState => ({
  ...state,
  status: {
    ...state.status,
    ...Object.fromEntries(Object.entries(said).map(([key, value]) => [key, heard(value, atMs)])),
  },
});

/** Null for NaN and for what no angle comes to. */
export const degrees = (radians: number): number | null =>
  within((radians * 180) / Math.PI, -720, 720);
