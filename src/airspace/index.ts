export type { AircraftIdType, AircraftSighting, AircraftState } from './aircraft-sighting.ts';
export { recordSighting } from './aircraft-store.ts';
export { airspaceRoutes } from './airspace-routes.ts';
export { createAirspaceWatch, type Intrusion } from './airspace-watch.ts';
