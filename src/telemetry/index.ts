export { type BatchWriter, createBatchWriter } from './batch-writer.ts';
export { foldStates } from './latest-state.ts';
export { createPartitionKeeper } from './partitions.ts';
export type { TelemetryReading, TelemetryRow } from './telemetry-reading.ts';
export {
  insertTelemetry,
  lastPosition,
  listTrack,
  mergeLatestStates,
  savePersonPosition,
  setAllOffline,
  setOnline,
  type TrackPoint,
} from './telemetry-store.ts';
export { trackRoutes } from './track-routes.ts';
