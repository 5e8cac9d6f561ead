import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hfovAtZoom, isRisingZoom } from '../../../src/locate/field-of-view.ts';

const tan = (hfovDeg: number): number => Math.tan((hfovDeg * Math.PI) / 360);
const wide = (hfovDeg: number) => ({ hfovDeg, hfovByZoom: null });

describe('hfovAtZoom', () => {
  it.each([
    [60, 1, 60],
    [60, 2, 32.2042],
    [60, 30, 2.2049],
    [6, 30, 0.2002],
  ])('of a lens of %d° at zoom %d is %d°', (hfovDeg, zoom, expected) => {
    expect(hfovAtZoom(wide(hfovDeg), zoom)).toBeCloseTo(expected, 3);
  });

  it('is not known without a field of view', () => {
    expect(hfovAtZoom({ hfovDeg: null, hfovByZoom: null }, 4)).toBeNull();
  });

  it('goes through the entries of a table, whatever the wide end is registered as', () => {
    const lens = {
      hfovDeg: 10,
      hfovByZoom: [
        [1, 60],
        [8, 9],
        [30, 2.4],
      ] as [number, number][],
    };
    for (const [zoom, hfovDeg] of lens.hfovByZoom) {
      expect(hfovAtZoom(lens, zoom)).toBeCloseTo(hfovDeg, 9);
    }
    // Beyond the last entry the focal length goes on with the zoom.
    expect(tan(hfovAtZoom(lens, 60) ?? 0)).toBeCloseTo(tan(2.4) / 2, 12);
    // Halfway in log zoom lies the geometric mean of the focal lengths.
    expect(tan(hfovAtZoom(lens, Math.sqrt(8)) ?? 0)).toBeCloseTo(Math.sqrt(tan(60) * tan(9)), 12);
  });

  it('of a table that follows the thin lens is the formula’s, and shrinks as zoom grows', () => {
    const zoom = fc.double({ min: 1, max: 60, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: 2, max: 120, noNaN: true }), zoom, zoom, (hfovDeg, a, b) => {
        const at = (z: number): number => hfovAtZoom(wide(hfovDeg), z) ?? Number.NaN;
        const hfovByZoom = [1, 3, 10, 30].map((z): [number, number] => [z, at(z)]);
        expect(hfovAtZoom({ hfovDeg: null, hfovByZoom }, a)).toBeCloseTo(at(a), 9);
        expect(at(Math.min(a, b))).toBeGreaterThanOrEqual(at(Math.max(a, b)));
      }),
    );
  });
});

it('a table must rise in zoom and shrink in view', () => {
  expect(
    isRisingZoom([
      [1, 60],
      [2, 33],
    ]),
  ).toBe(true);
  expect(
    isRisingZoom([
      [1, 60],
      [1, 33],
    ]),
  ).toBe(false);
  expect(
    isRisingZoom([
      [1, 60],
      [2, 61],
    ]),
  ).toBe(false);
});
