const INVERSE_ROOT_TWO_PI = 0.398_942_280_401_4;

export const normalDensity = (z: number): number => INVERSE_ROOT_TWO_PI * Math.exp(-0.5 * z * z);

/** Probability that a standard normal value is below `z`: Abramowitz and Stegun 26.2.17, error < 7.5e-8. */
export const normalCdf = (z: number): number => {
  const t = 1 / (1 + 0.231_641_9 * Math.abs(z));
  const polynomial =
    0.319_381_53 +
    t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429)));
  const tail = normalDensity(z) * t * polynomial;
  return z > 0 ? 1 - tail : tail;
};
