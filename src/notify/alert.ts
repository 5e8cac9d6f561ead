import type { Fix } from '../shared/geo.ts';

export type DetectionKind = 'smoke' | 'flame' | 'heat';

/** What the people told of a fire need to know; the incidents stage fills it in when an incident opens. */
export type IncidentAlert = {
  incidentId: string;
  number: string;
  kind: DetectionKind;
  /** `review`: smoke that may be a wildfire; `strong`: several independent sources, or somebody has seen it. */
  level: 'review' | 'strong';
  regionId: string;
  fix: Fix;
  /** Name of the device that saw it first. */
  sourceName: string;
  /** When the device saw it (its clock) and when we heard of it (ours). */
  observedAt: Date;
  receivedAt: Date;
};
