import { mslHeightM } from '../terrain/index.ts';
import type { Device } from './device.ts';

/**
 * Height of a fixed device's lens, metres above mean sea level: its registered ground height (one above the
 * ellipsoid is converted), else the terrain's, and the mount on it. Null when either is unknown: tens of metres
 * guessed would move a fix by hundreds, and look sure.
 */
export const eyeHeightM = (
  device: Pick<Device, 'lon' | 'lat' | 'groundHeightM' | 'mountHeightM' | 'heightRef'>,
  groundHeightAt: (lon: number, lat: number) => number | null,
): number | null => {
  const { lon, lat, groundHeightM, mountHeightM, heightRef } = device;
  if (mountHeightM === null || lon === null || lat === null) return null;
  const groundM =
    groundHeightM === null || heightRef === 'takeoff'
      ? groundHeightAt(lon, lat)
      : heightRef === 'ellipsoid'
        ? mslHeightM(lon, lat, groundHeightM)
        : groundHeightM;
  return groundM === null ? null : groundM + mountHeightM;
};
