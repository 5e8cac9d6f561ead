export type { Geometry, GeometryType } from './geometry.ts';
export { importResources } from './import-resources.ts';
export { incidentNearbyRoutes } from './incident-nearby-routes.ts';
export type { NearbyHit } from './nearby/nearby-index.ts';
export {
  type NearbyItem,
  NearbyItemSchema,
  NearbyQuery,
  NearbySchema,
  nearbyItems,
} from './nearby-items.ts';
export {
  isResourceKind,
  RESOURCE_KINDS,
  type Resource,
  type ResourceKind,
  ResourceKindSchema,
} from './resource.ts';
export {
  createResourceIndex,
  type IndexState,
  type ResourceIndex,
  type ResourceIndexDeps,
} from './resource-index.ts';
export { type ResourceRoutesDeps, resourceRoutes } from './resource-routes.ts';
export { moveResourcesOf } from './resource-store.ts';
