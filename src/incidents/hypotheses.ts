import { isSameFrame } from './continuity.ts';
import type { Costing } from './set-cost.ts';
import type { AssociationConfig, Track } from './track.ts';

/** Where the new incident stands among the known ones' ids. */
export const NEW = 'new';

/** One way to say which track belongs to which incident: incident (or `NEW`) of each movable track, in their order. */
export type Hypothesis = { cost: number; places: readonly string[] };

export type Cluster = {
  /** Tracks that stay where they are, by incident; every incident of the cluster has an entry. */
  fixed: ReadonlyMap<string, readonly Track[]>;
  /** More of theirs, which change nothing about who else belongs there and are not weighed. */
  unweighed: ReadonlyMap<string, readonly Track[]>;
  /** Tracks to be placed; the first is the new one, which alone may open an incident. */
  movable: readonly Movable[];
};

export type Movable = {
  track: Track;
  now: string | null;
  options: readonly string[];
  /** It is all its incident has: when it goes, the incident is empty. Such come last. */
  lone: boolean;
};

/** Hypotheses kept at each step; one more rarely changes the best. */
const BEAM = 12;
/** A detection moves only for a reason: equal costs leave it where people saw it. */
const MOVE_COST = 0.5;

type Partial = Hypothesis & { setCosts: ReadonlyMap<string, number> };

/**
 * The likeliest assignments of tracks to incidents, best first: each track to one incident, each incident at most
 * one track of a device (one camera sees one fire in one direction), Σ cost of the sets plus `missChi2` when a new
 * incident opens and less it when one is left empty; the latter only for a clear advantage (`undecidedChi2`). Tracks
 * are placed one after the other, keeping the best few partial assignments.
 */
export const rankHypotheses = (cluster: Cluster, costing: Costing): Hypothesis[] => {
  const { association } = costing.context;
  // What people or an anchor hold together is so, whatever it costs.
  const start = new Map(
    [...cluster.fixed].map(([place, tracks]) => [place, finiteOr0(costing.costOf(tracks).cost)]),
  );
  let beam: Partial[] = [
    { cost: [...start.values()].reduce((sum, cost) => sum + cost, 0), places: [], setCosts: start },
  ];
  for (const [index, movable] of cluster.movable.entries()) {
    const next: Partial[] = [];
    for (const { cost, places, setCosts } of beam) {
      for (const place of movable.options) {
        if (place === NEW && index > 0 && places[0] !== NEW) continue;
        if (!isAllowed(cluster, places, movable, place)) continue;
        const extended = [...places, place];
        const setCost = costing.costOf(tracksAt(cluster, extended, place)).cost;
        const total =
          cost - (setCosts.get(place) ?? 0) + setCost + changeCost(movable, place, association);
        if (!Number.isFinite(total)) continue;
        next.push({
          cost: total,
          places: extended,
          setCosts: new Map(setCosts).set(place, setCost),
        });
      }
    }
    beam = next.toSorted((a, b) => a.cost - b.cost).slice(0, BEAM);
  }
  return beam.map(({ cost, places }) => ({ cost, places }));
};

const changeCost = (
  { now, lone }: Movable,
  place: string,
  { missChi2, undecidedChi2 }: AssociationConfig,
): number => {
  if (place === NEW && now === null) return missChi2;
  if (now === null || now === place) return 0;
  return lone ? undecidedChi2 - missChi2 : MOVE_COST;
};

const finiteOr0 = (cost: number): number => (Number.isFinite(cost) ? cost : 0);

/**
 * One track of a camera in an incident, unless the other is a lone one that comes back: a box that jumped in one frame
 * and seemed another fire. An incident is left empty for good, or not at all.
 */
const isAllowed = (
  { fixed, movable }: Cluster,
  places: readonly string[],
  { track, now, lone }: Movable,
  place: string,
): boolean => {
  const leaves = lone && place !== now;
  const excludes = (other: Track): boolean =>
    isSameCamera(other, track) && !(leaves && !isSameFrame(other, track));
  for (const [i, taken] of places.entries()) {
    const other = movable[i];
    if (other === undefined) continue;
    if (leaves && taken === now) return false;
    if (other.lone && other.now === place && taken !== place) return false;
    if (taken === place && excludes(other.track)) return false;
  }
  return !(fixed.get(place) ?? []).some(excludes);
};

const isSameCamera = (a: Track, b: Track): boolean =>
  a.source === 'camera' && a.deviceId === b.deviceId;

/** The tracks a hypothesis gives to an incident. */
export const tracksAt = (
  { fixed, movable }: Cluster,
  places: readonly string[],
  place: string,
): Track[] => [
  ...(fixed.get(place) ?? []),
  ...movable.flatMap(({ track }, i) => (places[i] === place ? [track] : [])),
];
