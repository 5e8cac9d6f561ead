export type { LayerRef, SuppressionKind } from './layer.ts';
export { suppressionRoutes } from './suppression-routes.ts';
export { layersNear } from './suppression-store.ts';
export { type Suppression, suppressionsAt } from './suppressions-at.ts';
