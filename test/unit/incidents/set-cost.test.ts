import { describe, expect, it } from 'vitest';
import { createCosting } from '../../../src/incidents/set-cost.ts';
import type { TrackDetection } from '../../../src/incidents/track-store.ts';
import type { Terrain } from '../../../src/terrain/index.ts';
import { asTracks, bare, config, HOME, mast, place, reports, sees } from './made-up.ts';

const fire = place(0, 5_000);
const west = mast('west', place(270, 4_000), 200);
const east = mast('east', place(90, 4_000), 200);
const north = mast('north', place(10, 11_000), 200);
const south = mast('south', place(200, 3_000), 200);
const plain: Terrain = { elevationM: () => 0, cellM: 30, maxHeightM: 0, heightSigmaM: 5 };
const costOf = (detections: readonly TrackDetection[], terrain?: Terrain) =>
  createCosting(HOME, { ...config, terrain }).costOf(asTracks(detections));

describe('the cost of a set', () => {
  it('is nothing for one track and for two bearings that cross, wherever: they prove nothing', () => {
    expect(costOf([sees(west, fire)])).toEqual({ chi2: 0, cost: 0 });
    const { chi2, cost } = costOf([sees(west, fire), sees(east, place(20, 9_000))]);
    expect(chi2).toBeLessThan(0.01);
    expect(Math.abs(cost)).toBeLessThan(0.01);
  });

  it('falls with each further mast that agrees', () => {
    const all = [west, east, north, south].map((from) => sees(from, fire));
    const [two, three, four] = [2, 3, 4].map((n) => costOf(all.slice(0, n)).cost);
    expect(three).toBeLessThan((two ?? 0) - 5);
    expect(four).toBeLessThan((three ?? 0) - 5);
  });

  it('grows with what does not agree, and forgives the fire’s own extent', () => {
    const two = [sees(west, fire), sees(east, fire)];
    const near = costOf([...two, sees(north, place(90, 100, fire))]);
    const far = costOf([...two, sees(north, place(90, 1_200, fire))]);
    expect(near.chi2).toBeLessThan(2);
    expect(far.chi2).toBeGreaterThan(25);
    expect(far.cost).toBeGreaterThan(near.cost);
  });

  it('is infinite when the lines only cross behind a camera', () => {
    const away = [sees(west, place(270, 9_000)), sees(east, place(80, 9_000))];
    expect(costOf(away).chi2).toBe(Number.POSITIVE_INFINITY);
  });

  it('tells by the terrain a fire from a place where two lines cross by chance', () => {
    // Cameras 200 m above a plain look down 2° at one fire; the crossing of two others lies where they would look 0.9°.
    const [a, b] = [place(330, 5_000), place(30, 5_000)];
    const real = [sees(west, a, { terrain: plain }), sees(east, a, { terrain: plain })];
    const ghost = [sees(west, a, { terrain: plain }), sees(east, b, { terrain: plain })];
    expect(costOf(real, plain).chi2).toBeLessThan(0.5);
    expect(costOf(real, plain).cost).toBeLessThan(-3);
    expect(costOf(ghost, plain).chi2).toBeGreaterThan(3);
    expect(costOf(ghost).chi2).toBeLessThan(0.01);
  });

  it('takes a reported point as two equations', () => {
    const pair = [reports('caller', fire), sees(west, fire)];
    expect(costOf(pair).cost).toBeLessThan(-5);
    const apart = [reports('caller', fire), sees(west, place(90, 2_500, fire))];
    expect(costOf(apart).chi2).toBeGreaterThan(40);
  });

  it('does not let a direction that fits excuse a measured range that does not', () => {
    const short = place(180, 5_000, fire);
    const ranged = mast('ranged', place(180, 6_000, fire), 200);
    const told = reports('caller', short);
    const measured = sees(ranged, fire, { rangeM: 6_000 });
    expect(costOf([told, measured]).chi2).toBeGreaterThan(20);
    expect(costOf([told, sees(ranged, fire)]).chi2).toBeLessThan(1);
    expect(costOf([reports('caller', fire), measured]).chi2).toBeLessThan(1);
    const costing = createCosting(HOME, bare);
    const [track] = asTracks([measured]);
    if (track === undefined) throw new Error('no track');
    expect(costing.chi2At(track, told.fix)).toBeGreaterThan(20);
    expect(costing.chi2At(track, reports('caller', fire).fix)).toBeLessThan(1);
  });

  it('is known once asked, in whatever decision', () => {
    const costing = createCosting(HOME, bare);
    const tracks = asTracks([sees(west, fire), sees(east, fire)]);
    costing.costOf(tracks);
    costing.costOf(tracks);
    expect(costing.evaluations()).toBe(1);
  });
});

describe('chi2At', () => {
  const costing = createCosting(HOME, bare);
  const [track] = asTracks([sees(west, fire)]);
  const at = (point: readonly [number, number], radiusM = 50) =>
    track === undefined ? Number.NaN : costing.chi2At(track, reports('x', point, { radiusM }).fix);

  it('is the direction’s, with the fix’s error and the fire’s extent', () => {
    expect(at(fire)).toBeCloseTo(0, 3);
    expect(at(place(38.66 + 90, 500, fire))).toBeGreaterThan(20);
    expect(at(place(38.66 + 90, 500, fire), 1_000)).toBeLessThan(2);
    expect(at(place(180, 20_000, fire))).toBe(Number.POSITIVE_INFINITY);
  });
});
