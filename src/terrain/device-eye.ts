import type { Eye, Terrain } from './terrain.ts';

/** Where a device stands: WGS-84, and its lens in metres above mean sea level; null = not registered. */
export type Standing = { lon: number | null; lat: number | null; eyeHeightM: number | null };

/** An eye above the ground, or why there is none and how to mend it. */
export type DeviceEye = { kind: 'eye'; eye: Eye } | { kind: 'nowhere'; reason: string };

/** The eye of a device. A lens below the terrain has a wrong height or place, and sees nothing that is true. */
export const deviceEye = (terrain: Terrain, { lon, lat, eyeHeightM }: Standing): DeviceEye => {
  if (lon === null || lat === null) return nowhere('it has no position; register lon and lat');
  const groundM = terrain.elevationM(lon, lat);
  if (eyeHeightM === null) {
    return nowhere(
      Number.isNaN(groundM)
        ? 'the height of its lens is not known, nor the ground there; register groundHeightM and mountHeightM'
        : 'the height of its lens is not known; register mountHeightM',
    );
  }
  // NaN compares false: where no ground is known, the registered height is believed.
  if (groundM > eyeHeightM) {
    return nowhere(
      `its lens (${eyeHeightM.toFixed(0)} m above sea level) would be below the ground (${groundM.toFixed(0)} m); mend groundHeightM, mountHeightM, heightRef or its position`,
    );
  }
  return { kind: 'eye', eye: { lon, lat, heightM: eyeHeightM } };
};

const nowhere = (reason: string): DeviceEye => ({ kind: 'nowhere', reason });
