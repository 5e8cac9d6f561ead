import type { Fix } from '../shared/geo.ts';
import type { SuppressionKind } from '../suppression/index.ts';
import type { IncidentStatus } from './candidate.ts';
import type { AlertLevel, Factor } from './confidence.ts';

export type Severity = 'low' | 'moderate' | 'high' | 'critical';

/** A fire as we know it: the detections believed to be one fire, with one current fix and a lifecycle. */
export type Incident = {
  id: string;
  /** `{regionCode}-{yyyymmdd}-{seq}`, local time at opening; it stays when the fix moves to another region. */
  number: string;
  status: IncidentStatus;
  /** Probability that it is a wildfire (`confidenceOf`); of several readings the lowest. */
  confidence: number;
  /** What made it so. */
  factors: readonly Factor[];
  /** The highest level people were alerted at. */
  alertLevel: AlertLevel;
  /** Layers that hold it down, and until when. */
  suppressions: readonly StoredSuppression[];
  severity: Severity;
  regionId: string;
  fix: Fix;
  /** Readings of its detections that do not exclude each other yet, the likeliest first; empty = certain. */
  hypotheses: readonly StoredHypothesis[];
  /** The device whose detection opened it; what that saw is what it is about. */
  anchorDeviceId: string;
  detectionCount: number;
  sourceIds: readonly string[];
  openedAt: Date;
  updatedAt: Date;
  lastObservedAt: Date;
  lastReceivedAt: Date;
  acknowledgedAt: Date | null;
  verifiedAt: Date | null;
  respondingAt: Date | null;
  containedAt: Date | null;
  closedAt: Date | null;
  dismissedReason: string | null;
  mergedIntoId: string | null;
};

/** One way to read an incident's detections: those of these devices are of this fire, which is then here. */
export type StoredHypothesis = {
  probability: number;
  deviceIds: readonly string[];
  fix: Fix;
};

/** `until` is RFC 3339. */
export type StoredSuppression = {
  kind: SuppressionKind;
  id: string;
  name: string;
  until: string;
};

export type DetectionKind = 'smoke' | 'flame' | 'heat';

/** Open flame or measured heat is a fire; smoke may still be a field being burnt off. */
export const severityOf = (kind: DetectionKind): Severity =>
  kind === 'smoke' ? 'moderate' : 'high';

const ORDER: readonly Severity[] = ['low', 'moderate', 'high', 'critical'];

export const worse = (a: Severity, b: Severity): Severity =>
  ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b;
