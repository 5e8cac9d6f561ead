import { describe, expect, it } from 'vitest';
import { gatherFires, type Placed } from '../../../src/hotspots/gather-fires.ts';
import { radiusM } from '../../../src/hotspots/hotspot.ts';
import { firmsSatellite } from '../../../src/hotspots/satellite.ts';
import { geodesicDirect, geodesicInverse, type LonLat } from '../../../src/shared/geo.ts';
import { config } from '../locate/settings.ts';

const at = new Date('2026-11-28T06:41:00Z');
const HERE: LonLat = [113.27, 26.71];
const offset = (eastM: number, northM: number): LonLat =>
  geodesicDirect(geodesicDirect(HERE, 90, eastM), 0, northM);
let line = 1;
const pixel = (eastM: number, northM: number, over: Partial<Placed> = {}): Placed => ({
  satellite: firmsSatellite('viirs', 'N20'),
  observedAt: at,
  position: offset(eastM, northM),
  diagonalM: 530,
  confidence: 0.6,
  frpMw: 1,
  line: (line += 1),
  row: '',
  radiusM: 500,
  ...over,
});

describe('hotspots of one overpass', () => {
  it('that touch are one fire, about its hottest pixel, whose circle holds all', () => {
    // A block of 5 × 5 pixels: no order of its rows is a chain of neighbours.
    const block = [0, 1, 2, 3, 4].flatMap((i) =>
      [0, 1, 2, 3, 4].map((j) => pixel(i * 375, j * 375, { frpMw: i === 1 && j === 3 ? 40 : 2 })),
    );
    const fires = gatherFires(block);
    expect(fires).toHaveLength(1);
    expect(fires[0]?.hotspots).toHaveLength(25);
    const [fire] = fires;
    if (fire === undefined) throw new Error('no fire');
    expect(geodesicInverse(fire.position, offset(375, 1125)).distanceM).toBeLessThan(1);
    for (const { position } of block) {
      const { distanceM } = geodesicInverse(fire.position, position);
      expect(distanceM + 500).toBeLessThanOrEqual(fire.radiusM + 0.01);
    }
    expect(fire.radiusM).toBeLessThan(2_300);
  });

  it('that do not touch are two', () => {
    expect(gatherFires([pixel(0, 0), pixel(1_100, 0)])).toHaveLength(2);
    expect(gatherFires([pixel(0, 0), pixel(900, 0)])).toHaveLength(1);
  });

  it('from one end of the county to the other do not become one', () => {
    const row = Array.from({ length: 40 }, (_, i) => pixel(i * 800, 0));
    const fires = gatherFires(row);
    expect(fires.length).toBeGreaterThan(3);
    expect(Math.max(...fires.map((fire) => fire.radiusM))).toBeLessThanOrEqual(3_500);
    expect(fires.reduce((sum, fire) => sum + fire.hotspots.length, 0)).toBe(40);
  });

  it('are as certain as the most certain pixel', () => {
    const [fire] = gatherFires([
      pixel(0, 0, { confidence: 0.2 }),
      pixel(375, 0, { confidence: 0.9 }),
    ]);
    expect(fire?.confidence).toBe(0.9);
  });
});

it('another satellite, or the same an hour and a half later, is another look at it; oldest first', () => {
  const other = pixel(0, 0, { satellite: firmsSatellite('viirs', 'N') });
  const later = pixel(0, 0, { observedAt: new Date(at.getTime() + 5_400_000) });
  const next = pixel(375, 0, { observedAt: new Date(at.getTime() + 300_000) });
  const fires = gatherFires([later, other, pixel(0, 0), next]);
  expect(fires.map(({ hotspots }) => hotspots.length)).toEqual(expect.arrayContaining([1, 1, 2]));
  expect(fires.at(-1)?.observedAt).toEqual(later.observedAt);
});

it.each([
  ['N20', 'viirs', 530, 500],
  ['N20', 'viirs', 1_060, 999],
  ['N20', 'viirs', 0, 500],
  ['T', 'modis', 2_828, 2000],
] as const)(
  '%s: a pixel of %s, %d m across, has a radius of %d m',
  (name, sensor, diagonalM, radius) => {
    const satellite = firmsSatellite(sensor, name);
    expect(radiusM({ satellite, diagonalM }, config)).toBeCloseTo(radius, -1);
  },
);
