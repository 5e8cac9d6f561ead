export { curvatureDropM } from './curvature.ts';
export { type GroundPath, groundPath, latAt, lonAt } from './ground-path.ts';
export { type LineOfSight, lineOfSight } from './line-of-sight.ts';
export { type Profile, profile } from './profile.ts';
export { type RayDirection, type RayHit, type RayResult, raycast } from './ray.ts';
export type { Eye, Terrain } from './terrain.ts';
