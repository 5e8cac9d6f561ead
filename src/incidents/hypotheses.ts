import { type CostContext, type SetCost, setCost } from './set-cost.ts';
import type { Track } from './track.ts';

/** Where the new incident stands among the known ones' ids. */
export const NEW = 'new';

/** One way to say which track belongs to which incident: incident (or `NEW`) of each movable track, in their order. */
export type Hypothesis = { cost: number; places: readonly string[] };

export type Cluster = {
  /** Tracks that stay where they are, by incident; every incident of the cluster has an entry. */
  fixed: ReadonlyMap<string, readonly Track[]>;
  /** Tracks to be placed; the first is the new one, which alone may open an incident. */
  movable: readonly { track: Track; now: string | null; options: readonly string[] }[];
};

/** Hypotheses kept at each step; one more rarely changes the best. */
const BEAM = 24;
/** A detection moves only for a reason: equal costs leave it where people saw it. */
const MOVE_COST = 0.5;

/**
 * The likeliest assignments of tracks to incidents, best first: each track to one incident, each incident at most
 * one track of a device (one camera sees one fire in one direction), Σ cost of the sets plus `missChi2` when a new
 * incident opens. Tracks are placed one after the other, keeping the best few partial assignments.
 */
export const rankHypotheses = (cluster: Cluster, context: CostContext): Hypothesis[] => {
  const costOf = memoise((tracks) => setCost(tracks, context));
  let beam: Hypothesis[] = [{ cost: 0, places: [] }];
  for (const [index, { track, now, options }] of cluster.movable.entries()) {
    const next: Hypothesis[] = [];
    for (const { places } of beam) {
      const opened = index === 0 || places[0] === NEW;
      for (const place of options) {
        if (place === NEW && !opened) continue;
        if (occupied(cluster, places, place, track)) continue;
        const extended = [...places, place];
        const cost = totalCost(cluster, extended, { costOf, context });
        if (Number.isFinite(cost)) next.push({ cost, places: extended });
      }
    }
    beam = next.toSorted((a, b) => a.cost - b.cost).slice(0, BEAM);
    if (beam.length === 0 && now !== null) return [];
  }
  return beam;
};

const occupied = (
  { fixed, movable }: Cluster,
  places: readonly string[],
  place: string,
  track: Track,
): boolean => {
  if (track.source !== 'camera') return false;
  const sameDevice = (other: Track | undefined): boolean => other?.deviceId === track.deviceId;
  return (
    (fixed.get(place) ?? []).some(sameDevice) ||
    places.some((taken, i) => taken === place && sameDevice(movable[i]?.track))
  );
};

/** The tracks a hypothesis gives to an incident. */
export const tracksAt = (
  { fixed, movable }: Cluster,
  places: readonly string[],
  place: string,
): Track[] => [
  ...(fixed.get(place) ?? []),
  ...movable.flatMap(({ track }, i) => (places[i] === place ? [track] : [])),
];

type Costing = { costOf: (tracks: readonly Track[]) => SetCost; context: CostContext };

const totalCost = (
  cluster: Cluster,
  places: readonly string[],
  { costOf, context }: Costing,
): number => {
  let cost = places[0] === NEW ? context.association.missChi2 : 0;
  for (const place of new Set([...cluster.fixed.keys(), ...places])) {
    cost += costOf(tracksAt(cluster, places, place)).cost;
  }
  places.forEach((place, i) => {
    const now = cluster.movable[i]?.now ?? null;
    if (now !== null && now !== place) cost += MOVE_COST;
  });
  return cost;
};

/** The same sets come up in many hypotheses. */
const memoise = (
  compute: (tracks: readonly Track[]) => SetCost,
): ((tracks: readonly Track[]) => SetCost) => {
  const known = new Map<string, SetCost>();
  return (tracks) => {
    const key = tracks
      .map((track) => track.best.id)
      .toSorted()
      .join();
    const cost = known.get(key) ?? compute(tracks);
    known.set(key, cost);
    return cost;
  };
};
