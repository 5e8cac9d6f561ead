import type { Contribution, SourceKind } from '../locate/index.ts';
import type { CountyConfig } from '../shared/county-config.ts';

export type AssociationConfig = CountyConfig['association'];
/** What decides how long a source's detection may join a fire and what it is worth as evidence. */
export type SourceClass = keyof AssociationConfig['windowS'];

/** A satellite counts by its sensor (VIIRS unless it says otherwise), a dock as its drone. */
export const sourceClassOf = (kind: SourceKind, sensor: string | null): SourceClass => {
  if (kind === 'satellite') return sensor === 'modis' || sensor === 'himawari' ? sensor : 'viirs';
  return kind === 'dock' ? 'drone' : kind;
};

/** All detections of one device in one incident: they share its errors, so they count once. */
export type Track = {
  deviceId: string;
  source: SourceClass;
  /** The most precise of them. */
  best: Contribution & { receivedAt: Date };
  /** The newest: smoke drifts and fires grow, and the next frame is near it. */
  latest: { azimuthDeg: number | null; observedAt: Date };
  /** It opened the incident, or a person put it there or works on it: association leaves it where it is. */
  fixed: boolean;
};

/** A new detection as a track of its own, with both clocks. */
export type NewDetection = Track & { observedAt: Date; receivedAt: Date };
