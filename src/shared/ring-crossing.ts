import Flatbush from 'flatbush';
import type { Position } from './geometry.ts';

/** About 0.1 mm. Edges that only touch, to within rounding, do not cross. */
const TOUCH_DEG = 1e-9;

/**
 * Where a closed ring crosses itself (the crossing's approximate [lon, lat]), or undefined. Touching itself is
 * allowed: a lake with an island tied to its shore is often drawn so, and its inside is still clear.
 */
export const ringCrossing = (ring: readonly Position[]): [number, number] | undefined => {
  const edges = ring.length - 1;
  // A closed ring of three edges cannot cross itself.
  if (edges < 4) return undefined;
  const tree = new Flatbush(edges);
  for (let i = 0; i < edges; i++) {
    const [ax, ay, bx, by] = edge(ring, i);
    tree.add(Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by));
  }
  tree.finish();
  for (let i = 0; i < edges; i++) {
    const a = edge(ring, i);
    const meets = (j: number): boolean => j > i && cross(a, edge(ring, j));
    const [other] = tree.search(
      Math.min(a[0], a[2]),
      Math.min(a[1], a[3]),
      Math.max(a[0], a[2]),
      Math.max(a[1], a[3]),
      meets,
    );
    if (other !== undefined) return crossing(a, edge(ring, other));
  }
  return undefined;
};

type Edge = readonly [ax: number, ay: number, bx: number, by: number];

const edge = (ring: readonly Position[], i: number): Edge => [
  ring[i]?.[0] ?? 0,
  ring[i]?.[1] ?? 0,
  ring[i + 1]?.[0] ?? 0,
  ring[i + 1]?.[1] ?? 0,
];

/** Distance of (x, y) from the line through an edge, degrees; the sign tells the side. */
const sideOf = ([ax, ay, bx, by]: Edge, x: number, y: number): number => {
  const length = Math.hypot(bx - ax, by - ay);
  return length === 0 ? 0 : ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / length;
};

const apart = (one: number, other: number): boolean =>
  (one > TOUCH_DEG && other < -TOUCH_DEG) || (one < -TOUCH_DEG && other > TOUCH_DEG);

const cross = (a: Edge, b: Edge): boolean =>
  apart(sideOf(a, b[0], b[1]), sideOf(a, b[2], b[3])) &&
  apart(sideOf(b, a[0], a[1]), sideOf(b, a[2], a[3]));

const crossing = (a: Edge, b: Edge): [number, number] => {
  const from = sideOf(b, a[0], a[1]);
  const t = from / (from - sideOf(b, a[2], a[3]));
  return [a[0] + t * (a[2] - a[0]), a[1] + t * (a[3] - a[1])];
};
