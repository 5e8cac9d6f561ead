import { type Contribution, fuse, type LocateConfig } from '../../src/locate/index.ts';
import { type Fix, geodesicInverse, type LonLat } from '../../src/shared/geo.ts';
import { createRandom } from '../../src/shared/random.ts';
import { type demoLand, placeIn } from './land.ts';
import { detect, isInside, type Seen } from './one-camera.ts';
import { viewOf } from './smoke.ts';

/** A fire behind a ridge for the first of three cameras, and the fixes as each of them reports. */
export type FigureScene = { seen: [Seen, Seen, Seen]; fixes: [Fix, Fix, Fix]; fire: LonLat };

const SMOKE_M = 120;
const SIGMA_DEG = 0.5;
const REACH_M = 10_000;
/** How deep its base lies below the line of sight: enough to be seen in the drawing. */
const LEAST_DEPTH_M = 35;

/** The first scene of a fixed stream of fires that shows what the page tells; nothing in it is made up. */
export const findScene = (land: ReturnType<typeof demoLand>, config: LocateConfig): FigureScene => {
  const random = createRandom(1, 'figure');
  const look = (fire: LonLat): Seen[] =>
    land.masts.flatMap((eye) => {
      if (geodesicInverse([eye.lon, eye.lat], fire).distanceM > REACH_M) return [];
      const view = viewOf(land.ground, eye, fire, SMOKE_M);
      return view === undefined ? [] : [{ eye, fire, view }];
    });
  for (;;) {
    const fire = placeIn(land, random, REACH_M);
    const all = look(fire);
    const first = all.find(
      ({ view, eye }) =>
        view.distanceM > 5_000 &&
        depthM(land.ground.elevationM(...fire), eye.heightM, view) > LEAST_DEPTH_M,
    );
    if (first === undefined) continue;
    const others = all.filter(
      ({ view }) =>
        !view.baseHidden &&
        Math.abs(Math.sin(((view.azimuthDeg - first.view.azimuthDeg) * Math.PI) / 180)) > 0.5,
    );
    for (const second of others) {
      const third = others.find(
        ({ view }) =>
          Math.abs(Math.sin(((view.azimuthDeg - second.view.azimuthDeg) * Math.PI) / 180)) > 0.5 &&
          view.distanceM < 6_000,
      );
      if (third === undefined) continue;
      const seen: FigureScene['seen'] = [first, second, third];
      const [a, b, c] = seen.map(
        (one, i): Contribution => ({
          id: String(i),
          ...detect(one, { sigmaDeg: SIGMA_DEG, random }, { config, terrain: land.data }),
        }),
      );
      if (a === undefined || b === undefined || c === undefined) continue;
      const fixes: FigureScene['fixes'] = [
        fuse([a], config),
        fuse([a, b], config),
        fuse([a, b, c], config),
      ];
      const shrinks = fixes[2].ellipse.semiMajorM < 0.75 * fixes[1].ellipse.semiMajorM;
      const clear =
        fixes[0].flags?.includes('hidden_base') === true && fixes[0].ellipse.semiMajorM < 3_000;
      if (clear && shrinks && fixes.every((fix) => isInside(fix, fire)))
        return { seen, fixes, fire };
    }
  }
};

/** How far the ground at the fire lies below the line of sight. */
const depthM = (
  groundM: number,
  eyeM: number,
  { distanceM, elevationDeg }: { distanceM: number; elevationDeg: number },
): number =>
  eyeM +
  distanceM * Math.tan((elevationDeg * Math.PI) / 180) +
  (0.87 * distanceM ** 2) / (2 * 6_371_009) -
  groundM;
