import type { Device } from './device.ts';

/** What is known of heights at a place, metres; null = unknown there. */
export type Heights = {
  /** Of the ground, above mean sea level. */
  groundHeightM: (lon: number, lat: number) => number | null;
  /** Of mean sea level above the ellipsoid: ellipsoidal height = height above sea + this. */
  geoidHeightM: (lon: number, lat: number) => number | null;
};

/**
 * Height of a device's lens above mean sea level, metres: its ground (as registered, else the terrain's) and its
 * mount. Null when the mount's height, the ground's or the geoid's is not known: a guess would turn every sight line.
 */
export const eyeHeightM = (
  device: Pick<Device, 'lon' | 'lat' | 'groundHeightM' | 'mountHeightM' | 'heightRef'>,
  heights: Heights,
): number | null => {
  const { lon, lat, mountHeightM } = device;
  if (lon === null || lat === null || mountHeightM === null) return null;
  const groundM = groundHeightM(device, [lon, lat], heights);
  return groundM === null ? null : groundM + mountHeightM;
};

const groundHeightM = (
  { groundHeightM: registeredM, heightRef }: Pick<Device, 'groundHeightM' | 'heightRef'>,
  [lon, lat]: readonly [number, number],
  heights: Heights,
): number | null => {
  if (registeredM === null) return heights.groundHeightM(lon, lat);
  if (heightRef === 'msl') return registeredM;
  const geoidM = heightRef === 'ellipsoid' ? heights.geoidHeightM(lon, lat) : null;
  return geoidM === null ? heights.groundHeightM(lon, lat) : registeredM - geoidM;
};
