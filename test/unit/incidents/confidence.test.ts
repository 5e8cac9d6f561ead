import { describe, expect, it } from 'vitest';
import { confidenceOf, type Evidence, levelOf } from '../../../src/incidents/confidence.ts';
import type { SuppressionKind } from '../../../src/suppression/index.ts';
import { config, HOME, place } from './made-up.ts';

const station = (azimuthDeg: number, distanceM: number) => {
  const [lon, lat] = place(azimuthDeg, distanceM);
  return { lon, lat, heightM: null };
};
const camera = (deviceId: string, over: Partial<Evidence> = {}): Evidence => ({
  deviceId,
  source: 'camera',
  station: { lon: HOME[0], lat: HOME[1], heightM: null },
  reports: 'alarms',
  frames: 1,
  seenAsFire: false,
  ...over,
});
const other = (source: Evidence['source']): Evidence => ({
  ...camera(source, { source }),
  station: null,
});
const probability = (evidence: readonly Evidence[], ...suppressions: SuppressionKind[]): number =>
  confidenceOf(evidence, new Set(suppressions), config.confidence).probability;
const elsewhere = { station: station(90, 3_000) };

describe('confidenceOf', () => {
  it('is the prior times the ratios: .02, ×20, ×15, ×.05', () => {
    expect(probability([])).toBeCloseTo(0.02, 10);
    expect(probability([camera('a')])).toBeCloseTo(0.29, 3);
    const two = [camera('a'), camera('b', elsewhere)];
    expect(probability(two)).toBeCloseTo(0.86, 3);
    expect(probability(two, 'permitted_burn')).toBeCloseTo(0.234, 3);
  });

  it('gives nothing for a second camera on the same mast, or a third mast', () => {
    const twin = camera('b', { station: station(90, 60) });
    expect(probability([camera('a'), twin])).toBeCloseTo(0.29, 3);
    const third = camera('c', { station: station(0, 5_000) });
    expect(probability([camera('a'), camera('b', elsewhere), third])).toBeCloseTo(0.86, 3);
  });

  it('lets a device that reports frames earn the alarm at the third', () => {
    const frames = (n: number): Evidence => camera('a', { reports: 'frames', frames: n });
    expect(probability([frames(1)])).toBeCloseTo(0.058, 3);
    expect(probability([frames(2)])).toBeCloseTo(0.058, 3);
    expect(probability([frames(3)])).toBeCloseTo(0.29, 3);
    const single = camera('b', { ...elsewhere, reports: 'frames' });
    expect(probability([camera('a'), single])).toBeCloseTo(0.5505, 3);
    expect(probability([single, camera('a')])).toBeCloseTo(0.5505, 3);
  });

  it('knows what satellites, people and drones are worth, each kind once', () => {
    expect(probability([other('viirs')])).toBeCloseTo(50 / 49 / (1 + 50 / 49), 6);
    expect(probability([other('viirs'), { ...other('viirs'), deviceId: 'noaa-20' }])).toBeCloseTo(
      probability([other('viirs')]),
      10,
    );
    expect(probability([other('ranger')])).toBeCloseTo(200 / 249, 6);
    expect(probability([other('drone')])).toBeCloseTo(200 / 249, 6);
  });

  it('is lowered once by each kind of suppression, never to nothing', () => {
    expect(probability([camera('a')], 'heat_source')).toBeCloseTo(0.0081, 4);
    expect(probability([camera('a')], 'view_mask')).toBeCloseTo(0.0755, 4);
    const all = probability([camera('a')], 'heat_source', 'view_mask', 'permitted_burn');
    expect(all).toBeGreaterThan(0);
    expect(all).toBeLessThan(probability([camera('a')], 'heat_source'));
  });

  it('believes a picture that a person has called fire', () => {
    const labelled = camera('a', { seenAsFire: true });
    expect(probability([labelled])).toBeGreaterThan(0.98);
  });

  it('names its factors', () => {
    const { factors } = confidenceOf(
      [camera('a'), camera('b', elsewhere)],
      new Set(['permitted_burn']),
      config.confidence,
    );
    expect(factors).toEqual([
      { name: 'camera_alarm', ratio: 20 },
      { name: 'second_mast', ratio: 15 },
      { name: 'permitted_burn', ratio: 0.05 },
    ]);
  });
});

describe('levelOf', () => {
  it.each([
    [0.058, 'none'],
    [0.1999, 'none'],
    [0.2, 'review'],
    [0.29, 'review'],
    [0.8499, 'review'],
    [0.85, 'strong'],
  ] as const)('%f is %s', (p, level) => {
    expect(levelOf(p, config.confidence)).toBe(level);
  });
});
