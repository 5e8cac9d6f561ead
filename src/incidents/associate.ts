import { mahalanobis2 } from '../locate/index.ts';
import { geodesicInverse, wrap180 } from '../shared/geo.ts';
import type { Candidate } from './candidate.ts';
import { growthM, inWindow, isActive, isOpen } from './gate.ts';
import { type Cluster, type Hypothesis, NEW, rankHypotheses, tracksAt } from './hypotheses.ts';
import { type CostContext, setCost } from './set-cost.ts';
import type { Track } from './track.ts';

/** A new detection as a track of its own, with both clocks. */
export type NewDetection = Track & { observedAt: Date; receivedAt: Date };

/** One way to read the detections of an incident that others do not exclude yet. */
export type Reading = { probability: number; tracks: readonly Track[] };

export type Association = {
  /** The incident it joins; null = it opens one. */
  incidentId: string | null;
  /** Tracks that belong to another incident than was thought (null = the new one). */
  moves: { deviceId: string; from: string; to: string | null }[];
  /**
   * For each incident of the cluster (null = the new one) more than one reading, the likeliest first, or none when
   * its tracks are certain. Incidents without an entry were not looked at: what was undecided stays so.
   */
  readings: Map<string | null, readonly Reading[]>;
};

/** Frames of one camera this close in azimuth show one fire: smoke leans and boxes jump. Degrees. */
const SAME_DIRECTION_DEG = 1.5;
/** Two boxes this far apart in one picture are two fires, whatever the errors: they share those. Degrees. */
const APART_IN_FRAME_DEG = 1;
const ONE_FRAME_MS = 500;
/** Fixes farther apart than this many σ² need no closer look. */
const FAR_CHI2 = 25;
/** More would cost more than the decision is worth; the nearest are kept. */
const MAX_INCIDENTS = 6;
const MAX_MOVABLE = 8;

/**
 * Which incident a detection belongs to: one-to-one assignment of tracks to incidents that minimises Σχ² with a miss
 * penalty, over the open incidents it may have to do with.
 *
 * A frame of a camera that already sees an incident in that direction joins it. Else every assignment of it, and of
 * those tracks near it that nobody has fixed, is weighed; one that two assignments of nearly equal cost place
 * differently is undecided, and the readings say so: a fix is not made from what may be another fire's.
 *
 * An alarm without a direction (`vicinity`) fits everything within 15 km; it joins only what its own source opened,
 * or a second fire in the next valley would vanish in the first without a word to anybody.
 *
 * A dismissed incident takes further frames of the sources it was dismissed for, so that one false alarm is one
 * message and not one a frame; any other source opens a new incident. Pure.
 */
export const associate = (
  detection: NewDetection,
  candidates: readonly Candidate[],
  context: CostContext,
): Association => {
  const inTime = candidates.filter((candidate) =>
    inWindow(candidate, detection.source, detection, context.association),
  );
  const known = continued(detection, inTime, context);
  if (known !== undefined) return { incidentId: known.id, moves: [], readings: new Map() };
  const opens: Association = { incidentId: null, moves: [], readings: new Map() };
  if (detection.best.fix.method === 'vicinity') return opens;
  const others = inTime.filter(({ status, fix }) => isOpen(status) && fix.method !== 'vicinity');
  const cluster = clusterAround(detection, others, context);
  if (cluster === undefined) return opens;
  const [best, ...rest] = rankHypotheses(cluster, context);
  return best === undefined ? opens : decide(cluster, best, rest, context);
};

/** The incident in which this source already sees this, the nearest in direction first. */
const continued = (
  detection: NewDetection,
  candidates: readonly Candidate[],
  context: CostContext,
): Candidate | undefined => {
  let best: { candidate: Candidate; off: number } | undefined;
  for (const candidate of candidates) {
    if (!isOpen(candidate.status) && candidate.status !== 'dismissed') continue;
    const track = candidate.tracks.find((own) => own.deviceId === detection.deviceId);
    if (track === undefined) continue;
    const off = offTrack(detection, track, candidate, context);
    if (off <= 1 && (best === undefined || off < best.off)) best = { candidate, off };
  }
  return best?.candidate;
};

/** How far a detection is from a track of its own source, 1 = as far as one fire may be. */
const offTrack = (
  detection: NewDetection,
  track: Track,
  { fix }: Candidate,
  { association }: CostContext,
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
  const { distanceM } = geodesicInverse([station.lon, station.lat], [fix.lon, fix.lat]);
  const fireDeg = (Math.atan2(association.growth.startM, distanceM) * 180) / Math.PI;
  const sameFrame =
    Math.abs(track.latest.observedAt.getTime() - detection.observedAt.getTime()) <= ONE_FRAME_MS;
  const nearDeg = sameFrame
    ? Math.max(APART_IN_FRAME_DEG, fireDeg)
    : Math.max(
        SAME_DIRECTION_DEG,
        fireDeg,
        // Frame to frame the mount's own error is the same; only the rest of σ, at most all of it, differs.
        Math.sqrt(association.bearingGateChi2) * bearing.sigmaDeg,
      );
  return apartDeg / nearDeg;
};

