import type { Fix } from '../shared/geo.ts';
import type { Candidate, IncidentStatus } from './candidate.ts';
import type { AssociationConfig, SourceClass } from './track.ts';

/** Statuses in which an incident takes detections of any source. */
const OPEN: readonly IncidentStatus[] = [
  'reported',
  'acknowledged',
  'verified',
  'responding',
  'contained',
];
/** People have judged it a fire and are at work on it. */
const ACTIVE: readonly IncidentStatus[] = ['verified', 'responding', 'contained'];

export const isOpen = (status: IncidentStatus): boolean => OPEN.includes(status);
export const isActive = (status: IncidentStatus): boolean => ACTIVE.includes(status);

type Times = { observedAt: Date; receivedAt: Date };

/**
 * Whether a detection comes soon enough after an incident's last: within the longer of the windows of its own kind
 * and of the kinds that have seen the fire; an incident people are at work on waits longer.
 *
 * Either clock may prove nearness in time: a camera whose clock is hours off still joins by our receipt, a message
 * that waited out a broken link still joins by its own time.
 */
export const inWindow = (
  candidate: Candidate,
  source: SourceClass,
  { observedAt, receivedAt }: Times,
  config: AssociationConfig,
): boolean => {
  const sources = [source, ...candidate.tracks.map((track) => track.source)];
  const windowS = Math.max(
    ...sources.map((name) => config.windowS[name]),
    isActive(candidate.status) ? config.activeWindowS : 0,
  );
  const gapMs = Math.min(
    Math.abs(observedAt.getTime() - candidate.lastObservedAt.getTime()),
    Math.abs(receivedAt.getTime() - candidate.lastReceivedAt.getTime()),
  );
  return gapMs <= windowS * 1000;
};

/** How far a fire may have spread in a time, 95 %, metres: its own size and drifting smoke at once, then more. */
export const growthM = (
  { growth }: Pick<AssociationConfig, 'growth'>,
  fromMs: number,
  toMs: number,
): number => {
  const hours = Math.abs(toMs - fromMs) / 3_600_000;
  return Math.min(growth.maxM, growth.startM + growth.metresPerHour * hours);
};

/** An ellipse within this says where a fire is, metres: then the place, not each track, is asked what fits it. */
const KNOWN_PLACE_M = 500;

export const isPlaceKnown = ({ ellipse, flags }: Fix): boolean =>
  ellipse.semiMajorM <= KNOWN_PLACE_M && flags?.includes('ambiguous') !== true;
