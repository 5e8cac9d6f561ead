import { describe, expect, it } from 'vitest';
import { cameraEye } from '../../../src/demo/cameras.ts';
import { createCounty } from '../../../src/demo/county.ts';
import { createFire, smokeHeightM } from '../../../src/demo/fire.ts';
import { townshipAt } from '../../../src/demo/regions.ts';
import { elevationAngleDeg, hiddenM } from '../../../src/demo/terrain.ts';
import { geodesicInverse } from '../../../src/shared/geo.ts';

const seeds = Array.from({ length: 20 }, (_, i) => i + 1);

describe('the fire', () => {
  it.each(seeds)('is soon seen by three cameras or more, honestly (seed %i)', (seed) => {
    const county = createCounty(seed);
    const fire = createFire(county, seed, 0);
    expect(townshipAt(fire.at, county.townships)?.id).toBe(fire.township.id);
    const soon = fire.watchers.filter(({ visibleFromM }) => visibleFromM <= smokeHeightM(15));
    expect(soon.length).toBeGreaterThanOrEqual(3);
    for (const watcher of soon) {
      const { camera, azimuthDeg, distanceM, visibleFromM } = watcher;
      const eye = cameraEye(camera);
      const hidden = hiddenM(county.terrain, eye, fire.at);
      expect(watcher.hiddenM).toBe(hidden);
      expect(visibleFromM).toBeGreaterThan(hidden);
      // A base that is seen is seen where it is: at the ground, not above it.
      const lowest = { at: fire.at, heightM: fire.groundHeightM + hidden };
      expect(watcher.elevationDeg).toBe(elevationAngleDeg(eye, lowest, distanceM));
      const truth = geodesicInverse(camera.at, fire.at);
      expect(azimuthDeg).toBeCloseTo(truth.azimuthDeg, 6);
      expect(distanceM).toBeCloseTo(truth.distanceM, 3);
    }
  });

  it('is hidden from the cameras that are not among its watchers', () => {
    const county = createCounty(1);
    const fire = createFire(county, 1, 0);
    const watching = new Set(fire.watchers.map(({ camera }) => camera.id));
    const near = county.cameras.filter(
      (camera) =>
        !watching.has(camera.id) && geodesicInverse(camera.at, fire.at).distanceM < 10_000,
    );
    for (const camera of near) {
      expect(hiddenM(county.terrain, cameraEye(camera), fire.at)).toBeGreaterThan(150);
    }
  });

  it('is within a few minutes’ flight of a dock', () => {
    const county = createCounty(2);
    const fire = createFire(county, 2, 0);
    const distances = county.docks.map(({ at }) => geodesicInverse(at, fire.at).distanceM);
    expect(Math.min(...distances)).toBeLessThan(3_000);
  });

  it('breaks out elsewhere in each run, and the same way for the same seed', () => {
    const county = createCounty(1);
    const places = [0, 1, 2].map((run) => createFire(county, 1, run).at);
    expect(new Set(places.map(String)).size).toBe(3);
    expect(createFire(county, 1, 1).at).toEqual(places[1]);
  });

  it('grows its smoke from nothing to a limit', () => {
    expect(smokeHeightM(-5)).toBe(0);
    expect(smokeHeightM(0)).toBe(0);
    expect(smokeHeightM(10)).toBe(50);
    expect(smokeHeightM(1e6)).toBe(240);
  });
});