/** Incidents the detection may have to do with, and the tracks that may be theirs or others'. */
const clusterAround = (
  detection: NewDetection,
  candidates: readonly Candidate[],
  context: CostContext,
): Cluster | undefined => {
  const isNear = ({ best }: Track): boolean =>
    mahalanobis2(
      best.fix,
      detection.best.fix,
      growthM(context.association, best.receivedAt.getTime(), detection.best.receivedAt.getTime()),
    ) <= FAR_CHI2;
  const near = candidates
    .map((candidate) => ({
      candidate,
      chi2: mahalanobis2(candidate.fix, detection.best.fix, context.association.growth.startM),
      pairs: candidate.tracks.filter((track) => !track.fixed && isNear(track)),
    }))
    .filter(({ chi2, pairs }) => chi2 <= FAR_CHI2 || pairs.length > 0)
    .toSorted((a, b) => a.chi2 - b.chi2)
    .slice(0, MAX_INCIDENTS);
  if (near.length === 0) return undefined;
  const fits = (tracks: readonly Track[]): boolean => passesGate(tracks, detection, context);
  const joinable = near.filter(
    ({ candidate: { tracks } }) => fits(tracks) || fits(tracks.filter((track) => track.fixed)),
  );
  const pairable = near.flatMap(({ candidate, pairs }) =>
    isActive(candidate.status)
      ? []
      : pairs.filter((track) => fits([track])).map((track) => ({ candidate, track })),
  );
  if (joinable.length === 0 && pairable.length === 0) return undefined;
  const members = near
    .map(({ candidate }) => candidate)
    .filter(
      (candidate) =>
        joinable.some((other) => other.candidate === candidate) ||
        pairable.some((other) => other.candidate === candidate),
    );
  return buildCluster(detection, members, {
    joinable: joinable.map(({ candidate }) => candidate.id),
    context,
  });
};

const buildCluster = (
  detection: NewDetection,
  members: readonly Candidate[],
  { joinable, context }: { joinable: readonly string[]; context: CostContext },
): Cluster => {
  const isMovable = (candidate: Candidate, track: Track): boolean =>
    !track.fixed && !isActive(candidate.status);
  const movable = members
    .flatMap((candidate) =>
      candidate.tracks
        .filter((track) => isMovable(candidate, track))
        .map((track) => ({ candidate, track })),
    )
    .slice(0, MAX_MOVABLE);
  const fixed = new Map(
    members.map((candidate) => [
      candidate.id,
      candidate.tracks.filter((track) => !movable.some((other) => other.track === track)),
    ]),
  );
  const optionsOf = (track: Track, now: string): string[] => [
    now,
    ...members
      .filter(({ id }) => id !== now)
      .filter(({ id }) => passesGate(fixed.get(id) ?? [], track, context))
      .map(({ id }) => id),
    ...(passesGate([detection], track, context) ? [NEW] : []),
  ];
  return {
    fixed,
    movable: [
      { track: detection, now: null, options: [...joinable, NEW] },
      ...movable.map(({ candidate, track }) => ({
        track,
        now: candidate.id,
        options: optionsOf(track, candidate.id),
      })),
    ],
  };
};

/** Whether a track agrees with a set to 99 %: by how much it raises χ², against its own number of equations. */
const passesGate = (tracks: readonly Track[], track: Track, context: CostContext): boolean => {
  if (tracks.length === 0) return false;
  const { bearingGateChi2, pointGateChi2 } = context.association;
  const { range, point, elevation } = track.best.sighting;
  const onlyBearing =
    range === null && point === null && (elevation === null || context.terrain === undefined);
  const added = setCost([...tracks, track], context).chi2 - setCost(tracks, context).chi2;
  return added <= (onlyBearing ? bearingGateChi2 : pointGateChi2);
};

const decide = (
  cluster: Cluster,
  best: Hypothesis,
  rest: readonly Hypothesis[],
  { association }: CostContext,
): Association => {
  const rivals = rest.filter(
    (other) => other.cost - best.cost < association.undecidedChi2 && isRival(best, other),
  );
  const idOf = (place: string | undefined): string | null =>
    place === undefined || place === NEW ? null : place;
  const places = new Set([...cluster.fixed.keys(), ...best.places]);
  return {
    incidentId: idOf(best.places[0]),
    moves: cluster.movable.flatMap(({ track, now }, i) => {
      const to = best.places[i];
      return now === null || to === undefined || to === now
        ? []
        : [{ deviceId: track.deviceId, from: now, to: idOf(to) }];
    }),
    readings: new Map(
      [...places].map((place) => [idOf(place), readingsOf(cluster, [best, ...rivals], place)]),
    ),
  };
};

/**
 * That the newest alone might be another fire is always possible and no reason to doubt the rest: what counts is a
 * track that would go to another known fire, or leave one for the new.
 */
const isRival = (best: Hypothesis, other: Hypothesis): boolean =>
  other.places.some((place, i) => {
    const differs = place !== best.places[i];
    return differs && !(i === 0 && (place === NEW || best.places[0] === NEW));
  });

/** The different sets of tracks an incident has in these hypotheses, with their probabilities; none when there is one. */
const readingsOf = (
  cluster: Cluster,
  hypotheses: readonly Hypothesis[],
  place: string,
): Reading[] => {
  const bestCost = hypotheses[0]?.cost ?? 0;
  const sets = new Map<string, { weight: number; tracks: Track[] }>();
  let total = 0;
  for (const { cost, places } of hypotheses) {
    const tracks = tracksAt(cluster, places, place);
    if (tracks.length === 0) continue;
    const key = tracks
      .map((track) => track.best.id)
      .toSorted()
      .join();
    const weight = Math.exp((bestCost - cost) / 2);
    total += weight;
    const known = sets.get(key);
    if (known === undefined) sets.set(key, { weight, tracks });
    else known.weight += weight;
  }
  if (sets.size < 2) return [];
  return [...sets.values()]
    .map(({ weight, tracks }) => ({ probability: weight / total, tracks }))
    .toSorted((a, b) => b.probability - a.probability);
};
