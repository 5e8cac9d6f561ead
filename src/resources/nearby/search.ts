import type { LonLat } from '../../shared/geo.ts';
import { type Ecef, toEcef } from './ecef.ts';
import type { Entry } from './entry.ts';
import type { Shape } from './shape.ts';

/** The radius geoflatbush measures with, metres. */
const SPHERE_RADIUS_M = 6_371_000;
/** On the ellipsoid a distance is 0.9944 (along a meridian at the equator) to 1.0045 of that sphere's. */
const SPHERE_TO_ELLIPSOID = 1.006;
/** geoflatbush compares cosines, which cannot tell distances below a few metres apart. */
const BOX_SLACK_M = 10;
/** How far the chord that ranks candidates may be off: the shift of cut edges (see shape.ts), with room. */
const RANK_SLACK_M = 0.1;

/** The nearest point of a resource found so far. */
export type Candidate = {
  entry: Entry;
  /** Square of the straight-line distance through space, m². Grows with the geodesic distance. */
  square: number;
  /** Vertex at which the nearest edge starts; INSIDE for a query point inside a polygon. */
  edge: number;
};
export const INSIDE = -1;

/** Collects the k nearest resources of one kind while their pieces are offered in any order. */
export type Search = {
  readonly point: LonLat;
  readonly k: number;
  /** k resources are known, so anything farther than they are can be left out. */
  isBounded(): boolean;
  /** Boxes farther than this on geoflatbush's sphere cannot hold one of the k nearest, km; Infinity while not bounded. */
  boxRadiusKm(): number;
  offerRun(entry: Entry, from: number, to: number): void;
  offerInside(entry: Entry, polygon: number): void;
  /** Whether anything in the sphere (x, y, z, radius in metres, from `at` on) can be nearer than the k known. */
  mayHold(spheres: Float64Array, at: number): boolean;
  /** All pieces of an entry that is in no tree. */
  offerWhole(entry: Entry): void;
  /** At least the k nearest, and all that may tie with them, nearest first. */
  candidates(): Candidate[];
};

export const createSearch = (point: LonLat, k: number): Search => {
  const q = toEcef(point);
  const found = new Map<Entry, Candidate>();
  /** The k best, nearest first. */
  const top: Candidate[] = [];

  /** Candidates up to here may still be among the k nearest by geodesic: metres, and squared. */
  let keepM = Infinity;
  let keepSquare = Infinity;

  const tighten = (): void => {
    const last = top[k - 1];
    if (last === undefined) return;
    const boundM = Math.sqrt(last.square);
    // The chord of a given geodesic depends on its direction, by 0.003·(chord/R)² at most.
    keepM = boundM * (1 + 0.003 * (boundM / SPHERE_RADIUS_M) ** 2) + RANK_SLACK_M;
    keepSquare = keepM * keepM;
  };

  const accept = (candidate: Candidate): void => {
    found.set(candidate.entry, candidate);
    const known = top.findIndex(({ entry }) => entry === candidate.entry);
    if (known >= 0) top.splice(known, 1);
    let at = top.length;
    while (at > 0 && (top[at - 1]?.square ?? 0) > candidate.square) at--;
    if (at >= k) return;
    top.splice(at, 0, candidate);
    if (top.length > k) top.pop();
    tighten();
  };

  const offerRun = (entry: Entry, from: number, to: number): void => {
    const limit = Math.min(found.get(entry)?.square ?? Infinity, keepSquare);
    const nearest = nearestInRun(q, entry.shape, { from, to, limit });
    if (nearest !== undefined) accept({ entry, ...nearest });
  };
  const offerInside = (entry: Entry, polygon: number): void => {
    if (found.get(entry)?.edge === INSIDE) return;
    if (isInside(point, entry.shape, polygon)) accept({ entry, square: 0, edge: INSIDE });
  };

  return {
    point,
    k,
    isBounded: () => top.length >= k,
    boxRadiusKm() {
      if (keepM === Infinity) return Infinity;
      const arcM = 2 * SPHERE_RADIUS_M * Math.asin(Math.min(1, keepM / (2 * SPHERE_RADIUS_M)));
      return (arcM * SPHERE_TO_ELLIPSOID + BOX_SLACK_M) / 1000;
    },
    offerRun,
    offerInside,
    mayHold(spheres, at) {
      const x = (spheres[at] ?? 0) - q[0];
      const y = (spheres[at + 1] ?? 0) - q[1];
      const z = (spheres[at + 2] ?? 0) - q[2];
      const reachM = keepM + (spheres[at + 3] ?? 0);
      return x * x + y * y + z * z <= reachM * reachM;
    },
    offerWhole(entry) {
      const { pathStarts, polygons } = entry.shape;
      for (const polygon of polygons.keys()) offerInside(entry, polygon);
      for (let path = 0; path + 1 < pathStarts.length; path++) {
        offerRun(entry, pathStarts[path] ?? 0, (pathStarts[path + 1] ?? 1) - 1);
      }
    },
    candidates() {
      return [...found.values()]
        .filter(({ square }) => square <= keepSquare)
        .sort((a, b) => a.square - b.square);
    },
  };
};

