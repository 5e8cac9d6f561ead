import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { solveJointly } from '../../../src/locate/joint.ts';
import { createNearSolver } from '../../../src/locate/near-solver.ts';
import { planeAt } from '../../../src/locate/plane.ts';
import { loadCountyConfig } from '../../../src/shared/county-config.ts';
import { geodesicDirect, geodesicInverse, type LonLat, wrap180 } from '../../../src/shared/geo.ts';
import { createRandom } from '../../../src/shared/random.ts';
import { bearingTo, randomGeometry } from '../../accuracy/crossings.ts';

const { locate: config } = await loadCountyConfig('config');
const MAX_RANGE_M = 30_000;
const seeds = fc.integer({ min: 0, max: 1e9 });

describe('createNearSolver', () => {
  it('finds what solveJointly finds, wherever the plane is laid', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = createRandom(seed, 'near solver');
        const { fire, cameras } = randomGeometry(random);
        const contributions = cameras.map((camera, i) =>
          bearingTo(fire, camera, {
            id: String(i),
            errorDeg: camera.sigmaDeg * random.normal(),
            config,
          }),
        );
        const joint = solveJointly(contributions, MAX_RANGE_M);
        if (joint?.crossing !== 'good' || joint.impossible.length > 0) return;
        const centre = geodesicDirect(fire, random.between(0, 360), random.between(0, 10_000));
        const solver = createNearSolver(centre, MAX_RANGE_M);
        const near = solver.solve(contributions.map(solver.lay));
        expect(near?.possible).toBe(true);
        const at = planeAt(centre).fromPlane(near?.at ?? { eastM: 0, northM: 0 });
        expect(geodesicInverse(at, joint.at).distanceM).toBeLessThan(5);
        const sum = (near?.chi2Of ?? []).reduce((total, chi2) => total + chi2, 0);
        expect(Math.abs(sum - joint.chi2)).toBeLessThan(0.02 + 0.01 * joint.chi2);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it('says from where the solution is seen', () => {
    const fire: LonLat = [113.27, 26.71];
    const cameras = [0, 120].map((azimuth) => geodesicDirect(fire, azimuth, 6_000));
    const solver = createNearSolver(geodesicDirect(fire, 45, 5_000), MAX_RANGE_M);
    const sources = cameras.map((at, i) =>
      solver.lay(bearingTo(fire, { at, sigmaDeg: 0.5 }, { id: String(i), errorDeg: 0, config })),
    );
    const solution = solver.solve(sources);
    cameras.forEach((camera, i) => {
      const truth = geodesicInverse(camera, fire);
      expect(solution?.seenFrom[i]?.distanceM).toBeCloseTo(truth.distanceM, -1);
      const off = wrap180((solution?.seenFrom[i]?.azimuthDeg ?? 0) - truth.azimuthDeg);
      expect(Math.abs(off)).toBeLessThan(0.01);
    });
  });

  it('calls a crossing behind a camera impossible', () => {
    const here: LonLat = [113.27, 26.71];
    const [left, right] = [geodesicDirect(here, 270, 3_000), geodesicDirect(here, 90, 3_000)];
    const away = [
      bearingTo(
        geodesicDirect(left, 300, 5_000),
        { at: left, sigmaDeg: 0.5 },
        { id: 'l', errorDeg: 0, config },
      ),
      bearingTo(
        geodesicDirect(right, 80, 5_000),
        { at: right, sigmaDeg: 0.5 },
        { id: 'r', errorDeg: 0, config },
      ),
    ];
    const solver = createNearSolver(here, MAX_RANGE_M);
    expect(solver.solve(away.map(solver.lay))?.possible ?? false).toBe(false);
  });
});

describe('northDeg', () => {
  it('is the convergence of the meridians to a millionth of a degree within 30 km', () => {
    const places = fc.record({
      lon: fc.double({ min: -180, max: 180, noNaN: true }),
      lat: fc.double({ min: -60, max: 60, noNaN: true }),
      azimuth: fc.double({ min: 0, max: 360, noNaN: true }),
      distanceM: fc.double({ min: 1, max: 30_000, noNaN: true }),
    });
    fc.assert(
      fc.property(places, ({ lon, lat, azimuth, distanceM }) => {
        const centre: LonLat = [lon, lat];
        const point = geodesicDirect(centre, azimuth, distanceM);
        const there = geodesicInverse(centre, point).azimuthDeg;
        const back = geodesicInverse(point, centre).azimuthDeg;
        const exact = wrap180(there + 180 - back);
        expect(Math.abs(planeAt(centre).northDeg(point) - exact)).toBeLessThan(1e-6);
      }),
      { seed: 1 },
    );
  });
});
