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
 * A reading that is null (unknown) overwrites only what the same message carries: a message without
 * battery says nothing of the battery.
 */
export const foldStates = (rows: readonly TelemetryRow[]): LatestState[] => {
  const states = new Map<string, LatestState>();
  const ordered = rows.map((row) => ({ row, at: effectiveAt(row) })).sort((a, b) => a.at - b.at);
  for (const { row, at } of ordered) {
    const state = stateOf(row, new Date(at));
    const before = states.get(row.deviceId);
    states.set(row.deviceId, before === undefined ? state : merge(before, state));
  }
  return [...states.values()];
};

const effectiveAt = (row: TelemetryRow): number =>
  Math.min(row.observedAt.getTime(), row.receivedAt.getTime());

const stateOf = (row: TelemetryRow, observedAt: Date): LatestState => {
  const { deviceId, receivedAt, observedAt: said, lon, lat, osd, ...readings } = row;
  const known = Object.entries(readings).filter(([, value]) => value !== null);
  return {
    deviceId,
    observedAt,
    receivedAt,
    lon,
    lat,
    positionAt: lon === null ? null : observedAt,
    state: {
      ...Object.fromEntries(known),
      saidAt: said.toISOString(),
      ...(osd === null ? {} : { osd }),
    },
  };
};

const merge = (older: LatestState, newer: LatestState): LatestState => ({
  ...newer,
  ...(newer.positionAt === null
    ? { lon: older.lon, lat: older.lat, positionAt: older.positionAt }
    : {}),
  state: { ...older.state, ...newer.state, ...mergedOsd(older.state.osd, newer.state.osd) },
});

const mergedOsd = (older: unknown, newer: unknown): { osd?: object } =>
  typeof older === 'object' && typeof newer === 'object' ? { osd: { ...older, ...newer } } : {};
