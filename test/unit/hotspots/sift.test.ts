import { describe, expect, it } from 'vitest';
import type { Placed } from '../../../src/hotspots/gather-fires.ts';
import { firmsSatellite } from '../../../src/hotspots/satellite.ts';
import { clip, sift } from '../../../src/hotspots/sift.ts';
import { geodesicDirect, type LonLat } from '../../../src/shared/geo.ts';

const now = new Date('2026-11-28T12:00:00Z');
const HOUR_MS = 3_600_000;
const HERE: LonLat = [113.27, 26.71];
const pixel = (over: Partial<Placed> = {}): Placed => ({
  satellite: firmsSatellite('viirs', 'N20'),
  observedAt: new Date(now.getTime() - HOUR_MS),
  position: HERE,
  diagonalM: 530,
  confidence: 0.6,
  frpMw: 1,
  line: 2,
  row: '',
  radiusM: 500,
  ...over,
});
const rules = {
  now,
  maxAgeMs: 6 * HOUR_MS,
  bbox: [113, 26.5, 113.5, 27] as const,
  inside: ([lon, lat]: LonLat) => lon >= 113 && lon <= 113.5 && lat >= 26.5 && lat <= 27,
};

describe('of a table is taken', () => {
  it('what is recent; what is yet to come is a fault', () => {
    const aged = (hours: number) =>
      pixel({ observedAt: new Date(now.getTime() - hours * HOUR_MS) });
    const { hotspots, leftOut, faults } = clip([aged(5.9), aged(6.1), aged(-0.1), aged(-2)], rules);
    expect([hotspots.length, leftOut.old]).toEqual([2, 1]);
    expect(faults).toEqual([{ line: 2, message: '2026-11-28T14:00:00.000Z is yet to come' }]);
  });

  it('what may burn in the county: a pixel across the border whose circle reaches over it', () => {
    const at = (position: LonLat) => pixel({ position });
    const { hotspots, leftOut } = clip(
      [at([113.504, 26.7]), at([113.506, 26.7]), at([113.2, 27.004]), at([20, 10])],
      rules,
    );
    expect([hotspots.length, leftOut.outside]).toEqual([2, 2]);
  });
});

describe('of the county’s is reported', () => {
  const place = { deviceId: 'firms-viirs-noaa20', position: HERE, radiusM: 500 };
  const observedAt = new Date(now.getTime() - HOUR_MS);
  const moved = (metres: number) => pixel({ position: geodesicDirect(HERE, 30, metres) });

  it('not again what that satellite reported in this overpass, a little elsewhere now', () => {
    const revised = { ...moved(200), observedAt: new Date(observedAt.getTime() + 60_000) };
    const seen = [{ ...place, observedAt }];
    expect(sift([revised], seen, 0.3)).toMatchObject({ areas: [], leftOut: { known: 1 } });
    expect(sift([moved(600)], seen, 0.3).areas).toHaveLength(1);
    const later = { ...place, observedAt: new Date(observedAt.getTime() - 1.6 * HOUR_MS) };
    expect(sift([moved(200)], [later], 0.3).areas).toHaveLength(1);
    const other = { ...place, observedAt, deviceId: 'firms-viirs-snpp' };
    expect(sift([moved(200)], [other], 0.3).areas).toHaveLength(1);
  });

  it('not what no pixel is certain of; a weak pixel beside a certain one belongs to its fire', () => {
    const weak = pixel({ confidence: 0.2 });
    expect(sift([weak], [], 0.3)).toMatchObject({ areas: [], leftOut: { weak: 1 } });
    expect(sift([weak], [], 0)).toMatchObject({ leftOut: { weak: 0 } });
    const both = sift([weak, moved(400)], [], 0.3);
    expect(both.areas[0]?.hotspots).toHaveLength(2);
    expect(both.leftOut.weak).toBe(0);
  });
});
