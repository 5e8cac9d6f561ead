import type { Fix } from '../shared/geo.ts';
import type { Track } from './track.ts';

export type IncidentStatus =
  | 'reported'
  | 'acknowledged'
  | 'verified'
  | 'responding'
  | 'contained'
  | 'closed'
  | 'dismissed'
  | 'merged';

/** What association needs to know of an incident. */
export type Candidate = {
  id: string;
  status: IncidentStatus;
  fix: Fix;
  tracks: readonly Track[];
  lastObservedAt: Date;
  lastReceivedAt: Date;
};
