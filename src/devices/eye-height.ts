import { mslHeightM } from '../terrain/index.ts';
import type { Device } from './device.ts';

/** Height of the ground at a place, metres above mean sea level; null = unknown there. */
export type GroundHeight = (lon: number, lat: number) => number | null;

/**
 * Height of a device's lens above mean sea level, metres: of its ground (as registered, else the terrain's) and its
 * mount. Null when one of them is not known: a guess would tilt every sight line.
 */
export const eyeHeightM = (
  device: Pick<Device, 'lon' | 'lat' | 'groundHeightM' | 'mountHeightM' | 'heightRef'>,
  terrainHeightM: GroundHeight,
): number | null => {
  const { lon, lat, groundHeightM, mountHeightM, heightRef } = device;
  if (lon === null || lat === null || mountHeightM === null) return null;
  // Above its take-off a device that stands is nowhere in particular.
  const groundM =
    groundHeightM === null || heightRef === 'takeoff'
      ? terrainHeightM(lon, lat)
      : heightRef === 'ellipsoid'
        ? mslHeightM(lon, lat, groundHeightM)
        : groundHeightM;
  return groundM === null ? null : groundM + mountHeightM;
};
