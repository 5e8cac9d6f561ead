export { importResources } from './import-resources.ts';
export { incidentNearbyRoutes } from './incident-nearby-routes.ts';
export { createResourceIndex, type ResourceIndex } from './resource-index.ts';
export { resourceRoutes } from './resource-routes.ts';
export { moveResourcesOf } from './resource-store.ts';
