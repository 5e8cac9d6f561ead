import { onOneMast, type Station } from '../locate/index.ts';
import type { CountyConfig } from '../shared/county-config.ts';
import type { SuppressionKind } from '../suppression/index.ts';
import type { SourceClass } from './track.ts';

export type ConfidenceConfig = CountyConfig['confidence'];

/** What one device's detections in an incident are worth as evidence. */
export type Evidence = {
  deviceId: string;
  source: SourceClass;
  /** Where it stands; null = it is no vantage point (satellite, caller). */
  station: Station | null;
  /** `frames`: it reports every frame and earns an alarm's worth only by persistence. */
  reports: 'alarms' | 'frames';
  /** The most detections it sent within any `framesWithinS`. */
  frames: number;
  /** A person has looked at one of its pictures and called it wildfire. */
  seenAsFire: boolean;
};

/** One factor of the odds, named for the timeline. */
export type Factor = { name: string; ratio: number };

export type Confidence = { probability: number; factors: readonly Factor[] };
export type AlertLevel = 'none' | 'review' | 'strong';

/**
 * The probability that an incident is a wildfire: prior odds p₀/(1−p₀) times one likelihood ratio for each independent
 * piece of evidence. Frames of one device count once; a second mast counts once however many more see it (they
 * establish that there is smoke, and two suffice; whose smoke it is they do not know); each kind of suppression
 * counts once. Pure.
 */
export const confidenceOf = (
  evidence: readonly Evidence[],
  suppressions: ReadonlySet<SuppressionKind>,
  config: ConfidenceConfig,
): Confidence => {
  const { likelihoodRatio: ratios } = config;
  const factors: Factor[] = [...ofCameras(evidence, config), ...ofOthers(evidence, config)];
  if (evidence.some(({ seenAsFire }) => seenAsFire)) {
    factors.push({ name: 'labelled', ratio: ratios.visual });
  }
  if (suppressions.has('permitted_burn')) {
    factors.push({ name: 'permitted_burn', ratio: ratios.permittedBurn });
  }
  if (suppressions.has('heat_source')) {
    factors.push({ name: 'heat_source', ratio: ratios.heatSource });
  }
  if (suppressions.has('view_mask')) factors.push({ name: 'view_mask', ratio: ratios.viewMask });
  const odds = factors.reduce(
    (product, { ratio }) => product * ratio,
    config.prior / (1 - config.prior),
  );
  return { probability: odds / (1 + odds), factors };
};

/** The strongest camera counts in full; one more mast that sees it counts as such, another on the same mast hardly. */
const ofCameras = (evidence: readonly Evidence[], config: ConfidenceConfig): Factor[] => {
  const { likelihoodRatio: ratios, framesNeeded } = config;
  const cameras = evidence.filter(({ source }) => source === 'camera');
  const persists = ({ reports, frames }: Evidence): boolean =>
    reports === 'alarms' || frames >= framesNeeded;
  const first = cameras.find(persists) ?? cameras[0];
  if (first === undefined) return [];
  const factors: Factor[] = [
    persists(first)
      ? { name: 'camera_alarm', ratio: ratios.alarm }
      : { name: 'camera_frame', ratio: ratios.frame },
  ];
  const others = cameras.filter((camera) => camera !== first);
  const apart = (camera: Evidence): boolean =>
    camera.station !== null && first.station !== null && !onOneMast(camera.station, first.station);
  const second = others.find((camera) => apart(camera) && persists(camera));
  if (second !== undefined) factors.push({ name: 'second_mast', ratio: ratios.secondMast });
  else if (others.some(apart)) factors.push({ name: 'second_mast_frame', ratio: ratios.frame });
  else if (others.length > 0) factors.push({ name: 'same_mast', ratio: ratios.sameMast });
  return factors;
};

/** Each other kind of source once. */
const ofOthers = (evidence: readonly Evidence[], { likelihoodRatio: ratios }: ConfidenceConfig) => {
  const kinds = new Set(evidence.map(({ source }) => source));
  const factors: Factor[] = [];
  for (const kind of ['viirs', 'modis', 'himawari', 'caller'] as const) {
    if (kinds.has(kind)) factors.push({ name: kind, ratio: ratios[kind] });
  }
  for (const kind of ['drone', 'ranger'] as const) {
    if (kinds.has(kind)) factors.push({ name: kind, ratio: ratios.visual });
  }
  return factors;
};

/** What is done about it: below review it is listed only. */
export const levelOf = (
  probability: number,
  { reviewAt, strongAt }: Pick<ConfidenceConfig, 'reviewAt' | 'strongAt'>,
): AlertLevel => (probability >= strongAt ? 'strong' : probability >= reviewAt ? 'review' : 'none');
