export { type BatchWriter, createBatchWriter } from './batch-writer.ts';
export { foldStates } from './latest-state.ts';
export { createPartitionKeeper } from './partitions.ts';
export type { TelemetryReading, TelemetryRow } from './telemetry-reading.ts';
export {
  insertTelemetry,
  lastPosition,
  mergeLatestStates,
  savePersonPosition,
  setAllOffline,
  setOnline,
} from './telemetry-store.ts';
export { trackRoutes } from './track-routes.ts';
