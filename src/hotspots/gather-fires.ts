import { geodesicInverse, type LonLat } from '../shared/geo.ts';
import type { Hotspot } from './hotspot.ts';
import type { Satellite } from './satellite.ts';

/** A hotspot and the 95 % radius of the fire about it, metres. */
export type Placed = Hotspot & { radiusM: number };

/** Hotspots of one overpass that touch: what is reported as one detection. */
export type HotArea = {
  satellite: Satellite;
  observedAt: Date;
  /** Of the hottest pixel: there it burns, which cannot be said of the middle of a fire front. */
  position: LonLat;
  /** About that, holds all of them. */
  radiusM: number;
  confidence: number;
  hotspots: readonly Placed[];
};

/** A satellite is over a place for some minutes, and comes back after an hour and a half at the earliest. */
export const OVERPASS_MS = 600_000;

/** Fields burnt one beside the other touch from end to end of a county; as one fire they would be nowhere. Metres. */
const MAX_REACH_M = 3_000;

/**
 * Neighbouring pixels of one overpass are one fire, not twenty: from the hottest on, each takes those whose circles touch
 * its own directly or through others, as far as 3 km (at least its own circle). Oldest first. Pure.
 */
export const gatherFires = (hotspots: readonly Placed[]): HotArea[] => {
  const left = new Set(hotspots.toSorted(hottestFirst));
  const areas: HotArea[] = [];
  for (const first of left) {
    left.delete(first);
    areas.push(areaAround(first, left));
  }
  return areas.toSorted((a, b) => a.observedAt.getTime() - b.observedAt.getTime());
};

/** Takes what belongs to it out of `left`. */
const areaAround = (first: Placed, left: Set<Placed>): HotArea => {
  const reachM = Math.max(MAX_REACH_M, 2 * first.radiusM);
  const near = [...left].filter(
    (other) => isSameOverpass(first, other) && distanceM(first, other) <= reachM,
  );
  const members = [first];
  for (const member of members) {
    for (const other of near) {
      if (!left.has(other)) continue;
      if (distanceM(member, other) > member.radiusM + other.radiusM) continue;
      left.delete(other);
      members.push(other);
    }
  }
  return {
    satellite: first.satellite,
    observedAt: first.observedAt,
    position: first.position,
    radiusM: Math.max(...members.map((other) => distanceM(first, other) + other.radiusM)),
    confidence: Math.max(...members.map(({ confidence }) => confidence)),
    hotspots: members,
  };
};

const hottestFirst = (a: Hotspot, b: Hotspot): number =>
  (b.frpMw ?? 0) - (a.frpMw ?? 0) || b.confidence - a.confidence || a.line - b.line;

const isSameOverpass = (a: Hotspot, b: Hotspot): boolean =>
  a.satellite.id === b.satellite.id &&
  Math.abs(a.observedAt.getTime() - b.observedAt.getTime()) <= OVERPASS_MS;

/** One degree of latitude is 110.6 km or more: what is farther apart in it needs no geodesic. */
const METRES_PER_DEGREE = 110_500;

const distanceM = (a: Pick<Hotspot, 'position'>, b: Pick<Hotspot, 'position'>): number => {
  const offM = Math.abs(a.position[1] - b.position[1]) * METRES_PER_DEGREE;
  return offM > 50_000 ? offM : geodesicInverse(a.position, b.position).distanceM;
};
