import type { TelemetryRow } from './telemetry-reading.ts';

/** What a batch says of one device, to be merged into its latest state. */
export type LatestState = {
  deviceId: string;
  /** The device's clock, but not later than our receipt. */
  observedAt: Date;
  receivedAt: Date;
  lon: number | null;
  lat: number | null;
  positionAt: Date | null;
  state: Record<string, unknown>;
};

/**
 * Folds rows of one batch into one state a device, oldest first, so that a dock's partial messages add up.
 * A reading that is null says nothing: a message without battery leaves the battery as it was. Adds to
 * one object a device rather than copying: this runs for every telemetry message.
 */
export const foldStates = (rows: readonly TelemetryRow[]): LatestState[] => {
  const states = new Map<string, LatestState>();
  for (const row of inOrder(rows)) {
    const at = effectiveAt(row);
    const state = states.get(row.deviceId);
    if (state === undefined) {
      const fresh: LatestState = {
        deviceId: row.deviceId,
        observedAt: at,
        receivedAt: row.receivedAt,
        lon: null,
        lat: null,
        positionAt: null,
        state: {},
      };
      states.set(row.deviceId, fresh);
      addTo(fresh, row, at);
    } else {
      addTo(state, row, at);
    }
  }
  return [...states.values()];
};

const effectiveAt = ({ reading: { observedAt }, receivedAt }: TelemetryRow): Date =>
  observedAt.getTime() <= receivedAt.getTime() ? observedAt : receivedAt;

/** Rows come in order of receipt, which nearly always is their order in time: sorting is the exception. */
const inOrder = (rows: readonly TelemetryRow[]): readonly TelemetryRow[] => {
  let last = -Infinity;
  for (const row of rows) {
    const at = effectiveAt(row).getTime();
    if (at < last) {
      return rows.toSorted((a, b) => effectiveAt(a).getTime() - effectiveAt(b).getTime());
    }
    last = at;
  }
  return rows;
};

const READINGS = [
  'altitudeM',
  'altitudeRef',
  'headingDeg',
  'panDeg',
  'tiltDeg',
  'hfovDeg',
  'gimbalPitchDeg',
  'gimbalYawDeg',
  'speedMps',
  'batteryPct',
  'flightTimeLeftS',
  'mode',
  'laserTarget',
] as const;

const addTo = (known: LatestState, { reading, receivedAt }: TelemetryRow, at: Date): void => {
  known.observedAt = at;
  known.receivedAt = receivedAt;
  if (reading.lon !== null) {
    known.lon = reading.lon;
    known.lat = reading.lat;
    known.positionAt = at;
  }
  const { state } = known;
  for (const name of READINGS) {
    const value = reading[name];
    if (value !== null) state[name] = value;
  }
  // A gimbal may fall silent on an aircraft that goes on saying where it is.
  if (reading.gimbalPitchDeg !== null && reading.gimbalYawDeg !== null) state.gimbalAt = at;
  // Beside our own estimate above: what the device's clock said, right or wrong.
  state.saidAt = reading.observedAt;
  if (reading.osd !== null) state.osd = { ...(state.osd as object | undefined), ...reading.osd };
};
