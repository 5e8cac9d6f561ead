import fc from 'fast-check';
import {
  RESOURCE_KINDS,
  type Resource,
  type ResourceKind,
} from '../../../src/resources/resource.ts';
import { geodesicDirect, type LonLat } from '../../../src/shared/geo.ts';
import type { Geometry, Position } from '../../../src/shared/geometry.ts';

export const ANREN: LonLat = [113.27, 26.71];

export const resource = (
  id: string,
  geometry: Geometry,
  more: Partial<Resource> = {},
): Resource => ({
  id,
  kind: 'water',
  name: `resource ${id}`,
  geometry,
  properties: {},
  personId: null,
  positionAt: null,
  createdAt: new Date(0),
  updatedAt: new Date(0),
  ...more,
});

/** A star-shaped ring: never crosses itself, whatever the radii. */
export const starRing = (centre: LonLat, radiiM: readonly number[]): Position[] => {
  const ring = radiiM.map((radiusM, i) => [
    ...geodesicDirect(centre, (360 * i) / radiiM.length, radiusM),
  ]);
  return [...ring, ring[0] ?? []];
};

/** A place at most `maxM` from the centre. */
export const placeNear = (centre: LonLat, maxM: number): fc.Arbitrary<LonLat> =>
  fc
    .record({
      azimuthDeg: fc.double({ min: 0, max: 360, noNaN: true }),
      distanceM: fc.double({ min: 0, max: maxM, noNaN: true }),
    })
    .map(({ azimuthDeg, distanceM }) => geodesicDirect(centre, azimuthDeg, distanceM));

/** Points, lines with edges up to `edgeM`, polygons with and without a hole, and their Multi forms. */
export const geometryNear = (
  centre: LonLat,
  { withinM, edgeM }: { withinM: number; edgeM: number },
): fc.Arbitrary<Geometry> => {
  const place = placeNear(centre, withinM);
  const line = fc
    .tuple(
      place,
      fc.array(
        fc.record({
          azimuthDeg: fc.double({ min: 0, max: 360, noNaN: true }),
          lengthM: fc.double({ min: 1, max: edgeM, noNaN: true }),
        }),
        { minLength: 1, maxLength: 6 },
      ),
    )
    .map(([start, legs]) => {
      const path: LonLat[] = [start];
      for (const { azimuthDeg, lengthM } of legs) {
        path.push(geodesicDirect(path.at(-1) ?? start, azimuthDeg, lengthM));
      }
      return path.map((position) => [...position]);
    });
  const polygon = fc
    .record({
      middle: place,
      radiiM: fc.array(fc.double({ min: edgeM / 20, max: edgeM, noNaN: true }), {
        minLength: 5,
        maxLength: 12,
      }),
      hole: fc.boolean(),
    })
    .map(({ middle, radiiM, hole }) => [
      starRing(middle, radiiM),
      ...(hole
        ? [
            starRing(
              middle,
              radiiM.map((radiusM) => radiusM * 0.4),
            ),
          ]
        : []),
    ]);
  return fc.oneof(
    place.map((at): Geometry => ({ type: 'Point', coordinates: [...at] })),
    line.map((coordinates): Geometry => ({ type: 'LineString', coordinates })),
    polygon.map((coordinates): Geometry => ({ type: 'Polygon', coordinates })),
    fc
      .array(place, { minLength: 1, maxLength: 3 })
      .map((places): Geometry => ({ type: 'MultiPoint', coordinates: places.map((p) => [...p]) })),
    fc
      .array(line, { minLength: 1, maxLength: 2 })
      .map((coordinates): Geometry => ({ type: 'MultiLineString', coordinates })),
    fc
      .array(polygon, { minLength: 1, maxLength: 2 })
      .map((coordinates): Geometry => ({ type: 'MultiPolygon', coordinates })),
  );
};

export const kindAmong = (count: number): fc.Arbitrary<ResourceKind> =>
  fc.constantFrom(...RESOURCE_KINDS.slice(0, count));
