import type { Fix } from '../shared/geo.ts';
import type { IncidentStatus } from './associate.ts';

export type Severity = 'low' | 'moderate' | 'high' | 'critical';

/** A fire as we know it: the detections believed to be one fire, with one current fix and a lifecycle. */
export type Incident = {
  id: string;
  /** `{regionCode}-{yyyymmdd}-{seq}`, local time at opening; it stays when the fix moves to another region. */
  number: string;
  status: IncidentStatus;
  /** 0..1: the highest confidence any of its detections was reported with. */
  confidence: number;
  severity: Severity;
  regionId: string;
  fix: Fix;
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

export type DetectionKind = 'smoke' | 'flame' | 'heat';

/** Open flame or measured heat is a fire; smoke may still be a field being burnt off. */
export const severityOf = (kind: DetectionKind): Severity =>
  kind === 'smoke' ? 'moderate' : 'high';

const ORDER: readonly Severity[] = ['low', 'moderate', 'high', 'critical'];

export const worse = (a: Severity, b: Severity): Severity =>
  ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b;
