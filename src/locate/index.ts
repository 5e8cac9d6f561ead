export {
  type Calibrated,
  type CalibrationRefused,
  calibrate,
  LANDMARKS_FOR_SIGMA,
} from './calibrate.ts';
export { fuse, mahalanobis2 } from './combine.ts';
export { HfovByZoomSchema, HfovSchema, isRisingZoom, type Lens } from './field-of-view.ts';
export { landmarkDirection, type SeenLandmark } from './landmark.ts';
export { locate, type Observation, type Observer } from './locate.ts';
export {
  type ReportedFrame,
  ReportedFrameSchema,
  readFrame,
  resolveFrame,
} from './reported-frame.ts';
export type { Box, Frame } from './sight-line.ts';
