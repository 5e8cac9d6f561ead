export { type BatchWriter, createBatchWriter } from './batch-writer.ts';
export { foldStates } from './latest-state.ts';
export { createPartitionKeeper } from './partitions.ts';
export { createSignBook, type SignOfLife } from './signs-of-life.ts';
export {
  type LaserTarget,
  NOTHING_READ,
  type TelemetryReading,
  type TelemetryRow,
  type TextInBoth,
} from './telemetry-reading.ts';
export {
  type Aim,
  aimAt,
  insertTelemetry,
  lastPose,
  mergeLatestStates,
  mergeState,
  type Pose,
  savePersonPosition,
  saveSigns,
  setAllOffline,
  setOnline,
} from './telemetry-store.ts';
export { trackRoutes } from './track-routes.ts';
