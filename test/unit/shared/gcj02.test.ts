import { describe, expect, it } from 'vitest';
import { fromGcj02, toGcj02 } from '../../../src/shared/gcj02.ts';
import { geodesicInverse, type LonLat } from '../../../src/shared/geo.ts';

describe('toGcj02', () => {
  it('shifts Anren by 673.5 m', () => {
    const here: LonLat = [113.2692, 26.7091];
    const there = toGcj02(here);
    expect(there[0]).toBeCloseTo(113.274791, 6);
    expect(there[1]).toBeCloseTo(26.705674, 6);
    expect(geodesicInverse(here, there).distanceM).toBeCloseTo(673.5, 1);
  });

  it('shifts the middle of Peking as the common implementations do', () => {
    const [lon, lat] = toGcj02([116.404, 39.915]);
    expect(lon).toBeCloseTo(116.41024449916938, 9);
    expect(lat).toBeCloseTo(39.91640428150164, 9);
  });

  it('leaves the rest of the world where it is', () => {
    expect(toGcj02([1.52, 42.5])).toEqual([1.52, 42.5]);
    expect(toGcj02([-74, 40.7])).toEqual([-74, 40.7]);
  });
});

it('fromGcj02 takes the shift off again, to a millimetre', () => {
  for (const here of [
    [113.2692, 26.7091],
    [116.404, 39.915],
    [87.6, 43.8],
    [-74, 40.7],
  ] as const) {
    expect(geodesicInverse(fromGcj02(toGcj02(here)), here).distanceM).toBeLessThan(0.001);
  }
});
