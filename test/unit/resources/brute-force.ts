import type { Resource } from '../../../src/resources/resource.ts';
import { geodesicInverse, type LonLat } from '../../../src/shared/geo.ts';
import { type Position, pathsOf } from '../../../src/shared/geometry.ts';

/** Distance by geodesics alone: sampling, then golden-section search along each edge. Slow, and shares no code with the index. */
export const bruteDistance = (point: LonLat, resource: Pick<Resource, 'geometry'>): number => {
  const { paths, polygons } = pathsOf(resource.geometry);
  if (
    polygons.some((rings) =>
      insidePolygon(
        point,
        rings.map((ring) => paths[ring] ?? []),
      ),
    )
  )
    return 0;
  return Math.min(...paths.map((path) => pathDistance(point, path)));
};

const toLonLat = (position: Position | undefined): LonLat => [
  position?.[0] ?? 0,
  position?.[1] ?? 0,
];

const pathDistance = (point: LonLat, path: readonly Position[]): number => {
  let least = geodesicInverse(point, toLonLat(path[0])).distanceM;
  for (let i = 1; i < path.length; i++) {
    least = Math.min(least, edgeDistance(point, toLonLat(path[i - 1]), toLonLat(path[i])));
  }
  return least;
};

const SAMPLES = 24;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

const edgeDistance = (point: LonLat, a: LonLat, b: LonLat): number => {
  const at = (t: number): number =>
    geodesicInverse(point, [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]).distanceM;
  let best = 0;
  for (let i = 1; i <= SAMPLES; i++) if (at(i / SAMPLES) < at(best / SAMPLES)) best = i;
  let low = Math.max(0, (best - 1) / SAMPLES);
  let high = Math.min(1, (best + 1) / SAMPLES);
  for (let round = 0; round < 45; round++) {
    const left = high - GOLDEN * (high - low);
    const right = low + GOLDEN * (high - low);
    if (at(left) < at(right)) high = right;
    else low = left;
  }
  return Math.min(at(0), at(1), at((low + high) / 2));
};

/** Winding number per ring (the index counts crossings): inside the outer ring and in no hole. */
const insidePolygon = (point: LonLat, rings: readonly (readonly Position[])[]): boolean =>
  rings.every((ring, i) => (winding(point, ring) !== 0) === (i === 0));

const winding = ([x, y]: LonLat, ring: readonly Position[]): number => {
  let turn = 0;
  for (let i = 1; i < ring.length; i++) {
    const [ax, ay] = toLonLat(ring[i - 1]);
    const [bx, by] = toLonLat(ring[i]);
    turn += Math.atan2(
      (ax - x) * (by - y) - (ay - y) * (bx - x),
      (ax - x) * (bx - x) + (ay - y) * (by - y),
    );
  }
  return Math.round(turn / (2 * Math.PI));
};
