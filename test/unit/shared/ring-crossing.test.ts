import { kinks, polygon } from '@turf/turf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ringCrossing } from '../../../src/shared/ring-crossing.ts';
import { ANREN, starRing } from '../resources/made-up.ts';

describe('ringCrossing', () => {
  it('finds the crossing of a bow-tie', () => {
    const [x = 0, y = 0] =
      ringCrossing([
        [0, 0],
        [2, 2],
        [2, 0],
        [0, 2],
        [0, 0],
      ]) ?? [];
    expect([x, y]).toEqual([1, 1]);
  });

  it.each<[string, number[][]]>([
    [
      'a square',
      [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
        [0, 0],
      ],
    ],
    [
      'a vertex on an edge',
      [
        [0, 0],
        [4, 0],
        [4, 4],
        [2, 0],
        [0, 4],
        [0, 0],
      ],
    ],
    [
      'two triangles meeting in a vertex',
      [
        [0, 0],
        [2, 2],
        [4, 0],
        [4, 4],
        [2, 2],
        [0, 4],
        [0, 0],
      ],
    ],
    [
      'a spike there and back',
      [
        [0, 0],
        [4, 0],
        [4, 4],
        [6, 4],
        [4, 4],
        [0, 4],
        [0, 0],
      ],
    ],
    [
      'the same position twice',
      [
        [0, 0],
        [4, 0],
        [4, 0],
        [4, 4],
        [0, 0],
        [0, 0],
      ],
    ],
  ])('lets %s pass', (_name, ring) => {
    expect(ringCrossing(ring)).toBeUndefined();
  });

  it('agrees with turf.kinks on random rings', () => {
    const coordinate = fc.integer({ min: -500, max: 500 });
    const corners = fc.array(fc.tuple(coordinate, coordinate), { minLength: 4, maxLength: 12 });
    // Three corners in line may touch, which Turf counts and this does not.
    const inGeneralPosition = corners.filter((list) =>
      list.every(([ax, ay], i) =>
        list.every(
          ([bx, by], j) =>
            j <= i ||
            list.every(([cx, cy], k) => k <= j || (bx - ax) * (cy - ay) !== (by - ay) * (cx - ax)),
        ),
      ),
    );
    fc.assert(
      fc.property(inGeneralPosition, (open) => {
        const ring = [...open, open[0] ?? [0, 0]].map((position) => [...position]);
        const expected = kinks(polygon([ring])).features.length > 0;
        expect(ringCrossing(ring) !== undefined).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('takes a ring of 50,000 positions in reasonable time', () => {
    const ring = starRing(
      ANREN,
      Array.from({ length: 50_000 }, (_, i) => 5000 + 100 * Math.sin(i)),
    );
    const start = performance.now();
    expect(ringCrossing(ring)).toBeUndefined();
    // Comparing all pairs would take minutes.
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
