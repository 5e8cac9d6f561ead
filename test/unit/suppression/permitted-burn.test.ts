import { describe, expect, it } from 'vitest';
import type { BurnGeometry } from '../../../src/suppression/permitted-burn.ts';
import { burnHolds, fixInBurn, pointInBurn } from '../../../src/suppression/permitted-burn.ts';
import { at, burn, FIELD, fixAt, square } from './made-up.ts';

/** Two fields 5 km apart; the western one has a hamlet in its middle. */
const TWO: BurnGeometry = {
  type: 'MultiPolygon',
  coordinates: [
    [square(113.2, 26.7, 0.01), square(113.203, 26.703, 0.004)],
    [square(113.25, 26.7, 0.002)],
  ],
};

describe('pointInBurn', () => {
  it.each([
    ['the middle', FIELD, true],
    ['the border', [113.2, 26.705], true],
    ['a corner', [113.2, 26.7], true],
    ['10 m outside', [113.1999, 26.705], false],
  ] as const)('%s of a polygon', (_what, point, inside) => {
    expect(pointInBurn(burn(), point)).toBe(inside);
  });

  it.each([
    ['the first part', [113.201, 26.701], true],
    ['the second part', [113.251, 26.701], true],
    ['the hole', FIELD, false],
    ['between the parts', [113.23, 26.701], false],
  ] as const)('%s of a multipolygon', (_what, point, inside) => {
    expect(pointInBurn({ geometry: TWO }, point)).toBe(inside);
  });
});

describe('fixInBurn', () => {
  it('takes no ellipse for evidence that is larger than 500 m and the area', () => {
    // 0.01° by 0.01° here is 995 m by 1108 m: the side of a square as large is 1050 m.
    expect([0, 500, 1049, 1051, 7000].map((m) => fixInBurn(burn(), fixAt(FIELD, m)))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it('measures the part the fix lies in, not the other', () => {
    const small: [number, number] = [113.251, 26.701];
    const geometry = { geometry: TWO };
    expect(fixInBurn(geometry, fixAt(small, 500))).toBe(true);
    expect(fixInBurn(geometry, fixAt(small, 501))).toBe(false);
    expect(fixInBurn(geometry, fixAt([113.201, 26.701], 1000))).toBe(true);
  });

  it('a long thin strip excuses no long ellipse', () => {
    // 10 km by 55 m.
    const strip = [
      [113.2, 26.7],
      [113.3, 26.7],
      [113.3, 26.7005],
      [113.2, 26.7005],
      [113.2, 26.7],
    ];
    const geometry: BurnGeometry = { type: 'Polygon', coordinates: [strip] };
    expect(fixInBurn({ geometry }, fixAt([113.25, 26.7002], 700))).toBe(true);
    expect(fixInBurn({ geometry }, fixAt([113.25, 26.7002], 2000))).toBe(false);
  });
});

describe('burnHolds', () => {
  it.each([
    ['07:59:59.999', false],
    ['08:00:00', true],
    ['12:00:00', true],
    ['12:00:00.001', false],
  ])('at %s: %s', (time, holds) => {
    expect(burnHolds(burn(), at(time))).toBe(holds);
  });
});
