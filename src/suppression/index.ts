export type { LayerRef, SuppressionKind } from './layer.ts';
export { suppressionRoutes } from './suppression-routes.ts';
export { layersNear, type Near } from './suppression-store.ts';
export {
  type Sighted,
  type Sighting,
  type Suppression,
  type SuppressionLayers,
  suppressionsAt,
} from './suppressions-at.ts';
