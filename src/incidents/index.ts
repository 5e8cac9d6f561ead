export { actOnIncident } from './act-on-incident.ts';

export { listDetections } from './detection-store.ts';
export type { DetectionKind } from './incident.ts';
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

export {
  type AlertHook,
  type LocatedDetection,
  type RecordDeps,
  type Recorded,
  recordDetection,
} from './record-detection.ts';
