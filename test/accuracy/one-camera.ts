import { type Located, locate } from '../../src/locate/index.ts';
import type { CountyConfig } from '../../src/shared/county-config.ts';
import { type Fix, geodesicDirect, geodesicInverse, type LonLat } from '../../src/shared/geo.ts';
import type { Random } from '../../src/shared/random.ts';
import type { Eye, Terrain } from '../../src/terrain/index.ts';
import type { Land } from './grid-terrain.ts';
import { type View, viewOf } from './smoke.ts';

export type Seen = { eye: Eye; fire: LonLat; view: View };

export const MAST_M = 30;

/** A place in `bounds`, evenly by area, at least `marginM` inside. */
export const placeIn = ({ bounds }: Land, random: Random, marginM: number): LonLat => {
  const [south, north] = [bounds.south, bounds.north].map((lat) => Math.sin((lat * Math.PI) / 180));
  const marginLat = marginM / 111_320;
  for (;;) {
    const lat = (Math.asin(random.between(south ?? 0, north ?? 0)) * 180) / Math.PI;
    const marginLon = marginLat / Math.cos((lat * Math.PI) / 180);
    const lon = random.between(bounds.west, bounds.east);
    if (lat - marginLat < bounds.south || lat + marginLat > bounds.north) continue;
    if (lon - marginLon < bounds.west || lon + marginLon > bounds.east) continue;
    return [lon, lat];
  }
};

/** Climbs from `start` until no place 100 m around is higher: where a mast is put. */
export const heightNear = (terrain: Terrain, start: LonLat): LonLat => {
  let at = start;
  for (let steps = 0; steps < 15; steps++) {
    const around = [0, 45, 90, 135, 180, 225, 270, 315].map((azimuth) =>
      geodesicDirect(at, azimuth, 100),
    );
    const best = around.reduce((a, b) =>
      terrain.elevationM(b[0], b[1]) > terrain.elevationM(a[0], a[1]) ? b : a,
    );
    if (!(terrain.elevationM(best[0], best[1]) > terrain.elevationM(at[0], at[1]))) break;
    at = best;
  }
  return at;
};

export const mastAt = (terrain: Terrain, [lon, lat]: LonLat): Eye => ({
  lon,
  lat,
  heightM: terrain.elevationM(lon, lat) + MAST_M,
});

export type Sky = { nearM: number; farM: number; smokeM: number };

/** Fires evenly by area around `eye`, until one's smoke is seen. */
export const fireSeenBy = (
  terrain: Terrain,
  eye: Eye,
  random: Random,
  sky: Sky,
): Seen | undefined => {
  for (let tries = 0; tries < 200; tries++) {
    const d = Math.sqrt(random.between(sky.nearM ** 2, sky.farM ** 2));
    const fire = geodesicDirect([eye.lon, eye.lat], random.between(0, 360), d);
    const smokeM = -sky.smokeM * Math.log(1 - random.next());
    const view = viewOf(terrain, eye, fire, smokeM);
    if (view !== undefined) return { eye, fire, view };
  }
  return undefined;
};

export type Locating = CountyConfig['locate'];

/** One detection of a camera with the errors of its angles, located. */
export const observe = (
  { eye, view }: Seen,
  {
    sigmaDeg,
    random,
    config,
    terrain,
  }: { sigmaDeg: number; random: Random; config: Locating; terrain: Terrain },
): Extract<Located, { kind: 'located' }> => {
  const located = locate(
    {
      position: null,
      positionRadiusM: null,
      positionEllipse: null,
      azimuthDeg: view.azimuthDeg + sigmaDeg * random.normal(),
      elevationDeg: view.elevationDeg + sigmaDeg * random.normal(),
      rangeM: null,
      frame: null,
      box: null,
    },
    {
      kind: 'camera',
      sensor: null,
      station: eye,
      azimuthSigmaDeg: sigmaDeg,
      elevationSigmaDeg: sigmaDeg,
      gimbal: null,
      azimuthOffsetDeg: 0,
      tiltOffsetDeg: 0,
      focalScale: 1,
    },
    { config, terrain },
  );
  if (located.kind === 'unlocated') throw new Error(located.reason);
  return located;
};

/** Where `truth` lies in the fix's ellipse: 1 on its edge. */
export const ellipseShare = ({ lon, lat, ellipse }: Fix, truth: LonLat): number => {
  const { distanceM, azimuthDeg } = geodesicInverse([lon, lat], truth);
  const turn = ((azimuthDeg - ellipse.orientationDeg) * Math.PI) / 180;
  return Math.hypot(
    (distanceM * Math.cos(turn)) / ellipse.semiMajorM,
    (distanceM * Math.sin(turn)) / ellipse.semiMinorM,
  );
};

export const missM = ({ lon, lat }: Fix, truth: LonLat): number =>
  geodesicInverse([lon, lat], truth).distanceM;
