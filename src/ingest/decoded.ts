import type { AircraftSighting } from '../airspace/index.ts';
import type { DetectionKind } from '../incidents/index.ts';
import type { Box, ReportedFrame } from '../locate/index.ts';
import type { LonLat } from '../shared/geo.ts';
import type { TelemetryReading } from '../telemetry/index.ts';

/** One observation of smoke, flame or heat as its source reported it; null = not said or said to be unknown. */
export type DetectionReport = {
  /** The source's own event id. */
  sourceEventId: string | null;
  observedAt: Date;
  kind: DetectionKind;
  confidence: number;
  position: LonLat | null;
  /** 95 % radius of `position` where the source says one, metres. */
  positionRadiusM: number | null;
  /** The region it names instead of a position: a caller says which village. */
  regionId: string | null;
  azimuthDeg: number | null;
  elevationDeg: number | null;
  rangeM: number | null;
  frame: ReportedFrame | null;
  box: Box | null;
  temperatureC: number | null;
  imageUrl: string | null;
  /** Of the picture it was seen in, where that is known: two alike are one. */
  frameSha256?: string;
};

export type PersonPosition = { observedAt: Date; position: LonLat; accuracyM: number | null };

export type PersonReceipt = {
  notificationId: string;
  event: 'delivered' | 'read' | 'acknowledged';
  /** 1: takes it; 2: false alarm; 0: cannot come. */
  reply: '0' | '1' | '2' | null;
  at: Date;
};

/** Why a message could not be taken; counted and listed with the dead letters. */
export type RejectCode =
  | 'unknown_topic'
  | 'topic_not_allowed'
  | 'unknown_device'
  | 'wrong_device'
  | 'too_large'
  | 'invalid_utf8'
  | 'invalid_json'
  | 'invalid_xml'
  | 'invalid_payload'
  | 'invalid_image'
  | 'unlocated';

export type Rejected = { kind: 'rejected'; code: RejectCode; reason: string };

export type Decoded =
  | { kind: 'detection'; report: DetectionReport }
  | { kind: 'telemetry'; reading: TelemetryReading }
  | { kind: 'status'; online: boolean }
  /** An aircraft that is perhaps not ours. */
  | { kind: 'aircraft'; sighting: AircraftSighting }
  | { kind: 'position'; position: PersonPosition }
  | { kind: 'receipt'; receipt: PersonReceipt }
  /** Well-formed, but with nothing to keep (a cleared retained message). */
  | { kind: 'nothing' }
  | Rejected;

export const rejected = (code: RejectCode, reason: string): Rejected => ({
  kind: 'rejected',
  code,
  reason,
});
