import type { Fix } from '../shared/geo.ts';
import { add, CHI2_95, fromEllipse, invert } from './covariance.ts';
import { planeAt } from './plane.ts';

/**
 * Squared Mahalanobis distance between two fixes under the sum of their covariances: χ² with 2 degrees of freedom
 * when both saw the same point. Compare with 9.210 for 99 %. `growthM`: how far a fire may have spread between
 * the two (95 %), added to both axes.
 */
export const mahalanobis2 = (a: Fix, b: Fix, growthM = 0): number => {
  const { eastM: e, northM: n } = planeAt([a.lon, a.lat]).toPlane([b.lon, b.lat]);
  const growth = (growthM * growthM) / CHI2_95;
  const spread = { ee: growth, en: 0, nn: growth };
  const inverse = invert(add(add(fromEllipse(a.ellipse), fromEllipse(b.ellipse)), spread));
  return inverse.ee * e * e + 2 * inverse.en * e * n + inverse.nn * n * n;
};
