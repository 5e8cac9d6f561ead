import { type Contribution, fuse, type LocateConfig } from '../../src/locate/index.ts';
import { type Fix, geodesicDirect, geodesicInverse, type LonLat } from '../../src/shared/geo.ts';
import type { Random } from '../../src/shared/random.ts';
import { locateLine } from '../support/sight-line.ts';

export type Geometry = {
  fire: LonLat;
  cameras: readonly { at: LonLat; sigmaDeg: number }[];
};

const SIGMAS_DEG = [0.1, 0.2, 0.5];
const LEAST_CROSSING_DEG = 15;

/** 2 to 6 cameras anywhere within 1 to 15 km of a fire anywhere between 55° south and north; some pair crosses at ≥ 15°. */
export const randomGeometry = (random: Random): Geometry => {
  for (;;) {
    const fire: LonLat = [random.between(-180, 180), random.between(-55, 55)];
    const cameras = Array.from({ length: random.int(2, 6) }, () => ({
      at: geodesicDirect(fire, random.between(0, 360), random.between(1_000, 15_000)),
      sigmaDeg: random.pick(SIGMAS_DEG),
    }));
    if (
      widestCrossingDeg(
        fire,
        cameras.map(({ at }) => at),
      ) >= LEAST_CROSSING_DEG
    )
      return { fire, cameras };
  }
};

/** The largest angle, up to 90°, at which two lines of sight meet at `fire`. */
export const widestCrossingDeg = (fire: LonLat, cameras: readonly LonLat[]): number => {
  const azimuths = cameras.map((camera) => geodesicInverse(fire, camera).azimuthDeg);
  return Math.max(
    ...azimuths.flatMap((a, i) =>
      azimuths
        .slice(i + 1)
        .map((b) => (Math.asin(Math.abs(Math.sin(((a - b) * Math.PI) / 180))) * 180) / Math.PI),
    ),
  );
};

/** A bearing from `at` to `fire`, `errorDeg` off, as the detection of a camera without terrain. */
export const bearingTo = (
  fire: LonLat,
  { at, sigmaDeg }: { at: LonLat; sigmaDeg: number },
  { id, errorDeg, config }: { id: string; errorDeg: number; config: LocateConfig },
): Contribution => {
  const { sighting, fix } = locateLine(
    { azimuthDeg: geodesicInverse(at, fire).azimuthDeg + errorDeg },
    { station: { lon: at[0], lat: at[1], heightM: null }, sigmaDeg },
    { config, terrain: undefined },
  );
  return { id, sighting, fix };
};

/** The fix of all cameras, each with a normal error of its own σ. */
export const fixOf = ({ fire, cameras }: Geometry, random: Random, config: LocateConfig): Fix =>
  fuse(
    cameras.map((camera, i) =>
      bearingTo(fire, camera, {
        id: String(i),
        errorDeg: camera.sigmaDeg * random.normal(),
        config,
      }),
    ),
    config,
  );
