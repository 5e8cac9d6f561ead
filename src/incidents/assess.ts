import { fuse } from '../locate/index.ts';
import type { CountyConfig } from '../shared/county-config.ts';
import type { Fix } from '../shared/geo.ts';
import type { Suppression, SuppressionKind } from '../suppression/index.ts';
import {
  type AlertLevel,
  type Confidence,
  confidenceOf,
  type Evidence,
  levelOf,
} from './confidence.ts';
import type { StoredHypothesis } from './incident.ts';
import type { StoredTrack } from './track-store.ts';

export type AssessConfig = Pick<CountyConfig, 'association' | 'confidence' | 'locate'>;
export type ReportsOf = (deviceId: string) => 'alarms' | 'frames';

/** Who is in each reading, without its fix. */
export type Alternatives = readonly Pick<StoredHypothesis, 'probability' | 'deviceIds'>[];

/**
 * The fix of an incident from its tracks, and that of each reading. What the readings do not agree on is left out of
 * the fix: a place that only one of them makes may be where two lines cross by chance. Undefined without tracks.
 */
export const fixOf = (
  tracks: readonly StoredTrack[],
  alternatives: Alternatives,
  config: AssessConfig['locate'],
): { fix: Fix; hypotheses: StoredHypothesis[] } | undefined => {
  if (tracks.length === 0) return undefined;
  const make = (chosen: readonly StoredTrack[]): Fix =>
    fuse(
      chosen.map((track) => track.best),
      config,
    );
  const readings = alternatives
    .map((reading) => ({
      ...reading,
      tracks: tracks.filter(({ deviceId }) => reading.deviceIds.includes(deviceId)),
    }))
    .filter((reading) => reading.tracks.length > 0);
  const certain = tracks.filter((track) => readings.every((r) => r.tracks.includes(track)));
  if (readings.length < 2 || certain.length === 0) return { fix: make(tracks), hypotheses: [] };
  const fix = make(certain);
  return {
    fix: { ...fix, flags: [...new Set([...(fix.flags ?? []), 'ambiguous' as const])] },
    hypotheses: readings.map(({ probability, deviceIds, tracks: own }) => ({
      probability,
      deviceIds,
      fix: make(own),
    })),
  };
};

/**
 * How much an incident is believed: the least that any of its readings gives. A mask of one camera's view counts only
 * when no other camera has seen it clear.
 */
export const believe = (
  tracks: readonly StoredTrack[],
  {
    hypotheses,
    suppressions,
  }: {
    hypotheses: readonly StoredHypothesis[];
    suppressions: readonly Suppression[];
  },
  { config, reportsOf }: { config: AssessConfig['confidence']; reportsOf: ReportsOf },
): Confidence & { level: AlertLevel } => {
  const sets =
    hypotheses.length === 0
      ? [tracks]
      : hypotheses.map(({ deviceIds }) => tracks.filter((t) => deviceIds.includes(t.deviceId)));
  const beliefs = sets.map((set) =>
    confidenceOf(
      set.map((track) => evidenceOf(track, reportsOf)),
      kindsThatHold(suppressions, set),
      config,
    ),
  );
  const least = beliefs.reduce((a, b) => (b.probability < a.probability ? b : a));
  return { ...least, level: levelOf(least.probability, config) };
};

const evidenceOf = (track: StoredTrack, reportsOf: ReportsOf): Evidence => ({
  deviceId: track.deviceId,
  source: track.source,
  station: track.best.sighting.station,
  reports: reportsOf(track.deviceId),
  frames: track.frames,
  seenAsFire: track.seenAsFire,
});

const kindsThatHold = (
  suppressions: readonly Suppression[],
  tracks: readonly StoredTrack[],
): Set<SuppressionKind> => {
  const masked = new Set(
    suppressions.flatMap((layer) => (layer.kind === 'view_mask' ? [layer.deviceId] : [])),
  );
  const allMasked = tracks.length > 0 && tracks.every(({ deviceId }) => masked.has(deviceId));
  return new Set(
    suppressions.map(({ kind }) => kind).filter((kind) => kind !== 'view_mask' || allMasked),
  );
};
