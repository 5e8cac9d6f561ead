import type { Ellipse } from '../shared/geo.ts';

/** χ² with 2 degrees of freedom at 95 %: the squared ratio between the 95 % semi-axis and one σ. */
export const CHI2_95 = 5.991;
const RAD = Math.PI / 180;

/** Symmetric 2×2 covariance in m², east–north. */
export type Covariance = { ee: number; en: number; nn: number };

/** Covariance of a point whose 95 % error ellipse is `ellipse`. */
export const fromEllipse = ({ semiMajorM, semiMinorM, orientationDeg }: Ellipse): Covariance => {
  const major = (semiMajorM * semiMajorM) / CHI2_95;
  const minor = (semiMinorM * semiMinorM) / CHI2_95;
  const sin = Math.sin(orientationDeg * RAD);
  const cos = Math.cos(orientationDeg * RAD);
  return {
    ee: major * sin * sin + minor * cos * cos,
    en: (major - minor) * sin * cos,
    nn: major * cos * cos + minor * sin * sin,
  };
};

/** The 95 % error ellipse: semi-axes √(5.991 λ), orientation of the major axis from true north in [0, 180). */
export const toEllipse = ({ ee, en, nn }: Covariance): Ellipse => {
  const mean = (ee + nn) / 2;
  const spread = Math.hypot((ee - nn) / 2, en);
  // atan2 of the east and north components of the major axis, doubled angle: tan 2θ = 2 en / (nn − ee).
  const orientation = (0.5 * Math.atan2(2 * en, nn - ee)) / RAD;
  return {
    semiMajorM: Math.sqrt(CHI2_95 * (mean + spread)),
    semiMinorM: Math.sqrt(CHI2_95 * Math.max(0, mean - spread)),
    orientationDeg: ((orientation % 180) + 180) % 180,
  };
};

export const add = (a: Covariance, b: Covariance): Covariance => ({
  ee: a.ee + b.ee,
  en: a.en + b.en,
  nn: a.nn + b.nn,
});

/** Inverse; a covariance has a positive determinant as long as both semi-axes are positive. */
export const invert = ({ ee, en, nn }: Covariance): Covariance => {
  const det = ee * nn - en * en;
  return { ee: nn / det, en: -en / det, nn: ee / det };
};
