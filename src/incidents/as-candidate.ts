import type { Candidate } from './candidate.ts';
import { isActive, isPlaceKnown } from './gate.ts';
import type { Incident } from './incident.ts';
import type { NewDetection, Track } from './track.ts';
import type { StoredTrack, TrackDetection } from './track-store.ts';

type Known = Pick<
  Incident,
  'id' | 'status' | 'fix' | 'anchorDeviceId' | 'lastObservedAt' | 'lastReceivedAt'
>;

/**
 * An incident and its tracks (those of others are skipped) as association looks at them. Its anchor stays, or the
 * incident would become another's. Only where nobody has acted on it and it has no confirmed point, one sight line or
 * two that cross badly, may the anchor turn out to be a known fire's, and the incident with it.
 */
export const asCandidate = (incident: Known, tracks: readonly StoredTrack[]): Candidate => {
  const { id, status, fix, anchorDeviceId, lastObservedAt, lastReceivedAt } = incident;
  const own = tracks.filter(({ incidentId }) => incidentId === id);
  const isConfirmed =
    status !== 'reported' ||
    own.some(({ best }) => best.sighting.point !== null) ||
    own.length > 2 ||
    (own.length === 2 && isPlaceKnown(fix));
  return {
    id,
    status,
    fix,
    lastObservedAt,
    lastReceivedAt,
    tracks: own.map(
      (track): Track => ({
        deviceId: track.deviceId,
        source: track.source,
        best: track.best,
        latest: { azimuthDeg: track.latestAzimuthDeg, observedAt: track.latestObservedAt },
        fixed:
          track.pinned || isActive(status) || (track.deviceId === anchorDeviceId && isConfirmed),
      }),
    ),
  };
};

/** A detection that belongs to no incident yet, as a track of its own. */
export const asNewTrack = (
  detection: Omit<TrackDetection, 'seenAsFire' | 'pinned'>,
): NewDetection => {
  const { id, deviceId, source, fix, sighting, observedAt, receivedAt, azimuthDeg } = detection;
  return {
    deviceId,
    source,
    best: { id, fix, sighting, receivedAt },
    latest: { azimuthDeg, observedAt },
    fixed: false,
    observedAt,
    receivedAt,
  };
};
