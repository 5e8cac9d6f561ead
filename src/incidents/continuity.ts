import { mahalanobis2 } from '../locate/index.ts';
import { geodesicInverse, wrap180 } from '../shared/geo.ts';
import type { Candidate } from './candidate.ts';
import { growthM, isOpen, isPlaceKnown } from './gate.ts';
import type { AssociationConfig, NewDetection, Track } from './track.ts';

/** Frames of one camera this close in azimuth show one fire: smoke leans and boxes jump. Degrees. */
const SAME_DIRECTION_DEG = 1.5;
/** Two boxes this far apart in one picture are two fires, whatever the errors: they share those. Degrees. */
const APART_IN_FRAME_DEG = 1;
const ONE_FRAME_MS = 500;

/** Who dismissed one person's call has said nothing of the next. */
const mayJoin = ({ status }: Candidate, { source }: NewDetection): boolean =>
  isOpen(status) || (status === 'dismissed' && source !== 'caller' && source !== 'ranger');

/** The incident in which this source already sees this, the nearest in direction first. */
export const findContinued = (
  detection: NewDetection,
  candidates: readonly Candidate[],
  association: AssociationConfig,
): Candidate | undefined => {
  let best: { candidate: Candidate; off: number } | undefined;
  for (const candidate of candidates) {
    if (!mayJoin(candidate, detection)) continue;
    const track = candidate.tracks.find((own) => own.deviceId === detection.deviceId);
    if (track === undefined) continue;
    const off = offTrack(detection, track, { candidate, association });
    if (off <= 1 && (best === undefined || off < best.off)) best = { candidate, off };
  }
  return best?.candidate;
};

/** How far a detection is from a track of its own source, 1 = as far as one fire may be. */
const offTrack = (
  detection: NewDetection,
  track: Track,
  { candidate: { fix }, association }: { candidate: Candidate; association: AssociationConfig },
): number => {
  const { bearing, station } = detection.best.sighting;
  const before = track.latest.azimuthDeg;
  if (detection.source !== 'camera' || bearing === null || before === null || station === null) {
    const spreadM = growthM(
      association,
      track.best.receivedAt.getTime(),
      detection.receivedAt.getTime(),
    );
    return mahalanobis2(track.best.fix, detection.best.fix, spreadM) / association.pointGateChi2;
  }
  const first = track.best.sighting.bearing?.azimuthDeg ?? before;
  const apartDeg = Math.min(
    ...[before, first].map((azimuth) => Math.abs(wrap180(bearing.azimuthDeg - azimuth))),
  );
  const toFix = geodesicInverse([station.lon, station.lat], [fix.lon, fix.lat]);
  const fireDeg = (Math.atan2(association.growth.startM, toFix.distanceM) * 180) / Math.PI;
  if (isSameFrame(track, detection)) return apartDeg / Math.max(APART_IN_FRAME_DEG, fireDeg);
  const errorDeg = Math.sqrt(association.bearingGateChi2) * bearing.sigmaDeg;
  // Both frames have an error of their own; a place known from others has hardly any.
  const offBefore = apartDeg / Math.max(SAME_DIRECTION_DEG, fireDeg, Math.SQRT2 * errorDeg);
  const offPlace = Math.abs(wrap180(bearing.azimuthDeg - toFix.azimuthDeg)) / (errorDeg + fireDeg);
  return isPlaceKnown(fix) ? Math.min(offBefore, offPlace) : offBefore;
};

/** Boxes of one picture share its errors: two of them are two fires. */
export const isSameFrame = (a: Pick<Track, 'latest'>, b: Pick<Track, 'latest'>): boolean =>
  Math.abs(a.latest.observedAt.getTime() - b.latest.observedAt.getTime()) <= ONE_FRAME_MS;
