/** Mean Earth radius, metres. */
export const EARTH_RADIUS_M = 6_371_009;
/** Light bends down by about this share of the Earth's curve (Gauss's coefficient; by day 0.13 ± 0.04). */
export const REFRACTION_K = 0.13;

/** Curvature less refraction per metre squared: `drop = DROP_PER_M2 · d²`. */
export const DROP_PER_M2 = (1 - REFRACTION_K) / (2 * EARTH_RADIUS_M);

/**
 * How far the ground falls below a level sight line after `distanceM`, refraction included, metres:
 * (1−k)·d²/(2R). 1.7 m at 5 km, 27.3 m at 20 km.
 */
export const curvatureDropM = (distanceM: number): number => DROP_PER_M2 * distanceM * distanceM;
