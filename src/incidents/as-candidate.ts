import type { Candidate } from './candidate.ts';
import type { NewDetection } from './associate.ts';
import { isActive } from './gate.ts';
import type { Incident } from './incident.ts';
import type { Track } from './track.ts';
import type { StoredTrack, TrackDetection } from './track-store.ts';

type Known = Pick<
  Incident,
  'id' | 'status' | 'fix' | 'anchorDeviceId' | 'lastObservedAt' | 'lastReceivedAt'
>;

/** An incident and its tracks (others are skipped) as association looks at them. */
export const asCandidate = (incident: Known, tracks: readonly StoredTrack[]): Candidate => ({
  id: incident.id,
  status: incident.status,
  fix: incident.fix,
  lastObservedAt: incident.lastObservedAt,
  lastReceivedAt: incident.lastReceivedAt,
  tracks: tracks
    .filter(({ incidentId }) => incidentId === incident.id)
    .map(
      (track): Track => ({
        deviceId: track.deviceId,
        source: track.source,
        best: track.best,
        latest: { azimuthDeg: track.latestAzimuthDeg, observedAt: track.latestObservedAt },
        fixed:
          track.pinned || track.deviceId === incident.anchorDeviceId || isActive(incident.status),
      }),
    ),
});

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
