export { areaEllipse } from './area-ellipse.ts';
export { type Calibrated, calibrate, LANDMARKS_FOR_SIGMA } from './calibrate.ts';
export { misfitOn, type Skyline, skylineAlong } from './elevation-misfit.ts';
export { HfovByZoomSchema, HfovSchema, isRisingZoom, type Lens } from './field-of-view.ts';
export { fuse } from './fuse.ts';
export type { Contribution } from './joint.ts';
export { landmarkDirection, type SeenLandmark } from './landmark.ts';
export {
  type LocateConfig,
  type Located,
  locate,
  type Observation,
  type Observer,
} from './locate.ts';
export { mahalanobis2 } from './mahalanobis.ts';
export { onOneMast } from './masts.ts';
export { createNearSolver, type NearSource } from './near-solver.ts';
export type { PlanePoint } from './plane.ts';
export {
  type ReportedFrame,
  ReportedFrameSchema,
  readFrame,
  resolveFrame,
} from './reported-frame.ts';
export type { Box, Frame } from './sight-line.ts';
export type { Sighting, SourceKind, Station } from './sighting.ts';
