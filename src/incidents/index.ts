export { actOnIncident } from './act-on-incident.ts';
export {
  type AlertHook,
  type IncidentDeps,
} from './assess-incident.ts';
export { listDetections, listSatelliteDetections } from './detection-store.ts';
export type { DetectionKind, Incident } from './incident.ts';
export {
  appendEvent,
  listEvents,
} from './incident-event-store.ts';
export {
  type IncidentJson,
  incidentJson,
} from './incident-json.ts';
export { incidentRoutes } from './incident-routes.ts';
export {
  findIncident,
  findIncidents,
  lockIncidents,
} from './incident-store.ts';
export type { IncidentAction } from './lifecycle.ts';
export { qualityRoutes } from './quality-routes.ts';
export { createReassessor, type Reassessor } from './reassess.ts';
export {
  type LocatedDetection,
  type Recorded,
  recordDetection,
} from './record-detection.ts';
export { regroupRoutes } from './regroup-routes.ts';
export { requireVisible } from './require-visible.ts';
export { sourceClassOf } from './track.ts';
