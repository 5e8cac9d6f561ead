import type { LonLat } from '../shared/geo.ts';
import type { Candidate } from './candidate.ts';
import { clusterAround } from './cluster.ts';
import { findContinued } from './continuity.ts';
import { inWindow, isActive, isOpen } from './gate.ts';
import {
  type Cluster,
  type Hypothesis,
  type Movable,
  NEW,
  rankHypotheses,
  tracksAt,
} from './hypotheses.ts';
import { type CostContext, type Costing, createCosting } from './set-cost.ts';
import type { NewDetection, Track } from './track.ts';

export type { NewDetection };

/** One way to read the detections of an incident that others do not exclude yet. */
export type Reading = { probability: number; tracks: readonly Track[] };

export type Association = {
  /** The incident it joins; null = it opens one. */
  incidentId: string | null;
  /**
   * Tracks that belong to another incident than was thought (null = the new one). All at once, before the new
   * detection is added: two tracks of one device may change places, or one make room for another.
   */
  moves: { deviceId: string; from: string; to: string | null }[];
  /**
   * Incidents that all tracks have left for known fires (`into`: one of them; null = the new one). Nobody had acted on
   * them and none had a confirmed point: each was one sight line, or two that crossed badly.
   */
  absorbed: { from: string; into: string | null }[];
  /** How many sets of tracks were weighed. */
  evaluations: number;
  /**
   * For each incident of the cluster (null = the new one) more than one reading, the likeliest first, or none when
   * its tracks are certain. Incidents without an entry were not looked at: what was undecided stays so.
   */
  readings: Map<string | null, readonly Reading[]>;
};

const WEAK_TRACKS = 2;
const MAX_SUSPECTS = 3;

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
 * message and not one a frame; any other source, and any person, opens a new incident. Pure.
 */
export const associate = (
  detection: NewDetection,
  candidates: readonly Candidate[],
  context: CostContext,
): Association => {
  const { association } = context;
  const inTime = candidates.filter((candidate) =>
    inWindow(candidate, detection.source, detection, association),
  );
  const { lon, lat } = detection.best.fix;
  const centre: LonLat = [lon, lat];
  const others = inTime.filter(({ status, fix }) => isOpen(status) && fix.method !== 'vicinity');
  const known = findContinued(detection, inTime, association);
  if (known !== undefined) {
    return reconsider(detection, { known, others, costing: createCosting(centre, context) });
  }
  if (detection.best.fix.method === 'vicinity') return { ...OPENS, readings: new Map() };
  const costing = createCosting(centre, context);
  const cluster = clusterAround({ track: detection, now: null }, others, costing);
  const decision = cluster === undefined ? undefined : decide(cluster, costing);
  return decision ?? { ...OPENS, readings: new Map(), evaluations: costing.evaluations() };
};

const OPENS: Omit<Association, 'readings'> = {
  incidentId: null,
  moves: [],
  absorbed: [],
  evaluations: 0,
};

/**
 * A further frame joins what it continues. It is also reason to ask of the source's weak tracks whether a fire that
 * has become known since explains them better: one sight line alone, or one of two, which cross somewhere whatever
 * they saw.
 */
const reconsider = (
  { deviceId }: NewDetection,
  { known, others, costing }: { known: Candidate; others: readonly Candidate[]; costing: Costing },
): Association => {
  const joins: Association = { ...OPENS, incidentId: known.id, readings: new Map() };
  const suspects = [known, ...others.filter((other) => other !== known)]
    .flatMap((candidate) => {
      const track = weakTrackOf(candidate, deviceId);
      return track === undefined ? [] : [{ candidate, track }];
    })
    .slice(0, MAX_SUSPECTS);
  for (const { candidate, track } of suspects) {
    const rest = others.filter((other) => other !== candidate);
    const cluster = clusterAround({ track, now: candidate }, rest, costing);
    const decision = cluster === undefined ? undefined : decide(cluster, costing);
    // Where it stays it says nothing new of anybody else.
    if (decision === undefined || decision.incidentId === candidate.id) continue;
    return candidate === known ? decision : { ...decision, incidentId: known.id };
  }
  return { ...joins, evaluations: costing.evaluations() };
};

