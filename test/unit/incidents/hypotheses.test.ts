import { describe, expect, it } from 'vitest';
import { type Cluster, NEW, rankHypotheses, tracksAt } from '../../../src/incidents/hypotheses.ts';
import { createCosting } from '../../../src/incidents/set-cost.ts';
import type { Track } from '../../../src/incidents/track.ts';
import { asTracks, bare, config, HOME, mast, place, sees } from './made-up.ts';

const fire = place(0, 5_000);
const other = place(60, 6_000);
const [west, east, north, south] = [
  mast('west', place(270, 4_000)),
  mast('east', place(90, 4_000)),
  mast('north', place(10, 11_000)),
  mast('south', place(200, 3_000)),
];
const track = (from: typeof west, target = fire, atS = 0): Track => {
  const [only] = asTracks([sees(from, target, { atS })]);
  if (only === undefined) throw new Error('no track');
  return only;
};
const rank = (cluster: Omit<Cluster, 'unweighed'>) =>
  rankHypotheses({ ...cluster, unweighed: new Map() }, createCosting(HOME, bare));
const newest = (one: Track, ...options: string[]) => ({
  track: one,
  now: null,
  options,
  lone: false,
});

describe('rankHypotheses', () => {
  it('puts a track with the fire that explains it, and says at what cost it would open one', () => {
    const fixed = new Map([['a', [track(west), track(east)]]]);
    const [best, second] = rank({ fixed, movable: [newest(track(north), 'a', NEW)] });
    expect(best?.places).toEqual(['a']);
    expect(second?.places).toEqual([NEW]);
    expect((second?.cost ?? 0) - (best?.cost ?? 0)).toBeGreaterThan(config.association.missChi2);
  });

  it('opens one for what fits none', () => {
    const fixed = new Map([['a', [track(west), track(east)]]]);
    const [best] = rank({ fixed, movable: [newest(track(north, other), 'a', NEW)] });
    expect(best?.places).toEqual([NEW]);
  });

  it('never gives a fire two directions of one camera', () => {
    const fixed = new Map([['a', [track(west), track(east)]]]);
    const ranked = rank({ fixed, movable: [newest(track(west, place(3, 5_000), 60), 'a', NEW)] });
    expect(ranked.map(({ places }) => places)).toEqual([[NEW]]);
  });

  it('takes from a fire the track that the new one shows to be another’s', () => {
    const fixed = new Map<string, Track[]>([
      ['a', [track(west), track(east)]],
      ['b', [track(south, other), track(west, other)]],
    ]);
    const wrong = { track: track(north, other), now: 'a', options: ['a', 'b'], lone: false };
    const [best] = rank({
      fixed,
      movable: [newest(track(mast('c', HOME), other), 'b', NEW), wrong],
    });
    expect(best?.places).toEqual(['b', 'b']);
  });

  it('leaves equals where people saw them', () => {
    const fixed = new Map<string, Track[]>([
      ['a', [track(west)]],
      ['b', [track(south, other)]],
    ]);
    const equal = { track: track(east), now: 'a', options: ['a', 'b'], lone: false };
    const [best] = rank({ fixed, movable: [newest(track(north, place(180, 9_000)), NEW), equal] });
    expect(best?.places[1]).toBe('a');
  });

  it('empties an incident for a clear advantage only, and lets nobody in behind', () => {
    const fixed = new Map<string, Track[]>([
      ['a', [track(west), track(east), track(north)]],
      ['b', []],
    ]);
    const lone = { track: track(south), now: 'b', options: ['b', 'a'], lone: true };
    expect(rank({ fixed, movable: [lone] })[0]?.places).toEqual(['a']);
    const askew = { ...lone, track: track(south, place(110, 500, fire)) };
    expect(rank({ fixed, movable: [askew] })[0]?.places).toEqual(['b']);
    const ranked = rank({ fixed, movable: [newest(track(mast('c', HOME)), 'a', 'b', NEW), lone] });
    expect(ranked.map(({ places }) => places)).not.toContainEqual(['b', 'a']);
  });

  it('takes what is held together as it is, whatever it costs', () => {
    // Two cameras that look away from each other, put together by a person.
    const held = [track(west, place(270, 9_000)), track(east, place(80, 9_000))];
    const fixed = new Map<string, Track[]>([['a', held]]);
    const [best] = rank({ fixed, movable: [newest(track(north), 'a', NEW)] });
    expect(best).toMatchObject({ places: [NEW], cost: config.association.missChi2 });
  });

  it('names the tracks of each place', () => {
    const fixed = new Map<string, Track[]>([['a', [track(west)]]]);
    const cluster = { fixed, unweighed: new Map(), movable: [newest(track(east), 'a', NEW)] };
    const ids = (places: string[], at: string) =>
      tracksAt(cluster, places, at).map(({ deviceId }) => deviceId);
    expect(ids(['a'], 'a')).toEqual(['west', 'east']);
    expect(ids([NEW], 'a')).toEqual(['west']);
    expect(ids([NEW], NEW)).toEqual(['east']);
  });
});
