import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createNearbyIndex,
  type NearbyHit,
  type NearbyIndex,
} from '../../../src/resources/nearby/nearby-index.ts';
import type { Resource } from '../../../src/resources/resource.ts';
import { runAtOnce } from '../../../src/resources/slices.ts';
import { geodesicDirect, geodesicInverse, type LonLat } from '../../../src/shared/geo.ts';
import { bruteDistance } from './brute-force.ts';
import { ANREN, geometryNear, kindAmong, placeNear, resource, starRing } from './made-up.ts';

const indexOf = (resources: readonly Resource[]) => {
  const index = createNearbyIndex();
  for (const item of resources) index.put(item);
  return index;
};

const only = (hits: readonly NearbyHit[]): NearbyHit => {
  const [hit] = hits;
  if (hit === undefined || hits.length !== 1)
    throw new Error(`expected one hit, got ${hits.length}`);
  return hit;
};

const nearestTo = (point: LonLat, item: Resource): NearbyHit =>
  only(indexOf([item]).nearby(point, { limit: 1 }));

/** 0.1 % as required, and 2 cm where the distance is so small that a fraction of it means nothing. */
const tolerance = (distanceM: number): number => Math.max(0.001 * distanceM, 0.02);

describe('distance to one resource', () => {
  const places: { name: string; centre: LonLat }[] = [
    { name: 'in Anren', centre: ANREN },
    { name: 'at the equator', centre: [37, 0] },
    { name: 'at 69° N', centre: [18.9, 69.6] },
    { name: 'on the southern hemisphere', centre: [-71.6, -33.4] },
    { name: 'beside the antimeridian', centre: [179.9, -16.8] },
  ];

  it.each(places)('is within 0.1 % of the geodesic up to 50 km, $name', ({ centre }) => {
    const uncut = ({ geometry }: { geometry: Resource['geometry'] }): boolean =>
      !JSON.stringify(geometry).includes('[-17') || centre[0] < 179;
    fc.assert(
      fc.property(
        placeNear(centre, 25_000),
        fc
          .record({ geometry: geometryNear(centre, { withinM: 25_000, edgeM: 8_000 }) })
          .filter(uncut),
        (point, { geometry }) => {
          const item = resource('r', geometry);
          const exact = bruteDistance(point, item);
          const hit = nearestTo(point, item);
          expect(Math.abs(hit.distanceM - exact)).toBeLessThanOrEqual(tolerance(exact));
          if (hit.distanceM === 0) return;
          const again = geodesicInverse(point, hit.nearest);
          expect(again.distanceM).toBeCloseTo(hit.distanceM, 6);
          expect(again.azimuthDeg).toBeCloseTo(hit.azimuthDeg, 6);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('holds for edges of 100 km', () => {
    fc.assert(
      fc.property(
        placeNear(ANREN, 50_000),
        fc.double({ min: 0, max: 360, noNaN: true }),
        fc.double({ min: 50_000, max: 100_000, noNaN: true }),
        (point, azimuthDeg, lengthM) => {
          const ends = [ANREN, geodesicDirect(ANREN, azimuthDeg, lengthM)];
          const item = resource('r', { type: 'LineString', coordinates: ends });
          const exact = bruteDistance(point, item);
          const { distanceM } = nearestTo(point, item);
          expect(Math.abs(distanceM - exact)).toBeLessThanOrEqual(tolerance(exact));
        },
      ),
      { numRuns: 60 },
    );
  });

  const PARALLEL = resource('line', {
    type: 'LineString',
    coordinates: [
      [112.77, 26.71],
      [113.77, 26.71],
    ],
  });

  it('follows a long edge along its parallel, not the shorter geodesic (RFC 7946)', () => {
    const hit = nearestTo([113.0137, 26.8], PARALLEL);
    expect(hit.nearest[1]).toBeCloseTo(26.71, 9);
    // Due south, to the millimetre.
    expect(hit.nearest[0]).toBeCloseTo(113.0137, 8);
    expect(hit.azimuthDeg).toBeCloseTo(180, 5);
  });

  it('ranks a long edge by its place on the ground, not by the chord between its ends', () => {
    // In the middle of 100 km the chord is 200 m underground and 90 m to the side.
    const well = resource('well', { type: 'Point', coordinates: [113.27, 26.7106] });
    const index = indexOf([well, PARALLEL]);
    const point: LonLat = [113.27, 26.7102];
    const first = only(index.nearby(point, { limit: 1 }));
    expect(first.resource.id).toBe('line');
    expect(first.distanceM).toBeCloseTo(bruteDistance(point, PARALLEL), 3);
  });

  // lat1, lon1, azi1, lat2, lon2, s12 of lines in Karney's GeodTest set (public domain).
  it.each([
    '11.898997917427 0 75.119044134969 11.899065303345824 .000257501685735 29.0265121',
    '36.800966049655 0 43.389649034063 36.802889529289610 .002261122427426 293.7372273',
    '60.077425015363 0 81.639916890942 60.078197903525389 .010531670881733 592.5766309',
    '8.849455388939 0 129.673344478389 8.843107684651578 .007694428892432 1099.6867173',
    '35.602540598169 0 111.870427868602 -19.406200172031697 78.995799629955596 10299779.6328425',
  ])('agrees with GeodTest: %s', (testLine) => {
    const [lat1 = 0, lon1 = 0, azi1 = 0, lat2 = 0, lon2 = 0, s12 = 0] = testLine
      .split(' ')
      .map(Number);
    const there = resource('r', { type: 'Point', coordinates: [lon2, lat2] });
    const hit = nearestTo([lon1, lat1], there);
    expect(hit.distanceM).toBeCloseTo(s12, 4);
    expect(hit.azimuthDeg).toBeCloseTo(azi1, 4);
  });

  it('is 0 with no direction at the very point', () => {
    const hit = nearestTo(ANREN, resource('r', { type: 'Point', coordinates: [...ANREN] }));
    expect(hit).toMatchObject({ distanceM: 0, azimuthDeg: 0, nearest: ANREN });
  });

  it('is 0 inside a polygon, and counts from the edge of a hole', () => {
    const pond = resource('pond', {
      type: 'Polygon',
      coordinates: [
        starRing(ANREN, [2000, 2000, 2000, 2000, 2000, 2000, 2000, 2000]),
        starRing(ANREN, [500, 500, 500, 500, 500, 500, 500, 500]),
      ],
    });
    const inWater = geodesicDirect(ANREN, 90, 1000);
    expect(nearestTo(inWater, pond)).toMatchObject({
      distanceM: 0,
      azimuthDeg: 0,
      nearest: inWater,
    });
    // The island's shore is an octagon: its sides are nearest half-way between two corners.
    const onIsland = nearestTo(geodesicDirect(ANREN, 22.5, 300), pond);
    expect(onIsland.distanceM).toBeCloseTo(500 * Math.cos(Math.PI / 8) - 300, 1);
    expect(onIsland.azimuthDeg).toBeCloseTo(22.5, 0);
    expect(nearestTo(geodesicDirect(ANREN, 45, 2600), pond).distanceM).toBeCloseTo(600, 1);
  });

  it('is 0 in any part of a MultiPolygon, and height plays no part', () => {
    const at = (lon: number) =>
      [lon, lon + 0.01].flatMap((x) => [26.7, 26.71].map((y) => [x, y, 900]));
    const ring = (lon: number) => {
      const [a = [], b = [], c = [], d = []] = at(lon);
      return [[a, b, d, c, a]];
    };
    const item = resource('m', { type: 'MultiPolygon', coordinates: [ring(113), ring(113.1)] });
    expect(nearestTo([113.005, 26.705], item).distanceM).toBe(0);
    expect(nearestTo([113.105, 26.705], item).distanceM).toBe(0);
    expect(nearestTo([113.05, 26.705], item).distanceM).toBeGreaterThan(3900);
  });

  it('reaches across the antimeridian and over the pole', () => {
    const point = resource('p', { type: 'Point', coordinates: [-179.95, 10] });
    const exact = geodesicInverse([179.95, 10], [-179.95, 10]).distanceM;
    expect(nearestTo([179.95, 10], point).distanceM).toBeCloseTo(exact, 6);
    const polar = resource('q', {
      type: 'LineString',
      coordinates: [
        [0, 89.9],
        [120, 89.9],
      ],
    });
    expect(
      Math.abs(nearestTo([-90, 89.95], polar).distanceM - bruteDistance([-90, 89.95], polar)),
    ).toBeLessThan(0.02);
  });
});

describe('the k nearest of each kind', () => {
  const kinds = kindAmong(3);
  const made = fc.array(fc.tuple(kinds, geometryNear(ANREN, { withinM: 30_000, edgeM: 6_000 })), {
    minLength: 1,
    maxLength: 40,
  });

  const check = (
    index: NearbyIndex,
    all: readonly Resource[],
    point: LonLat,
    limit: number,
  ): void => {
    const hits = index.nearby(point, { limit });
    for (const kind of new Set(all.map((item) => item.kind))) {
      const expected = all
        .filter((item) => item.kind === kind)
        .map((item) => bruteDistance(point, item))
        .sort((a, b) => a - b)
        .slice(0, limit);
      const got = hits.filter((hit) => hit.resource.kind === kind).map((hit) => hit.distanceM);
      expect(got).toHaveLength(expected.length);
      for (const [i, exact] of expected.entries()) {
        expect(Math.abs((got[i] ?? Number.NaN) - exact)).toBeLessThanOrEqual(tolerance(exact));
      }
    }
    expect(new Set(hits.map((hit) => hit.resource.id)).size).toBe(hits.length);
  };

  it('equal brute force over mixed geometries, through moves, deletions and packing at any moment', () => {
    const step = fc.oneof(
      fc.record({
        do: fc.constant('put' as const),
        which: fc.nat(39),
        kind: kinds,
        geometry: geometryNear(ANREN, { withinM: 30_000, edgeM: 6_000 }),
      }),
      fc.record({ do: fc.constant('remove' as const), which: fc.nat(39) }),
      fc.record({ do: fc.constant('pack' as const), steps: fc.nat(8) }),
    );
    fc.assert(
      fc.property(
        made,
        fc.array(step, { maxLength: 12 }),
        placeNear(ANREN, 30_000),
        fc.integer({ min: 1, max: 8 }),
        (first, steps, point, limit) => {
          const all = new Map(
            first.map(([kind, geometry], i) => [`r${i}`, resource(`r${i}`, geometry, { kind })]),
          );
          const index = indexOf([...all.values()]);
          runAtOnce(index.pack(0));
          let packing: Generator<void, void, void> | undefined;
          for (const action of steps) {
            if (action.do === 'pack') {
              packing ??= index.pack(0);
              for (let i = 0; i < action.steps; i++)
                if (packing?.next().done === true) packing = undefined;
            } else if (action.do === 'remove') {
              all.delete(`r${action.which}`);
              index.remove(`r${action.which}`);
            } else {
              const item = resource(`r${action.which}`, action.geometry, { kind: action.kind });
              all.set(item.id, item);
              index.put(item);
            }
          }
          check(index, [...all.values()], point, limit);
          if (packing !== undefined) runAtOnce(packing);
          runAtOnce(index.pack(0));
          check(index, [...all.values()], point, limit);
          expect(index.size()).toBe(all.size);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('equal brute force over many trees, with changes before, while and after they are packed', () => {
    const random = seeded(7);
    const somewhere = (): LonLat => [112.9 + 0.8 * random(), 26.4 + 0.6 * random()];
    const places = new Map<string, LonLat>();
    const index = createNearbyIndex();
    const put = (id: string, at: LonLat): void => {
      places.set(id, at);
      index.put(resource(id, { type: 'Point', coordinates: [...at] }));
    };
    const shake = (changes: number): void => {
      for (let i = 0; i < changes; i++) {
        const id = `r${Math.floor(15_000 * random())}`;
        if (random() < 0.7) put(id, somewhere());
        else {
          places.delete(id);
          index.remove(id);
        }
      }
    };
    const checkSome = (queries = 3): void => {
      for (let query = 0; query < queries; query++) {
        const point = somewhere();
        const expected = [...places.values()]
          .map((at) => geodesicInverse(point, at).distanceM)
          .sort((a, b) => a - b)
          .slice(0, 8);
        const got = index.nearby(point, { kinds: ['water'], limit: 8 });
        expect(got.map((hit) => hit.distanceM)).toEqual(expected);
      }
    };

    for (let i = 0; i < 15_000; i++) put(`r${i}`, somewhere());
    runAtOnce(index.pack(0));
    checkSome();
    // Enough to leave some trees more than half dead.
    for (let round = 0; round < 3; round++) {
      shake(6_000);
      checkSome();
      for (const packing = index.pack(0); packing.next().done !== true; ) {
        shake(20);
        checkSome(1);
      }
      checkSome();
    }
    expect(index.size()).toBe(places.size);
  });

  it('hundreds of items in one place come in the order of their ids', () => {
    const radios = Array.from({ length: 300 }, (_, i) =>
      resource(`radio-${String(i).padStart(3, '0')}`, { type: 'Point', coordinates: [...ANREN] }),
    );
    const index = indexOf(radios.toReversed());
    runAtOnce(index.pack(0));
    const ids = index.nearby([113.3, 26.7], { limit: 3 }).map((hit) => hit.resource.id);
    expect(ids).toEqual(['radio-000', 'radio-001', 'radio-002']);
  });

  it('a river of a thousand bends does not keep the next resource from being found', () => {
    const bends = Array.from({ length: 8_000 }, (_, i) => [
      113 + i / 20_000,
      26.7 + 0.002 * Math.sin(i / 3),
    ]);
    const wells = Array.from({ length: 40 }, (_, i) =>
      resource(`w${i}`, { type: 'Point', coordinates: [113.2, 26.8 + i / 1000] }),
    );
    const index = indexOf([
      resource('river', { type: 'LineString', coordinates: bends }),
      ...wells,
    ]);
    runAtOnce(index.pack(0));
    const hits = index.nearby([113.2, 26.701], { limit: 3 });
    expect(hits.map((hit) => hit.resource.id)).toEqual(['river', 'w0', 'w1']);
    check(
      index,
      [resource('river', { type: 'LineString', coordinates: bends.slice(3_900, 4_100) }), ...wells],
      [113.2, 26.701],
      3,
    );
  });
});

/** Deterministic numbers in [0, 1). */
const seeded = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
};