/** The edge among vertices from…to nearest to q, if its squared chord is below `limit`. */
const nearestInRun = (
  q: Ecef,
  { xyz, maxStepM }: Shape,
  { from, to, limit }: { from: number; to: number; limit: number },
): { square: number; edge: number } | undefined => {
  let square = limit;
  let edge = -1;
  let reachM = Math.sqrt(limit);
  let i = from;
  do {
    const here = squareToEdge(q, xyz, i, i === to ? i : i + 1);
    if (here < square) {
      square = here;
      edge = i;
      reachM = Math.sqrt(here);
    }
    // The next edges are at most their own length nearer each: far from a winding river, most can be skipped.
    const skip =
      here > square ? Math.floor((Math.sqrt(here) - reachM) / Math.max(maxStepM, 1e-3)) : 0;
    i += 1 + skip;
  } while (i < to);
  return edge < 0 ? undefined : { square, edge };
};

/** Squared distance from q to the chord between vertices a and b (or to vertex a when they are the same), m². */
const squareToEdge = (q: Ecef, xyz: Float64Array, a: number, b: number): number => {
  const ax = (xyz[3 * a] ?? 0) - q[0];
  const ay = (xyz[3 * a + 1] ?? 0) - q[1];
  const az = (xyz[3 * a + 2] ?? 0) - q[2];
  if (a === b) return ax * ax + ay * ay + az * az;
  const ex = (xyz[3 * b] ?? 0) - q[0] - ax;
  const ey = (xyz[3 * b + 1] ?? 0) - q[1] - ay;
  const ez = (xyz[3 * b + 2] ?? 0) - q[2] - az;
  const length = ex * ex + ey * ey + ez * ez;
  const along = length === 0 ? 0 : -(ax * ex + ay * ey + az * ez) / length;
  const t = along < 0 ? 0 : along > 1 ? 1 : along;
  const dx = ax + t * ex;
  const dy = ay + t * ey;
  const dz = az + t * ez;
  return dx * dx + dy * dy + dz * dz;
};

/** Fraction along the chord from vertex a to vertex b that is nearest to q. */
export const fractionAlong = (q: Ecef, xyz: Float64Array, a: number): number => {
  const b = a + 1;
  let dot = 0;
  let length = 0;
  for (let axis = 0; axis < 3; axis++) {
    const from = xyz[3 * a + axis] ?? 0;
    const step = (xyz[3 * b + axis] ?? 0) - from;
    dot += ((q[axis] ?? 0) - from) * step;
    length += step * step;
  }
  return length === 0 ? 0 : Math.min(1, Math.max(0, dot / length));
};

/** Even–odd over all rings of one polygon, in longitude and latitude, as its edges are straight there: holes are outside. */
const isInside = ([lon, lat]: LonLat, shape: Shape, polygon: number): boolean => {
  const { lonLat, pathStarts, polygons } = shape;
  let inside = false;
  for (const ring of polygons[polygon] ?? []) {
    const end = pathStarts[ring + 1] ?? 0;
    for (let i = (pathStarts[ring] ?? 0) + 1; i < end; i++) {
      const latA = lonLat[2 * i - 1] ?? 0;
      const latB = lonLat[2 * i + 1] ?? 0;
      if (latA > lat === latB > lat) continue;
      const lonA = lonLat[2 * i - 2] ?? 0;
      const lonB = lonLat[2 * i] ?? 0;
      if (lon < lonA + ((lat - latA) / (latB - latA)) * (lonB - lonA)) inside = !inside;
    }
  }
  return inside;
};
