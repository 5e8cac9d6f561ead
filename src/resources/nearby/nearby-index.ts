import { geodesicInverse, type LonLat } from '../../shared/geo.ts';
import { RESOURCE_KINDS, type Resource, type ResourceKind } from '../resource.ts';
import type { Steps } from '../slices.ts';
import { refineNearest, toEcef } from './ecef.ts';
import { createEntry, type Entry, type IndexedResource } from './entry.ts';
import { createKindIndex, type KindIndex } from './kind-index.ts';
import { type Candidate, createSearch, fractionAlong, INSIDE } from './search.ts';

/**
 * Changed resources of a kind are looked at one by one in every query. A county's moving crews and rangers
 * stay below this and so never cost a rebuild; beyond it they are packed into trees, 1 to 2 ms of work. At
 * 2,048, ten kinds full of changes took 6 ms a query.
 */
const MAX_LOOSE = 512;

export type NearbyHit = {
  resource: IndexedResource;
  /** WGS-84 geodesic to the nearest point of the resource, metres; 0 inside a polygon (not in its holes). */
  distanceM: number;
  /** From true north at the query point, [0, 360); 0 when distanceM is 0, where there is no direction. */
  azimuthDeg: number;
  /** The nearest point; the query point itself inside a polygon. */
  nearest: LonLat;
};

export type NearbyQuery = {
  /** Default: all. Hits come in this order of kinds. */
  kinds?: readonly ResourceKind[] | undefined;
  /** Per kind. */
  limit: number;
};

/**
 * Resources in memory, searched by distance. Edges are straight in longitude and latitude, as RFC 7946 has
 * it: over 100 km from east to west at 26° N that is up to 100 m beside the geodesic between the same ends.
 *
 * Which resources are nearest is exact to 0.1 m up to 1,000 km (beyond 5,000 km, to 0.5 %); the distance to
 * each is the geodesic to its nearest point. Queries and geometries may touch the antimeridian and the
 * poles; an edge that crosses the antimeridian must be cut there (the import refuses it otherwise).
 */
export type NearbyIndex = {
  /** Adds the resource, or replaces the one with its id. */
  put(resource: Resource): void;
  remove(id: string): void;
  nearby(point: LonLat, query: NearbyQuery): NearbyHit[];
  size(): number;
  /**
   * Sorts changes into search trees, for the kinds that have more than `maxLoose` of them (default: so many
   * that it pays). Run it in slices; `put`, `remove` and `nearby` may be called in between, but not a second `pack`.
   */
  pack(maxLoose?: number): Steps<void>;
};

export const createNearbyIndex = (): NearbyIndex => {
  const byId = new Map<string, Entry>();
  const byKind = new Map<ResourceKind, KindIndex>(
    RESOURCE_KINDS.map((kind) => [kind, createKindIndex()]),
  );

  const remove = (id: string): void => {
    const entry = byId.get(id);
    if (entry === undefined) return;
    byId.delete(id);
    entry.dead = true;
    byKind.get(entry.resource.kind)?.drop(entry);
  };

  return {
    put(resource) {
      const entry = createEntry(resource);
      remove(resource.id);
      byId.set(resource.id, entry);
      byKind.get(resource.kind)?.add(entry);
    },
    remove,
    nearby: (point, { kinds = RESOURCE_KINDS, limit }) =>
      kinds.flatMap((kind) => {
        const search = createSearch(point, limit);
        byKind.get(kind)?.search(search);
        return nearestFirst(point, search.candidates()).slice(0, limit);
      }),
    size: () => byId.size,
    *pack(maxLoose = MAX_LOOSE) {
      for (const kind of byKind.values()) if (kind.looseCount() > maxLoose) yield* kind.pack();
    },
  };
};

/** Geodesics for the few that are left; equal distances by id, so that the same question has the same answer. */
const nearestFirst = (point: LonLat, candidates: readonly Candidate[]): NearbyHit[] => {
  let last: NearbyHit | undefined;
  return candidates
    .map((candidate) => {
      const nearest = nearestPoint(point, candidate);
      // Two hundred radios in one warehouse are one geodesic.
      if (last?.nearest[0] === nearest[0] && last.nearest[1] === nearest[1]) {
        return { ...last, resource: candidate.entry.resource };
      }
      last = { resource: candidate.entry.resource, nearest, ...distanceTo(point, nearest) };
      return last;
    })
    .sort((a, b) => a.distanceM - b.distanceM || (a.resource.id < b.resource.id ? -1 : 1));
};

const distanceTo = (from: LonLat, to: LonLat): { distanceM: number; azimuthDeg: number } => {
  if (from[0] === to[0] && from[1] === to[1]) return { distanceM: 0, azimuthDeg: 0 };
  return geodesicInverse(from, to);
};

const nearestPoint = (point: LonLat, { entry, edge }: Candidate): LonLat => {
  if (edge === INSIDE) return point;
  const { lonLat, xyz, pathStarts } = entry.shape;
  const a: LonLat = [lonLat[2 * edge] ?? 0, lonLat[2 * edge + 1] ?? 0];
  if (pathStarts.includes(edge + 1)) return a;
  const b: LonLat = [lonLat[2 * edge + 2] ?? 0, lonLat[2 * edge + 3] ?? 0];
  const q = toEcef(point);
  const t = refineNearest(q, a, b, fractionAlong(q, xyz, edge));
  return [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
};
