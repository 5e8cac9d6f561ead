import { describe, expect, it } from 'vitest';
import { believe, fixOf } from '../../../src/incidents/assess.ts';
import { geodesicInverse, type LonLat } from '../../../src/shared/geo.ts';
import { after, config, mast, place, sees, tracksOf } from './made-up.ts';

const fire = place(0, 5_000);
const west = mast('west', place(270, 4_000));
const east = mast('east', place(90, 4_000));
const north = mast('north', place(10, 11_000));
const all = tracksOf([sees(west, fire), sees(east, fire), sees(north, fire)]);
const missM = ({ lon, lat }: { lon: number; lat: number }, at: LonLat): number =>
  geodesicInverse([lon, lat], at).distanceM;
const alternatives = [
  { probability: 0.6, deviceIds: ['west', 'east'] },
  { probability: 0.4, deviceIds: ['west'] },
];
const options = { config: config.confidence, reportsOf: () => 'alarms' as const };

describe('fixOf', () => {
  it('is the crossing of all when they are certain', () => {
    const made = fixOf(all, [], config.locate);
    expect(made?.fix.method).toBe('intersection');
    expect(missM(made?.fix ?? { lon: 0, lat: 0 }, fire)).toBeLessThan(1);
    expect(made?.hypotheses).toEqual([]);
  });

  it('is made of what every reading has, and says so; each reading has its own', () => {
    const made = fixOf(tracksOf([sees(west, fire), sees(east, fire)]), alternatives, config.locate);
    expect(made?.fix).toMatchObject({ method: 'bearing', detectionIds: [expect.any(String)] });
    expect(made?.fix.flags).toContain('ambiguous');
    expect(made?.hypotheses.map(({ fix }) => fix.method)).toEqual(['intersection', 'bearing']);
    expect(made?.hypotheses.map(({ probability }) => probability)).toEqual([0.6, 0.4]);
  });

  it('is certain again when the readings no longer differ, and nothing without tracks', () => {
    const [only] = tracksOf([sees(west, fire)]);
    if (only === undefined) throw new Error('no track');
    expect(fixOf([only], [], config.locate)?.fix.flags).not.toContain('ambiguous');
    const gone = [{ probability: 1, deviceIds: ['gone'] }];
    expect(fixOf([only], gone, config.locate)?.hypotheses).toEqual([]);
    expect(fixOf([], [], config.locate)).toBeUndefined();
  });
});

describe('believe', () => {
  it('believes the least that any reading gives', () => {
    const tracks = tracksOf([sees(west, fire), sees(east, fire)]);
    const sure = believe(tracks, { hypotheses: [], suppressions: [] }, options);
    expect(sure).toMatchObject({ level: 'strong' });
    const made = fixOf(tracks, alternatives, config.locate);
    const hypotheses = made?.hypotheses ?? [];
    const unsure = believe(tracks, { hypotheses, suppressions: [] }, options);
    expect(unsure.probability).toBeCloseTo(0.29, 3);
    expect(unsure.level).toBe('review');
  });

  it('counts a mask only while nobody else sees it clear', () => {
    const mask = {
      kind: 'view_mask' as const,
      id: 'm',
      name: 'glint',
      until: after(600),
      deviceId: 'west',
      reason: 'glint' as const,
    };
    const one = tracksOf([sees(west, fire)]);
    const masked = believe(one, { hypotheses: [], suppressions: [mask] }, options);
    expect(masked.probability).toBeCloseTo(0.0755, 3);
    const both = tracksOf([sees(west, fire), sees(east, fire)]);
    expect(
      believe(both, { hypotheses: [], suppressions: [mask] }, options).probability,
    ).toBeCloseTo(0.86, 3);
  });
});
