import type { TelemetryReading } from '../../telemetry/index.ts';
import { within } from './dji-envelope.ts';
import {
  heard,
  type MavlinkState,
  type Said,
  STATUS_HOLDS_MS,
  still,
  type Values,
} from './mavlink-state.ts';

/** Packs of one aircraft that are told apart. */
const MAX_BATTERIES = 16;

/** MAV_BATTERY_FUNCTION: unknown, all flight systems, propulsion. Those of avionics and payload end no flight. */
const FLIGHT_BATTERIES = new Set([0, 1, 2]);

export const takeBattery = (
  state: MavlinkState,
  { id, batteryFunction, batteryRemaining: pct, timeRemaining: timeS }: Values<'BATTERY_STATUS'>,
  { componentId, atMs }: Said,
): MavlinkState =>
  FLIGHT_BATTERIES.has(batteryFunction)
    ? withBattery(state, `${String(componentId)}/${String(id)}`, { pct, timeS, atMs })
    : state;

/** What an aircraft's pack, or its autopilot, says is left: per cent (−1 = it does not know), seconds (0 = the same). */
export const withBattery = (
  state: MavlinkState,
  key: string,
  { pct, timeS = 0, atMs }: { pct: number; timeS?: number; atMs: number },
): MavlinkState => {
  const { batteries } = state;
  if (!(key in batteries) && Object.keys(batteries).length >= MAX_BATTERIES) return state;
  const battery = { remainingPct: within(pct, 0, 100), timeLeftS: within(timeS, 1, 1_000_000) };
  return { ...state, batteries: { ...batteries, [key]: heard(battery, atMs) } };
};

/** A flight ends with its weakest pack. */
export const weakestBattery = (
  { batteries }: MavlinkState,
  atMs: number,
): Pick<TelemetryReading, 'batteryPct' | 'flightTimeLeftS'> => {
  const fresh = Object.values(batteries).flatMap(
    (battery) => still(battery, atMs, STATUS_HOLDS_MS) ?? [],
  );
  return {
    batteryPct: lowest(fresh.map(({ remainingPct }) => remainingPct)),
    flightTimeLeftS: lowest(fresh.map(({ timeLeftS }) => timeLeftS)),
  };
};

const lowest = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.min(...known);
};
