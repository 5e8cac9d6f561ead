import type { ConfidenceConfig } from './confidence.ts';
import type { StoredTrack, TrackDetection } from './track-store.ts';

type Persistence = Pick<ConfidenceConfig, 'framesNeeded' | 'framesWithinS'>;

/**
 * A track with one more detection. The most precise stands for all (frames of one camera share its errors; counted as
 * independent they would shrink the ellipse to a lie), the newer of equals. Pure.
 */
export const extendTrack = (
  track: StoredTrack | undefined,
  incidentId: string,
  detection: TrackDetection,
  persistence: Persistence,
): StoredTrack => {
  const { id, fix, sighting, receivedAt, azimuthDeg, observedAt } = detection;
  const best = { id, fix, sighting, receivedAt };
  if (track === undefined) {
    return {
      incidentId,
      deviceId: detection.deviceId,
      source: detection.source,
      detectionCount: 1,
      best,
      latestAzimuthDeg: azimuthDeg,
      latestObservedAt: observedAt,
      recentAt: [observedAt],
      frames: 1,
      seenAsFire: detection.seenAsFire,
      pinned: detection.pinned,
    };
  }
  const isNewest = observedAt.getTime() >= track.latestObservedAt.getTime();
  const recentAt = withinAWhile([...track.recentAt, observedAt], persistence);
  return {
    ...track,
    detectionCount: track.detectionCount + 1,
    best: area(best) <= area(track.best) ? best : track.best,
    latestAzimuthDeg: isNewest ? (azimuthDeg ?? track.latestAzimuthDeg) : track.latestAzimuthDeg,
    latestObservedAt: isNewest ? observedAt : track.latestObservedAt,
    recentAt,
    frames: Math.max(track.frames, recentAt.length),
    seenAsFire: track.seenAsFire || detection.seenAsFire,
    pinned: track.pinned || detection.pinned,
  };
};

const area = ({ fix: { ellipse } }: StoredTrack['best']): number =>
  ellipse.semiMajorM * ellipse.semiMinorM;

/** The newest few within `framesWithinS` of the very newest: enough to count to `framesNeeded`. */
const withinAWhile = (times: readonly Date[], { framesNeeded, framesWithinS }: Persistence) => {
  const sorted = times.toSorted((a, b) => a.getTime() - b.getTime());
  const newest = sorted.at(-1)?.getTime() ?? 0;
  return sorted
    .filter((at) => newest - at.getTime() <= framesWithinS * 1000)
    .slice(-Math.max(framesNeeded, 1));
};
