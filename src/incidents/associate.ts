import { mahalanobis2 } from '../locate/index.ts';
import type { Fix } from '../shared/geo.ts';

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
  sourceIds: readonly string[];
  lastObservedAt: Date;
  lastReceivedAt: Date;
};

/** What association needs to know of a new detection: its own fix, its source and both clocks. */
export type NewDetection = { deviceId: string; fix: Fix; observedAt: Date; receivedAt: Date };

export type Association = { kind: 'join'; incidentId: string; chi2: number } | { kind: 'open' };

export type AssociationConfig = { gateChi2: number; windowS: number };

const OPEN: readonly IncidentStatus[] = [
  'reported',
  'acknowledged',
  'verified',
  'responding',
  'contained',
];

/**
 * Whether a detection belongs to a known incident: the candidate with the least χ² under the gate, seen
 * within the time window; else a new one opens.
 *
 * Either clock may prove nearness in time: a camera whose clock is hours off still joins by our receipt,
 * a message that waited out a broken link still joins by its own time.
 *
 * An alarm without a direction (`vicinity`) fits everything within 15 km; it joins only what its own source
 * opened, or a second fire in the next valley would vanish in the first without a word to anybody.
 *
 * A dismissed incident takes further frames of the sources it was dismissed for, so that one false alarm
 * is one message and not one a frame; any other source opens a new incident.
 */
export const associate = (
  detection: NewDetection,
  candidates: readonly Candidate[],
  config: AssociationConfig,
): Association => {
  let best: { incidentId: string; chi2: number } | undefined;
  for (const candidate of candidates) {
    if (!takesDetections(candidate, detection)) continue;
    if (gapS(candidate, detection) > config.windowS) continue;
    const chi2 = mahalanobis2(candidate.fix, detection.fix);
    if (chi2 > config.gateChi2) continue;
    if (best === undefined || chi2 < best.chi2) best = { incidentId: candidate.id, chi2 };
  }
  return best === undefined ? { kind: 'open' } : { kind: 'join', ...best };
};

const takesDetections = (candidate: Candidate, { deviceId, fix }: NewDetection): boolean => {
  const ownSource = candidate.sourceIds.includes(deviceId);
  const directionless = fix.method === 'vicinity' || candidate.fix.method === 'vicinity';
  if (directionless && !ownSource) return false;
  return OPEN.includes(candidate.status) || (candidate.status === 'dismissed' && ownSource);
};

const gapS = (candidate: Candidate, detection: NewDetection): number =>
  Math.min(
    Math.abs(detection.observedAt.getTime() - candidate.lastObservedAt.getTime()),
    Math.abs(detection.receivedAt.getTime() - candidate.lastReceivedAt.getTime()),
  ) / 1000;
