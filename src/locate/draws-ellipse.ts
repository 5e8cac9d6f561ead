import type { Ellipse, LonLat } from '../shared/geo.ts';
import { CHI2_95, type Covariance, invert, toEllipse } from './covariance.ts';
import type { GroundDraw } from './ground-posterior.ts';
import { type PlanePoint, planeAt } from './plane.ts';

const RAD = Math.PI / 180;
/** Draws all in one cell still leave the size of the cell. */
const LEAST_VARIANCE_M2 = 25;
const MEDIAN_PASSES = 20;

/**
 * The geometric median of drawn places, and the ellipse about it, of the shape of their second moments, that holds
 * 95 % of them: not the Gaussian one, which a long tail behind a ridge or two hills one behind the other would make
 * too small. The median, because the mean of two hills lies in the valley between: in the Pyrenees it halves the
 * median miss of a fire whose base may be hidden, for an ellipse 5 % longer.
 */
export const ellipseOfDraws = (
  from: LonLat,
  draws: readonly GroundDraw[],
): { at: LonLat; ellipse: Ellipse; meanRangeM: number; rangeSigmaM: number } => {
  const plane = planeAt(from);
  const points = draws.map(({ rangeM, azimuthDeg }) => ({
    eastM: rangeM * Math.sin(azimuthDeg * RAD),
    northM: rangeM * Math.cos(azimuthDeg * RAD),
  }));
  const centre = geometricMedian(points);
  const offsets = points.map((p) => [p.eastM - centre.eastM, p.northM - centre.northM] as const);
  const covariance: Covariance = {
    ee: mean(offsets.map(([e]) => e * e)) + LEAST_VARIANCE_M2,
    en: mean(offsets.map(([e, n]) => e * n)),
    nn: mean(offsets.map(([, n]) => n * n)) + LEAST_VARIANCE_M2,
  };
  const w = invert(covariance);
  const chi2 = offsets
    .map(([e, n]) => w.ee * e * e + 2 * w.en * e * n + w.nn * n * n)
    .toSorted((a, b) => a - b);
  const scale = (chi2[Math.ceil(0.95 * chi2.length) - 1] ?? CHI2_95) / CHI2_95;
  const ranges = draws.map(({ rangeM }) => rangeM);
  const meanRangeM = mean(ranges);
  return {
    at: plane.fromPlane(centre),
    ellipse: toEllipse({
      ee: covariance.ee * scale,
      en: covariance.en * scale,
      nn: covariance.nn * scale,
    }),
    meanRangeM,
    rangeSigmaM: Math.sqrt(mean(ranges.map((r) => (r - meanRangeM) ** 2)) + LEAST_VARIANCE_M2),
  };
};

/** Semi-axes along and across an azimuth at `from`, as an ellipse at `distanceM` along it. */
export const rayEllipse = (
  { alongM, acrossM }: { alongM: number; acrossM: number },
  azimuthDeg: number,
): Ellipse =>
  alongM >= acrossM
    ? { semiMajorM: alongM, semiMinorM: acrossM, orientationDeg: azimuthDeg % 180 }
    : { semiMajorM: acrossM, semiMinorM: alongM, orientationDeg: (azimuthDeg + 90) % 180 };

/** The place with the least sum of distances, to within metres (Weiszfeld 1937). */
const geometricMedian = (points: readonly PlanePoint[]): PlanePoint => {
  let at = {
    eastM: mean(points.map((p) => p.eastM)),
    northM: mean(points.map((p) => p.northM)),
  };
  for (let pass = 0; pass < MEDIAN_PASSES; pass++) {
    let [east, north, sum] = [0, 0, 0];
    for (const { eastM, northM } of points) {
      const [e, n] = [eastM - at.eastM, northM - at.northM];
      const weight = 1 / Math.max(1, Math.sqrt(e * e + n * n));
      east += weight * eastM;
      north += weight * northM;
      sum += weight;
    }
    at = { eastM: east / sum, northM: north / sum };
  }
  return at;
};

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