const weakTrackOf = ({ status, tracks }: Candidate, deviceId: string): Track | undefined => {
  const track = tracks.find((one) => one.deviceId === deviceId);
  return track !== undefined &&
    !track.fixed &&
    isOpen(status) &&
    !isActive(status) &&
    tracks.length <= WEAK_TRACKS
    ? track
    : undefined;
};

const decide = (cluster: Cluster, costing: Costing): Association | undefined => {
  const [best, ...rest] = rankHypotheses(cluster, costing);
  if (best === undefined) return undefined;
  const { undecidedChi2 } = costing.context.association;
  const rivals = rest.filter(
    (other) => other.cost - best.cost < undecidedChi2 && isRival(cluster, best, other),
  );
  const moves = cluster.movable.flatMap(({ track, now }, i) => {
    const to = best.places[i];
    return now === null || to === undefined || to === now
      ? []
      : [{ deviceId: track.deviceId, from: now, to: idOf(to) }];
  });
  const isEmpty = (id: string): boolean => countAt(cluster, best.places, id) === 0;
  const places = new Set([...cluster.fixed.keys(), ...best.places]);
  return {
    incidentId: idOf(best.places[0]),
    moves,
    absorbed: [...new Map(moves.map(({ from, to }) => [from, to]))]
      .filter(([from]) => isEmpty(from))
      .map(([from, into]) => ({ from, into })),
    evaluations: costing.evaluations(),
    readings: new Map(
      [...places].map((place) => [idOf(place), readingsOf(cluster, [best, ...rivals], place)]),
    ),
  };
};

const idOf = (place: string | undefined): string | null =>
  place === undefined || place === NEW ? null : place;

/**
 * That the newest or a lone one might be a fire of its own is always possible and no reason to doubt three others that
 * agree; it is where there would be but two, which cross somewhere whatever they saw. Else what counts is a track that
 * would go to another known fire, or leave one for the new.
 */
const isRival = (cluster: Cluster, best: Hypothesis, other: Hypothesis): boolean =>
  other.places.some((place, i) => {
    const chosen = best.places[i];
    if (chosen === undefined || place === chosen) return false;
    const alone = placeAlone(cluster.movable[i]);
    if (chosen === alone) return false;
    return place !== alone || countAt(cluster, best.places, chosen) <= WEAK_TRACKS;
  });

/** Where a track would be the only one. */
const placeAlone = (movable: Movable | undefined): string | null => {
  if (movable?.now === null) return NEW;
  return movable?.lone === true ? movable.now : null;
};

const countAt = (cluster: Cluster, places: readonly string[], place: string): number =>
  tracksAt(cluster, places, place).length + (cluster.unweighed.get(place) ?? []).length;

/**
 * The different sets that remain of an incident's tracks in these hypotheses, the likeliest being the first's, with
 * their probabilities; none when there is one. What would come from elsewhere stands with the incident it is in.
 */
const readingsOf = (
  cluster: Cluster,
  hypotheses: readonly Hypothesis[],
  place: string,
): Reading[] => {
  const [best] = hypotheses;
  if (best === undefined) return [];
  const own = tracksAt(cluster, best.places, place);
  const unweighed = cluster.unweighed.get(place) ?? [];
  const sets = new Map<string, { weight: number; tracks: Track[] }>();
  let total = 0;
  for (const { cost, places } of hypotheses) {
    const there = tracksAt(cluster, places, place);
    const tracks = [...own.filter((track) => there.includes(track)), ...unweighed];
    if (tracks.length === 0) continue;
    const key = tracks.map((track) => track.best.id).join();
    const weight = Math.exp((best.cost - cost) / 2);
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
