import type { Incident } from '../incidents/index.ts';
import type { Fix } from '../shared/geo.ts';

/** What was seen; stays with the incident's escalation for the text of later steps. */
export type SeenFact = {
  kind: DetectionKind;
  /** Name of the device that saw it. */
  sourceName: string;
  /** When the device saw it (its clock) and when we heard of it (ours). */
  observedAt: Date;
  receivedAt: Date;
};

export type DetectionKind = 'smoke' | 'flame' | 'heat';

/** What the people told of a fire need to know; the incidents stage fills it in when an incident opens. */
export type IncidentAlert = SeenFact & {
  incidentId: string;
  number: string;
  severity: 'low' | 'moderate' | 'high' | 'critical';
  /** `review`: smoke that may be a wildfire; `strong`: several independent sources, or somebody has seen it. */
  level: 'review' | 'strong';
  regionId: string;
  fix: Fix;
  /** What is wrong with that device, in few words. */
  sourceProblem?: { zh: string; en: string };
};

/** What is told of an incident later on: as it is now, with what was seen last. */
export const alertOf = (incident: Incident, seen: SeenFact): IncidentAlert => ({
  ...seen,
  incidentId: incident.id,
  number: incident.number,
  severity: incident.severity,
  level: incident.alertLevel === 'strong' ? 'strong' : 'review',
  regionId: incident.regionId,
  fix: incident.fix,
});
