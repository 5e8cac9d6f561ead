export { type Act, type ActDeps, actOnIncident } from './act-on-incident.ts';
export type { IncidentStatus } from './associate.ts';
export { listDetections, type StoredDetection } from './detection-store.ts';
export type { DetectionKind, Incident, Severity } from './incident.ts';
export {
  appendEvent,
  type IncidentEvent,
  type IncidentEventType,
  listEvents,
} from './incident-event-store.ts';
export {
  eventJson,
  IncidentDetailSchema,
  IncidentEventSchema,
  type IncidentJson,
  IncidentSchema,
  incidentJson,
} from './incident-json.ts';
export { incidentRoutes } from './incident-routes.ts';
export {
  findIncident,
  findIncidents,
  type IncidentQuery,
  listIncidents,
  lockIncidents,
} from './incident-store.ts';
export { INCIDENT_ACTIONS, type IncidentAction } from './lifecycle.ts';
export {
  type AlertHook,
  type LocatedDetection,
  type RecordDeps,
  type Recorded,
  type Region,
  recordDetection,
} from './record-detection.ts';
