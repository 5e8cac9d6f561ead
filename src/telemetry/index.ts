export { type BatchWriter, createBatchWriter } from './batch-writer.ts';
export { foldStates } from './latest-state.ts';
export { createPartitionKeeper } from './partitions.ts';
export { NOTHING_READ, type TelemetryReading, type TelemetryRow } from './telemetry-reading.ts';
export {
  type Aim,
  aimAt,
  insertTelemetry,
  lastPose,
  mergeLatestStates,
  type Pose,
  savePersonPosition,
  setAllOffline,
  setOnline,
} from './telemetry-store.ts';
export { trackRoutes } from './track-routes.ts';
