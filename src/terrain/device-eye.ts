import { mslHeightM } from './geoid.ts';
import type { Eye, Terrain } from './terrain.ts';

/** Where a device stands, as it was registered. */
export type Standing = {
  lon: number | null;
  lat: number | null;
  groundHeightM: number | null;
  /** Of the lens above the ground. */
  mountHeightM: number | null;
  heightRef: 'ellipsoid' | 'msl' | 'takeoff';
};

export type DeviceEye = { kind: 'eye'; eye: Eye } | { kind: 'nowhere'; reason: string };

/** Cameras sit on telecom masts of 20 to 50 m; the lower end claims less. */
export const ASSUMED_MOUNT_M = 20;
/** Ground stated lower than the terrain by less than this many σ of the terrain is the terrain's error. */
const TOLERATED_SIGMAS = 3;

/**
 * The lens of a device: its stated ground height (an ellipsoidal one converted by EGM96), or the terrain's
 * where none is stated or it is relative to a take-off, plus the mount (20 m when unknown). A lens a little
 * below the terrain is lifted onto it; one far below it has a wrong height, and `nowhere` says so.
 */
export const deviceEye = (terrain: Terrain, standing: Standing): DeviceEye => {
  const { lon, lat, groundHeightM, heightRef } = standing;
  if (lon === null || lat === null) return { kind: 'nowhere', reason: 'it has no position' };
  const mountM = standing.mountHeightM ?? ASSUMED_MOUNT_M;
  const terrainM = terrain.elevationM(lon, lat);
  if (groundHeightM === null || heightRef === 'takeoff') {
    if (Number.isNaN(terrainM)) {
      return {
        kind: 'nowhere',
        reason: 'its ground height is not stated, and no elevation data covers its place',
      };
    }
    return { kind: 'eye', eye: { lon, lat, heightM: terrainM + mountM } };
  }
  const groundM = heightRef === 'ellipsoid' ? mslHeightM(lon, lat, groundHeightM) : groundHeightM;
  const heightM = groundM + mountM;
  // NaN compares false: where nothing is known, the stated height is believed.
  if (!(heightM < terrainM)) return { kind: 'eye', eye: { lon, lat, heightM } };
  if (terrainM - groundM <= TOLERATED_SIGMAS * terrain.heightSigmaM) {
    return { kind: 'eye', eye: { lon, lat, heightM: terrainM + mountM } };
  }
  return {
    kind: 'nowhere',
    reason: `its lens (${heightM.toFixed(0)} m above sea level) would be below the ground (${terrainM.toFixed(0)} m): mend groundHeightM, mountHeightM, heightRef or its position`,
  };
};
