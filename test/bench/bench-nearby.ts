import { cpus } from 'node:os';
import { createNearbyIndex } from '../../src/resources/nearby/nearby-index.ts';
import { RESOURCE_KINDS, type Resource } from '../../src/resources/resource.ts';
import { runInSlices } from '../../src/resources/slices.ts';
import { geodesicDirect, type LonLat } from '../../src/shared/geo.ts';
import { createRandom } from '../support/random.ts';

const CENTRE: LonLat = [113.27, 26.71];
const FEATURES = 100_000;
const QUERIES = 3_000;
/** A prefecture: the county's forests with those around it. */
const SPREAD_M = 60_000;

const place = (random: () => number, from: LonLat, maxM: number): LonLat =>
  geodesicDirect(from, 360 * random(), maxM * Math.sqrt(random()));

/** Half points, a third lines of 2 to 60 edges, the rest polygons of 8 to 40 corners, some with a hole. */
const makeResource = (random: () => number, i: number): Resource => {
  const at = place(random, CENTRE, SPREAD_M);
  const share = random();
  return {
    id: `r${i}`,
    kind: RESOURCE_KINDS[i % RESOURCE_KINDS.length] ?? 'water',
    name: `resource ${i}`,
    geometry:
      share < 0.5
        ? { type: 'Point', coordinates: [...at] }
        : share < 0.83
          ? { type: 'LineString', coordinates: line(random, at) }
          : { type: 'Polygon', coordinates: polygon(random, at) },
    properties: { capacity: i },
    personId: null,
    positionAt: null,
    createdAt: new Date(0),
    updatedAt: new Date(0),
  };
};

const line = (random: () => number, start: LonLat): number[][] => {
  const path = [start];
  let azimuthDeg = 360 * random();
  for (let edges = 2 + Math.floor(58 * random()); edges > 0; edges--) {
    azimuthDeg += 60 * (random() - 0.5);
    path.push(geodesicDirect(path.at(-1) ?? start, azimuthDeg, 20 + 150 * random()));
  }
  return path.map((position) => [...position]);
};

const polygon = (random: () => number, centre: LonLat): number[][][] => {
  const corners = 8 + Math.floor(32 * random());
  const radiusM = 20 + 600 * random() ** 3;
  const ring = (scale: number): number[][] => {
    const open = Array.from({ length: corners }, (_, i) => [
      ...geodesicDirect(centre, (360 * i) / corners, scale * radiusM * (0.7 + 0.3 * random())),
    ]);
    return [...open, open[0] ?? []];
  };
  return random() < 0.2 ? [ring(1), ring(0.4)] : [ring(1)];
};

const percentile = (sorted: readonly number[], p: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? Number.NaN;

const summary = (times: readonly number[]): string => {
  const sorted = times.toSorted((a, b) => a - b);
  const [p50, p99, max] = [0.5, 0.99, 1].map((p) => percentile(sorted, p).toFixed(2));
  return `p50 ${p50} ms, p99 ${p99} ms, max ${max} ms`;
};

/** Nearest-resource queries against 100,000 mixed features in memory: quiet, while crews move, and while trees are packed. */
export const benchNearby = async (print: (line: string) => void): Promise<void> => {
  const random = createRandom(1);
  const resources = Array.from({ length: FEATURES }, (_, i) => makeResource(random, i));
  const index = createNearbyIndex();
  const loadStart = performance.now();
  for (const resource of resources) index.put(resource);
  await runInSlices(index.pack(0));
  const loadMs = performance.now() - loadStart;
  print(
    `nearby: ${FEATURES} features (points, lines, polygons) indexed in ${loadMs.toFixed(0)} ms; ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}`,
  );

  const time = (query: {
    kinds?: readonly (typeof RESOURCE_KINDS)[number][];
    limit: number;
  }): number => {
    const point = place(random, CENTRE, SPREAD_M * 1.2);
    const start = performance.now();
    index.nearby(point, query);
    return performance.now() - start;
  };
  const run = (before: () => void, query: Parameters<typeof time>[0]): number[] =>
    Array.from({ length: QUERIES }, () => {
      before();
      return time(query);
    });
  const move = (): void => {
    const i = Math.floor(FEATURES * random());
    const at = place(random, CENTRE, SPREAD_M);
    index.put({ ...makeResource(random, i), geometry: { type: 'Point', coordinates: [...at] } });
  };

  run(() => undefined, { limit: 5 });
  print(`nearby: 5 of each of 10 kinds:       ${summary(run(() => undefined, { limit: 5 }))}`);
  print(
    `nearby: kinds=water,crew, limit=5:   ${summary(run(() => undefined, { kinds: ['water', 'crew'], limit: 5 }))}`,
  );
  print(`nearby: 50 of each of 10 kinds:      ${summary(run(() => undefined, { limit: 50 }))}`);
  print(
    `nearby: with 5 moves before each:    ${summary(
      run(
        () => {
          for (let i = 0; i < 5; i++) move();
        },
        { limit: 5 },
      ),
    )}`,
  );

  const packing = index.pack(0);
  const steps: number[] = [];
  const meanwhile: number[] = [];
  for (let done = false; !done; ) {
    const start = performance.now();
    done = packing.next().done === true;
    steps.push(performance.now() - start);
    meanwhile.push(time({ limit: 5 }));
  }
  print(
    `nearby: while packing those moves:   ${summary(meanwhile)}; a packing step: ${summary(steps)}`,
  );
};
