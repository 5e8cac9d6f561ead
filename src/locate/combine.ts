import type { Fix } from '../shared/geo.ts';
import { add, type Covariance, fromEllipse, invert, toEllipse } from './covariance.ts';
import { localFrame } from './local-frame.ts';

/**
 * Squared Mahalanobis distance between two fixes under the sum of their covariances: χ² with 2 degrees
 * of freedom when both saw the same point. Compare with 9.210 for 99 %.
 */
export const mahalanobis2 = (a: Fix, b: Fix): number => {
  const { eastM: e, northM: n } = localFrame([a.lon, a.lat]).toLocal([b.lon, b.lat]);
  const inverse = invert(add(fromEllipse(a.ellipse), fromEllipse(b.ellipse)));
  return inverse.ee * e * e + 2 * inverse.en * e * n + inverse.nn * n * n;
};

/**
 * The inverse-covariance weighted mean of independent fixes and its ellipse. Two crossing bearings give
 * their crossing. One fix is returned as it is. Throws on an empty list.
 */
export const fuse = (fixes: readonly Fix[]): Fix => {
  const [first, ...rest] = fixes;
  if (first === undefined) throw new RangeError('fuse needs at least one fix');
  if (rest.length === 0) return first;
  const frame = localFrame([first.lon, first.lat]);
  let information: Covariance = { ee: 0, en: 0, nn: 0 };
  let east = 0;
  let north = 0;
  for (const fix of fixes) {
    const weight = invert(fromEllipse(fix.ellipse));
    const { eastM, northM } = frame.toLocal([fix.lon, fix.lat]);
    information = add(information, weight);
    east += weight.ee * eastM + weight.en * northM;
    north += weight.en * eastM + weight.nn * northM;
  }
  const covariance = invert(information);
  const [lon, lat] = frame.fromLocal({
    eastM: covariance.ee * east + covariance.en * north,
    northM: covariance.en * east + covariance.nn * north,
  });
  return { lon, lat, method: 'fused', ellipse: toEllipse(covariance) };
};
