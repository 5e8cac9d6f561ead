import { describe, expect, it } from 'vitest';
import { toEllipse } from '../../../src/locate/covariance.ts';
import type { PlanePoint } from '../../../src/locate/plane.ts';
import { type PlaneMeasurement, solvePlane } from '../../../src/locate/solve-plane.ts';
import { createRandom } from '../../../src/shared/random.ts';
import { motionDriftM, randomMeasurements, randomMotion } from '../../accuracy/properties.ts';

const RAD = Math.PI / 180;
const bearing = (from: PlanePoint, azimuthDeg: number): PlaneMeasurement => ({
  kind: 'bearing',
  from,
  azimuthRad: azimuthDeg * RAD,
  sigmaRad: 0.5 * RAD,
});
const at = (eastM: number, northM: number): PlanePoint => ({ eastM, northM });

const solved = (measurements: readonly PlaneMeasurement[]) => {
  const solution = solvePlane(measurements);
  if (solution.kind !== 'solved') throw new Error(solution.kind);
  return solution;
};

describe('solvePlane', () => {
  it('crosses 45° from (0, 0) and 315° from (10 km, 0) at (5000, 5000), σ 61.7 m both ways', () => {
    const { point, covariance, degreesOfFreedom } = solved([
      bearing(at(0, 0), 45),
      bearing(at(10_000, 0), 315),
    ]);
    expect(point.eastM).toBeCloseTo(5000, 3);
    expect(point.northM).toBeCloseTo(5000, 3);
    expect(Math.sqrt(covariance.ee)).toBeCloseTo(61.7, 1);
    expect(Math.sqrt(covariance.nn)).toBeCloseTo(61.7, 1);
    expect(toEllipse(covariance).semiMajorM).toBeCloseTo(151.0, 1);
    expect(degreesOfFreedom).toBe(0);
  });

  it('crosses 5° and 355° from 1749.8 m apart at (874.9, 10000), σ 711 and 62 m', () => {
    const { point, covariance } = solved([bearing(at(0, 0), 5), bearing(at(1749.773, 0), 355)]);
    expect(point.eastM).toBeCloseTo(874.9, 1);
    expect(point.northM).toBeCloseTo(10_000, -1);
    expect(Math.sqrt(covariance.nn)).toBeCloseTo(711, -1);
    expect(Math.sqrt(covariance.ee)).toBeCloseTo(62, 0);
  });

  it('finds a point straight south of one source across the wrap of azimuths', () => {
    const { point } = solved([
      bearing(at(0, 8000), 180.0001),
      bearing(at(0.1, 8000.1), -179.99),
      bearing(at(-6000, 0), 90),
    ]);
    expect(point.northM).toBeCloseTo(0, 0);
  });

  it.each([
    ['one bearing', [bearing(at(0, 0), 45)]],
    ['parallel bearings', [bearing(at(0, 0), 45), bearing(at(1000, 0), 45)]],
    ['nothing', []],
  ] as const)('is degenerate with %s', (_, measurements) => {
    expect(solvePlane(measurements).kind).toBe('degenerate');
  });

  it('takes a bearing with a range for a point', () => {
    const from = at(100, 200);
    const { point, covariance } = solved([
      bearing(from, 90),
      { kind: 'range', from, rangeM: 3000, sigmaM: 50 },
    ]);
    expect(point.eastM).toBeCloseTo(3100, 3);
    expect(point.northM).toBeCloseTo(200, 3);
    expect(Math.sqrt(covariance.ee)).toBeCloseTo(50, 3);
    expect(Math.sqrt(covariance.nn)).toBeCloseTo(3000 * 0.5 * RAD, 3);
  });

  it('weighs two points by their covariances', () => {
    const { point, covariance } = solved([
      { kind: 'point', at: at(0, 0), covariance: { ee: 100, en: 0, nn: 100 } },
      { kind: 'point', at: at(30, 0), covariance: { ee: 200, en: 0, nn: 100 } },
    ]);
    expect(point.eastM).toBeCloseTo(10, 6);
    expect(covariance.ee).toBeCloseTo(200 / 3, 6);
  });

  it('moves with the scene: turning and shifting everything changes nothing else', () => {
    const random = createRandom(3, 'motions');
    for (let i = 0; i < 300; i++) {
      expect(motionDriftM(randomMeasurements(random), randomMotion(random))).toBeLessThan(1e-6);
    }
  });
});
