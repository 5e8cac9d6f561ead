import type { RouteGroup } from '../shared/http.ts';
import { heatSourceRoutes } from './heat-source-routes.ts';
import { permittedBurnRoutes } from './permitted-burn-routes.ts';
import { type MaskRoutesDeps, viewMaskRoutes } from './view-mask-routes.ts';

/** `permitted-burns`, `heat-sources`, `devices/{id}/masks`. */
export const suppressionRoutes =
  (deps: MaskRoutesDeps): RouteGroup =>
  (app) => {
    permittedBurnRoutes(deps)(app);
    heatSourceRoutes(deps)(app);
    viewMaskRoutes(deps)(app);
  };
