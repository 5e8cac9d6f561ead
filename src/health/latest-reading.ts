import Type from 'typebox';
import type { DeviceKind } from '../devices/index.ts';
import { compileSchema } from '../shared/schema.ts';
import type { Reading } from './reading.ts';

/** A device's latest state as it is stored: what equipment said is any JSON. */
export type RawReading = {
  id: string;
  kind: DeviceKind;
  gateway_id: string | null;
  heartbeat: unknown;
  tour: unknown;
  revoked: boolean;
  online: boolean | null;
  online_at: Date | null;
  link: 'bus' | 'http' | null;
  seen_at: Date | null;
  received_at: Date | null;
  drops: number;
  frame_since: Date | null;
  frame_at: Date | null;
  said: unknown;
  pan: unknown;
  tilt: unknown;
  battery: unknown;
  mode: unknown;
  hms: unknown;
  wind: unknown;
  rain: unknown;
  charge: unknown;
};

const checkHms = compileSchema(
  Type.Object({
    at: Type.String(),
    list: Type.Array(Type.Object({ code: Type.String(), level: Type.Number() })),
  }),
);
const checkCharge = compileSchema(
  Type.Object({ state: Type.Number(), capacity_percent: Type.Number() }),
);

/** DJI `mode_code`: standing by, not connected, being upgraded; in every other an aircraft flies or is about to. */
const GROUNDED: readonly unknown[] = [0, 13, 14];

/** Reads what a device said last; what is not of its kind is as if it was not said. Pure. */
export const readingOf = (row: RawReading): Reading => {
  const pan = numberOf(row.pan);
  const tilt = numberOf(row.tilt);
  return {
    id: row.id,
    kind: row.kind,
    gatewayId: row.gateway_id,
    revoked: row.revoked,
    heartbeatS: within(row.heartbeat, 0, 7 * 86_400),
    tour: typeof row.tour === 'boolean' ? row.tour : null,
    online: row.online,
    onlineAt: row.online_at,
    link: row.link,
    drops: row.drops,
    seenAt: latest(row.seen_at, row.received_at, row.online === true ? row.online_at : null),
    telemetryAt: row.received_at,
    saidAt: timeOf(row.said),
    view: pan === null || tilt === null ? null : { panDeg: pan, tiltDeg: tilt },
    batteryPct: within(row.battery, 0, 100),
    idleBatteryPct: idleBattery(row.charge),
    airborne: row.mode === null || row.mode === undefined ? true : !GROUNDED.includes(row.mode),
    windMps: within(row.wind, 0, 100),
    rainLevel: within(row.rain, 0, 3),
    hms: hmsOf(row.hms),
    frame:
      row.frame_since === null || row.frame_at === null
        ? null
        : { since: row.frame_since, at: row.frame_at },
  };
};

const numberOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

const within = (value: unknown, min: number, max: number): number | null => {
  const number = numberOf(value);
  return number !== null && number >= min && number <= max ? number : null;
};

const timeOf = (value: unknown): Date | null => {
  if (typeof value !== 'string') return null;
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? null : at;
};

const latest = (...times: (Date | null)[]): Date | null =>
  times.reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null);

/** State 0 is idle, 1 charging. */
const idleBattery = (charge: unknown): number | null => {
  const checked = checkCharge(charge);
  return checked.ok && checked.value.state === 0
    ? within(checked.value.capacity_percent, 0, 100)
    : null;
};

const hmsOf = (hms: unknown): Reading['hms'] => {
  const checked = checkHms(hms);
  const at = checked.ok ? timeOf(checked.value.at) : null;
  return checked.ok && at !== null ? { at, list: checked.value.list } : null;
};
