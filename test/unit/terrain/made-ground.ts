import { geodesicInverse, type LonLat } from '../../../src/shared/geo.ts';
import type { Terrain } from '../../../src/terrain/index.ts';

/** Where made ground has its middle: in the model county. */
export const HERE: LonLat = [113.27, 26.71];

/** Ground that depends on the geodesic distance from `HERE` alone, 30 m cells. */
export const roundGround = (
  heightAtM: (distanceM: number) => number,
  maxHeightM = 400,
): Terrain => ({
  elevationM: (lon, lat) => heightAtM(geodesicInverse(HERE, [lon, lat]).distanceM),
  cellM: 30,
  maxHeightM,
  heightSigmaM: 6,
});

export const plain = roundGround(() => 0, 0);

/** A face rising 0.2 from 6 to 8 km, and falling alike behind. */
export const face = roundGround((d) => Math.max(0, Math.min(d - 6_000, 10_000 - d) * 0.2));

/** A 150 m wall from 5000 to 5040 m. */
export const ridge = roundGround((d) => (d >= 5_000 && d <= 5_040 ? 150 : 0), 150);

/** An eye at `HERE`. */
export const eyeAt = (heightM: number) => ({ lon: HERE[0], lat: HERE[1], heightM });
