/** Mode codes in which an aircraft stands; 13 (upgrading) and 14 (not connected) are neither there nor in the air. */
export const ON_GROUND: readonly number[] = [0, 1, 2];
export const NOWHERE: readonly number[] = [13, 14];
/** Flying home by itself. */
export const RETURNING = 9;
