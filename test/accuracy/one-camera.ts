import type { LocateConfig } from '../../src/locate/index.ts';
import { type Fix, geodesicDirect, geodesicInverse, type LonLat } from '../../src/shared/geo.ts';
import type { Random } from '../../src/shared/random.ts';
import type { Eye, Terrain } from '../../src/terrain/index.ts';
import { locateLine } from '../support/sight-line.ts';
import { type Land, placeIn } from './land.ts';
import { type View, viewOf } from './smoke.ts';

/** A fire, a camera that sees its smoke, and what it sees. */
export type Seen = { eye: Eye; fire: LonLat; view: View };

const MAST_M = 30;
/** A mast is put on the height a climber reaches in so many steps of 100 m. */
const CLIMB_STEPS = 15;
const PATIENCE = 200;

/** A mast of 30 m on a local height, `marginM` inside the land. */
export const randomMast = (land: Land, random: Random, marginM: number): Eye => {
  const heightM = ([lon, lat]: LonLat): number => land.data.elevationM(lon, lat);
  for (;;) {
    let at = placeIn(land, random, marginM);
    for (let step = 0; step < CLIMB_STEPS; step++) {
      const around = [0, 45, 90, 135, 180, 225, 270, 315].map((azimuth) =>
        geodesicDirect(at, azimuth, 100),
      );
      const best = around.reduce((a, b) => (heightM(b) > heightM(a) ? b : a));
      if (!(heightM(best) > heightM(at))) break;
      at = best;
    }
    const eye = { lon: at[0], lat: at[1], heightM: land.ground.elevationM(at[0], at[1]) + MAST_M };
    if (!Number.isNaN(eye.heightM)) return eye;
  }
};

export type FireRule = {
  nearM: number;
  farM: number;
  /** Mean of the height of smoke, which is exponential. */
  smokeM: number;
  /** `area`: as likely on each hectare; `range`: as likely at each range. */
  evenly: 'area' | 'range';
};

/** Fires around `eye` by the rule until the smoke of one is seen; undefined where the view is too small. */
export const fireSeenBy = (
  ground: Terrain,
  eye: Eye,
  random: Random,
  { nearM, farM, smokeM, evenly }: FireRule,
): Seen | undefined => {
  for (let tries = 0; tries < PATIENCE; tries++) {
    const rangeM =
      evenly === 'area'
        ? Math.sqrt(random.between(nearM ** 2, farM ** 2))
        : random.between(nearM, farM);
    const fire = geodesicDirect([eye.lon, eye.lat], random.between(0, 360), rangeM);
    const view = viewOf(ground, eye, fire, smokeHeightM(smokeM, random));
    if (view !== undefined) return { eye, fire, view };
  }
  return undefined;
};

export const smokeHeightM = (meanM: number, random: Random): number =>
  -meanM * Math.log(1 - random.next());

/** A camera's detection with normal errors of both angles, located as the service does. */
export const detect = (
  { eye, view }: Seen,
  { sigmaDeg, random }: { sigmaDeg: number; random: Random },
  world: { config: LocateConfig; terrain: Terrain | undefined },
): ReturnType<typeof locateLine> =>
  locateLine(
    {
      azimuthDeg: view.azimuthDeg + sigmaDeg * random.normal(),
      elevationDeg: view.elevationDeg + sigmaDeg * random.normal(),
    },
    { station: eye, sigmaDeg },
    world,
  );

export const isInside = ({ lon, lat, ellipse }: Fix, truth: LonLat): boolean => {
  const { distanceM, azimuthDeg } = geodesicInverse([lon, lat], truth);
  const turn = ((azimuthDeg - ellipse.orientationDeg) * Math.PI) / 180;
  const along = (distanceM * Math.cos(turn)) / ellipse.semiMajorM;
  const across = (distanceM * Math.sin(turn)) / ellipse.semiMinorM;
  return along * along + across * across <= 1;
};

export const missM = ({ lon, lat }: Fix, truth: LonLat): number =>
  geodesicInverse([lon, lat], truth).distanceM;
