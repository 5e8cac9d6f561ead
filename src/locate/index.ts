export { fuse, mahalanobis2 } from './combine.ts';
export { locate, type Observation, type Observer } from './locate.ts';
export type { Box, Frame } from './sight-line.ts';
