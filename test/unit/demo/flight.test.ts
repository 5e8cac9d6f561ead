import { describe, expect, it } from 'vitest';
import { createCounty } from '../../../src/demo/county.ts';
import { createFire } from '../../../src/demo/fire.ts';
import {
  type Flight,
  firstFlight,
  secondsTo,
  sendTo,
  stepFlight,
} from '../../../src/demo/flight.ts';
import { isInside } from '../../../src/demo/regions.ts';
import { geodesicInverse } from '../../../src/shared/geo.ts';
import { createRandom } from '../../../src/shared/random.ts';

const county = createCounty(1);
const fire = createFire(county, 1, 0);
const random = createRandom(1, 'flight test');
const drone = county.drones[0];
if (drone === undefined) throw new Error('no drone');

/** Steps of one second until `done`; fails after `limitS`. */
const flyUntil = (start: Flight, done: (flight: Flight) => boolean, limitS: number): Flight => {
  let flight = start;
  for (let tS = 1; tS <= limitS; tS++) {
    const next = stepFlight(flight, drone, 1, tS);
    const { distanceM } = geodesicInverse(flight.at, next.at);
    expect(distanceM).toBeLessThanOrEqual(20.01);
    expect(next.batteryPct).toBeGreaterThan(0);
    flight = next;
    if (done(flight)) return flight;
  }
  throw new Error(`still ${flight.mode} after ${limitS} s`);
};

describe('an aircraft', () => {
  it('flies its round over the county and comes home to charge', () => {
    const start = { ...firstFlight(drone, 0, random), batteryPct: 100 };
    for (const corner of drone.patrol) expect(isInside(corner, county.county)).toBe(true);
    const home = flyUntil(start, ({ mode }) => mode === 'docked', 2_400);
    expect(geodesicInverse(home.at, drone.dock.at).distanceM).toBeLessThan(2);
    expect(home.heightAboveGroundM).toBe(0);
    const charged = stepFlight(home, drone, 900, home.nextPatrolAtS - 1);
    expect(charged.batteryPct).toBeGreaterThan(home.batteryPct);
    expect(charged.mode).toBe('docked');
  });

  it('turns for home before its battery is empty', () => {
    const start = { ...firstFlight(drone, 0, random), batteryPct: 25.5 };
    const turning = flyUntil(start, ({ mode }) => mode === 'returning', 60);
    expect(turning.batteryPct).toBeGreaterThan(24);
    flyUntil(turning, ({ mode }) => mode === 'docked', 1_000);
  });

  it('is at the fire when it said it would be, and watches from a distance', () => {
    const docked = firstFlight(drone, 1, random);
    expect(docked.mode).toBe('docked');
    const target = drone.patrol[2] ?? fire.at;
    const promisedS = secondsTo(docked, target);
    const there = flyUntil(
      sendTo(docked, target),
      ({ mode }) => mode === 'watching',
      promisedS + 5,
    );
    expect(geodesicInverse(there.at, target).distanceM).toBeGreaterThan(390);
    expect(geodesicInverse(there.at, target).distanceM).toBeLessThan(410);
    const { headingDeg } = stepFlight(there, drone, 1, 0);
    expect(headingDeg).toBeCloseTo(geodesicInverse(there.at, target).azimuthDeg, 3);
  });

  it('does not promise to come without the battery for it', () => {
    const empty = { ...firstFlight(drone, 1, random), batteryPct: 26 };
    expect(secondsTo(empty, fire.at)).toBe(Number.POSITIVE_INFINITY);
  });
});
