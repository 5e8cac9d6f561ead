import type { Device, DeviceState, DeviceWithState } from '../devices/index.ts';
import type { LonLat } from '../shared/geo.ts';
import { mslHeightM } from '../terrain/index.ts';
import type { FlightSituation } from './plan-flight.ts';

/** What the latest states of an aircraft and its gateway say, as far as a flight hangs on it. */
export const flightSituation = (
  aircraft: DeviceWithState,
  gateway: DeviceWithState,
): FlightSituation => {
  const own = aircraft.latest;
  // Without a fix its last place stays in its latest state: that is where it was, not where it is.
  const placed = hasFix(own) ? own : null;
  const mode = record(own?.state.mode);
  const dock = gateway.latest;
  return {
    aircraft: {
      at: placeOf(placed),
      altitudeM: ellipsoidHeight(placed),
      elevationM: number(record(own?.state.osd).elevation),
      modeCode: number(mode.code),
      modeText: typeof mode.en === 'string' ? mode.en : null,
      batteryPct: number(own?.state.batteryPct),
      heardAt: own?.receivedAt ?? null,
    },
    gateway: {
      at: placeOf(dock) ?? surveyedAt(gateway),
      altitudeM: ellipsoidHeight(dock) ?? surveyedHeight(gateway),
      online: isOnline(dock),
      droneInDock: flag(record(dock?.state.osd).drone_in_dock),
      heardAt: dock?.receivedAt ?? null,
    },
  };
};

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);

const flag = (value: unknown): boolean | null => (value === 1 ? true : value === 0 ? false : null);

/** By the device's clock: OSD comes every two seconds, positions by hand flight more often. */
const FIX_AGE_MS = 10_000;

const hasFix = (latest: DeviceState | null): boolean => {
  const { observedAt, positionAt } = latest ?? { observedAt: null, positionAt: null };
  if (observedAt === null || positionAt === null) return false;
  return observedAt.getTime() - positionAt.getTime() <= FIX_AGE_MS;
};

const placeOf = (latest: DeviceState | null): LonLat | null =>
  latest === null || latest.lon === null || latest.lat === null ? null : [latest.lon, latest.lat];

const ellipsoidHeight = (latest: DeviceState | null): number | null =>
  latest?.state.altitudeRef === 'ellipsoid' ? number(latest.state.altitudeM) : null;

const surveyedAt = ({ lon, lat }: Device): LonLat | null =>
  lon === null || lat === null ? null : [lon, lat];

const surveyedHeight = ({ lon, lat, groundHeightM, heightRef }: Device): number | null => {
  if (groundHeightM === null || heightRef === 'takeoff') return null;
  if (heightRef === 'ellipsoid') return groundHeightM;
  return lon === null || lat === null ? null : groundHeightM - mslHeightM(lon, lat, 0);
};

/** What it said since counts: a dock whose telemetry comes in is there. */
const isOnline = (latest: DeviceState | null): boolean => {
  if (latest === null) return false;
  if (latest.online === true) return true;
  const { receivedAt, onlineAt } = latest;
  return receivedAt !== null && (onlineAt === null || receivedAt > onlineAt);
};
