/** χ² at 99 % for 1 to 6 degrees of freedom. */
const TABLE_99 = [6.635, 9.21, 11.345, 13.277, 15.086, 16.812];
/** The normal quantile of 99 %. */
const Z_99 = 2.3263;

/** χ² that agreeing sources stay under in 99 of 100 cases; above 6 degrees of freedom by Wilson and Hilferty (1931). */
export const chi2Limit99 = (degreesOfFreedom: number): number => {
  if (degreesOfFreedom <= 0) return Number.POSITIVE_INFINITY;
  const known = TABLE_99[degreesOfFreedom - 1];
  if (known !== undefined) return known;
  const share = 2 / (9 * degreesOfFreedom);
  return degreesOfFreedom * (1 - share + Z_99 * Math.sqrt(share)) ** 3;
};
