import type { LonLat } from '../../shared/geo.ts';
import { type Bbox, bboxOf, type Geometry, type Position, pathsOf } from '../../shared/geometry.ts';
import { type Ecef, EQUATOR_RADIUS_M, toEcef } from './ecef.ts';

const RAD = Math.PI / 180;

/**
 * Edges are straight in longitude and latitude (RFC 7946, 3.1.1), and searched as straight chords in space.
 * The two drift apart with the square of the length, so longer edges are cut: at 1 km the chord runs 2 cm
 * below the ground, and sideways it strays by less than 1 cm. That shift is in which edge is picked only:
 * the nearest point itself is then found on the true edge.
 */
const MAX_STEP_M = 1_000;
const MAX_SIDEWAYS_M = 0.01;

/** Edges in one piece. Fewer: more boxes to search. More: boxes too loose to rule anything out. */
const EDGES_PER_PIECE = 16;
/** Pieces a resource may have, so that one long river cannot fill the list of candidates. */
const MAX_PIECES_PER_PATH = 256;

/** Vertices `from`…`to` (inclusive) of a shape: a run of edges, or a single point when equal. */
export type Piece = { bbox: Bbox; from: number; to: number } | { bbox: Bbox; polygon: number };

/** A geometry made ready for searching. */
export type Shape = {
  bbox: Bbox;
  /** lon, lat of vertex i at 2i. */
  lonLat: Float64Array;
  /** ECEF metres of vertex i at 3i. */
  xyz: Float64Array;
  /** No two neighbouring vertices of a path are further apart, metres (chord). */
  maxStepM: number;
  /** A sphere round all vertices. */
  centre: Ecef;
  radiusM: number;
  /** First vertex of each path, and one past the last at the end. */
  pathStarts: readonly number[];
  /** Per polygon, the indices of its rings among the paths. */
  polygons: readonly (readonly number[])[];
};

export const buildShape = (geometry: Geometry): Shape => {
  const { paths, polygons } = pathsOf(geometry);
  const lonLat: number[] = [];
  const pathStarts: number[] = [];
  for (const path of paths) {
    pathStarts.push(lonLat.length / 2);
    appendPath(lonLat, path);
  }
  pathStarts.push(lonLat.length / 2);
  const bbox = bboxOf(geometry);
  const xyz = toXyz(lonLat);
  const centre = toEcef([(bbox[0] + bbox[2]) / 2, (bbox[1] + bbox[3]) / 2]);
  return {
    bbox,
    lonLat: Float64Array.from(lonLat),
    xyz,
    maxStepM: longestStep(xyz, pathStarts),
    centre,
    radiusM: radiusAround(xyz, centre),
    pathStarts,
    polygons,
  };
};

const appendPath = (lonLat: number[], path: readonly Position[]): void => {
  let previous: LonLat | undefined;
  for (const [lon = 0, lat = 0] of path) {
    if (previous !== undefined) appendBetween(lonLat, previous, [lon, lat]);
    lonLat.push(lon, lat);
    previous = [lon, lat];
  }
};

const appendBetween = (lonLat: number[], a: LonLat, b: LonLat): void => {
  const steps = stepsBetween(a, b);
  for (let i = 1; i < steps; i++) {
    const t = i / steps;
    lonLat.push(a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]));
  }
};

/** Into how many steps an edge is cut; near the poles the limit sideways asks for more. */
const stepsBetween = (a: LonLat, b: LonLat): number => {
  const nearestEquator = a[1] * b[1] < 0 ? 0 : Math.min(Math.abs(a[1]), Math.abs(b[1]));
  const axisM = EQUATOR_RADIUS_M * Math.cos(nearestEquator * RAD);
  const eastRad = Math.abs(b[0] - a[0]) * RAD;
  const northM = (b[1] - a[1]) * RAD * EQUATOR_RADIUS_M;
  const lengthM = Math.sqrt((eastRad * axisM) ** 2 + northM ** 2);
  const sideways = eastRad * Math.sqrt(axisM / (8 * MAX_SIDEWAYS_M));
  return Math.max(1, Math.ceil(lengthM / MAX_STEP_M), Math.ceil(sideways));
};

const toXyz = (lonLat: readonly number[]): Float64Array => {
  const xyz = new Float64Array((lonLat.length / 2) * 3);
  for (let i = 0; i * 2 < lonLat.length; i++) {
    xyz.set(toEcef([lonLat[2 * i] ?? 0, lonLat[2 * i + 1] ?? 0]), 3 * i);
  }
  return xyz;
};

const longestStep = (xyz: Float64Array, pathStarts: readonly number[]): number => {
  let longest = 0;
  for (let path = 0; path + 1 < pathStarts.length; path++) {
    const end = pathStarts[path + 1] ?? 0;
    for (let i = (pathStarts[path] ?? 0) + 1; i < end; i++) {
      const before = 3 * i - 3;
      const [x = 0, y = 0, z = 0] = [xyz[before], xyz[before + 1], xyz[before + 2]];
      longest = Math.max(longest, squareTo(xyz, i, [x, y, z]));
    }
  }
  return Math.sqrt(longest);
};

const radiusAround = (xyz: Float64Array, centre: Ecef): number => {
  let radius = 0;
  for (let i = 0; 3 * i < xyz.length; i++) radius = Math.max(radius, squareTo(xyz, i, centre));
  return Math.sqrt(radius);
};

/** Squared chord from vertex i. Not Math.hypot: it takes ten times as long, and loading is little else. */
const squareTo = (xyz: Float64Array, i: number, to: Ecef): number => {
  const dx = (xyz[3 * i] ?? 0) - to[0];
  const dy = (xyz[3 * i + 1] ?? 0) - to[1];
  const dz = (xyz[3 * i + 2] ?? 0) - to[2];
  return dx * dx + dy * dy + dz * dz;
};

/** The boxes a spatial index holds for this shape: runs of edges, single points, and each polygon's inside. */
export const piecesOf = (shape: Shape): Piece[] => {
  const pieces: Piece[] = [];
  for (let path = 0; path + 1 < shape.pathStarts.length; path++) {
    const first = shape.pathStarts[path] ?? 0;
    const last = (shape.pathStarts[path + 1] ?? 0) - 1;
    const edges = Math.max(EDGES_PER_PIECE, Math.ceil((last - first) / MAX_PIECES_PER_PATH));
    let from = first;
    do {
      const to = Math.min(last, from + edges);
      pieces.push({ bbox: runBbox(shape, from, to), from, to });
      from = to;
    } while (from < last);
  }
  for (const [polygon, rings] of shape.polygons.entries()) {
    const outer = rings[0] ?? 0;
    const from = shape.pathStarts[outer] ?? 0;
    const to = (shape.pathStarts[outer + 1] ?? 1) - 1;
    pieces.push({ bbox: runBbox(shape, from, to), polygon });
  }
  return pieces;
};

const runBbox = ({ lonLat }: Shape, from: number, to: number): Bbox => {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = from; i <= to; i++) {
    const [lon, lat] = [lonLat[2 * i] ?? 0, lonLat[2 * i + 1] ?? 0];
    west = Math.min(west, lon);
    east = Math.max(east, lon);
    south = Math.min(south, lat);
    north = Math.max(north, lat);
  }
  return [west, south, east, north];
};
