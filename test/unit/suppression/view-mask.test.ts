import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inMask } from '../../../src/suppression/view-mask.ts';
import { mask } from './made-up.ts';

describe('inMask', () => {
  const throughNorth = mask();

  it.each([
    [350, true],
    [359.99, true],
    [360, true],
    [0, true],
    [10, true],
    [-5, true],
    [725, true],
    [349.9, false],
    [10.1, false],
    [180, false],
  ])('through north, 350 to 10: %d° → %s', (azimuthDeg, inside) => {
    expect(inMask(throughNorth, azimuthDeg, 0)).toBe(inside);
  });

  it.each([
    [90, true],
    [120, true],
    [89.9, false],
    [120.1, false],
    [300, false],
  ])('90 to 120: %d° → %s', (azimuthDeg, inside) => {
    const east = mask({ azimuthFromDeg: 90, azimuthToDeg: 120 });
    expect(inMask(east, azimuthDeg, null)).toBe(inside);
  });

  it('ends at north as 0 or as 360', () => {
    for (const azimuthToDeg of [0, 360]) {
      const west = mask({ azimuthFromDeg: 270, azimuthToDeg });
      expect([269, 270, 315, 360, 0, 1].map((az) => inMask(west, az, 0))).toEqual([
        false,
        true,
        true,
        true,
        true,
        false,
      ]);
    }
  });

  it('holds every azimuth when it is the whole circle', () => {
    const fog = mask({ azimuthFromDeg: 0, azimuthToDeg: 360 });
    fc.assert(
      fc.property(fc.double({ min: -720, max: 720, noNaN: true }), (azimuthDeg) =>
        inMask(fog, azimuthDeg, null),
      ),
    );
  });

  it('with a band of elevations holds only what is known to be inside', () => {
    const water = mask({ elevationFromDeg: -20, elevationToDeg: -2 });
    const inside = (elevationDeg: number | null) => inMask(water, 0, elevationDeg);
    expect([-20, -10, -2].map(inside)).toEqual([true, true, true]);
    expect([-20.1, -1.9, 0, null].map(inside)).toEqual([false, false, false, false]);
  });

  it('and its complement hold every azimuth between them, and turning both changes nothing', () => {
    // Turned as whole numbers: a sum of fractions may come out beside an edge that it stands on.
    const milliDeg = fc.integer({ min: 0, max: 359_999 });
    const deg = (milli: number): number => (milli % 360_000) / 1000;
    fc.assert(
      fc.property(milliDeg, milliDeg, milliDeg, milliDeg, (from, to, azimuth, turn) => {
        fc.pre(from !== to);
        const there = mask({ azimuthFromDeg: deg(from), azimuthToDeg: deg(to) });
        const rest = mask({ azimuthFromDeg: deg(to), azimuthToDeg: deg(from) });
        const isIn = inMask(there, deg(azimuth), null);
        expect(isIn || inMask(rest, deg(azimuth), null)).toBe(true);
        const onEdge = azimuth === from || azimuth === to;
        expect(isIn && inMask(rest, deg(azimuth), null)).toBe(onEdge);
        const turned = mask({
          azimuthFromDeg: deg(from + turn),
          azimuthToDeg: deg(to + turn),
        });
        expect(inMask(turned, deg(azimuth + turn), null)).toBe(isIn);
        const beyondTurn = inMask(turned, deg(azimuth) + deg(turn), null);
        expect(onEdge || beyondTurn === isIn).toBe(true);
      }),
      { seed: 1125486904, examples: [[10, 0, 10, 158_872]] },
    );
  });
});
