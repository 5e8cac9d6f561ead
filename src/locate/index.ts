export { fuse, mahalanobis2 } from './combine.ts';
export {
  HfovByZoomSchema,
  HfovSchema,
  hfovAtZoom,
  isRisingZoom,
  type Lens,
  ZoomSchema,
} from './field-of-view.ts';
export { locate, type Observation, type Observer } from './locate.ts';
export type { Box, Frame } from './sight-line.ts';
