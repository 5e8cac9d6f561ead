import type { LocateConfig } from '../../src/locate/index.ts';
import { createRandom } from '../../src/shared/random.ts';
import { type Land, landFromFile, withDataErrors } from './land.ts';
import type { FireRule, Seen } from './one-camera.ts';
import type { Report } from './report.ts';
import { coverage, type Judged, judge, rowsByMethod, seenOn } from './single-fixes.ts';

const SIGMAS_DEG = [0.1, 0.5];
const FIRES: FireRule = { nearM: 500, farM: 15_000, smokeM: 80, evenly: 'area' };
/** Cameras stand so far inside the data; a fire behind its edge cannot be simulated. */
const MARGIN_M = 2_000;
const MANY = 2_000;
/** So few have a standard error of 1.5 points: the many are what counts. */
const FEW = 200;
const SOME = 1_000;

/** How often the 95 % ellipse of one camera's fix holds the fire, on real ground. */
export const reportRealTerrain = async (
  report: Report,
  file: string,
  { seed, config }: { seed: number; config: LocateConfig },
): Promise<void> => {
  const { land, tile } = await landFromFile(file);
  const seenBy = (rule: FireRule, count: number, on: Land): Seen[] =>
    seenOn({ land: on, seed, count, marginM: MARGIN_M, rule });
  const judgeAll = (seen: readonly Seen[], sigmaDeg: number): Judged[] =>
    judge(seen, { land, seed, sigmaDeg, config });
  const rough = withDataErrors(land, tile, createRandom(seed, 'errors of elevation data'));
  const seen = seenBy(FIRES, MANY, rough);
  for (const sigmaDeg of SIGMAS_DEG) {
    report.heading(
      `One camera on ${land.name}, the ground off it by its own σ ${tile.heightSigmaM.toFixed(0)} m; σ ${sigmaDeg}°`,
    );
    const judged = judgeAll(seen, sigmaDeg);
    rowsByMethod(report, judged);
    const wanted = { unit: '%', from: 93, below: 97 };
    report.target(`first ${FEW} cameras and fires`, coverage(judged.slice(0, FEW)), wanted);
    report.target(`${MANY} cameras and fires`, coverage(judged), wanted);
  }
  report.heading(`${SOME} where the world is not as the estimator assumes (no targets)`);
  report.row(['', ...SIGMAS_DEG.map((sigmaDeg) => `σ ${sigmaDeg}°`)]);
  const worlds: [name: string, seen: Seen[]][] = [
    ['ground exactly as in the data', seenBy(FIRES, SOME, land)],
    ['smoke of mean height 40 m', seenBy({ ...FIRES, smokeM: 40 }, SOME, rough)],
    ['smoke of mean height 160 m', seenBy({ ...FIRES, smokeM: 160 }, SOME, rough)],
    ['as many fires at each range', seenBy({ ...FIRES, evenly: 'range' }, SOME, rough)],
    ['no smoke: only fires in plain view', seenBy({ ...FIRES, smokeM: 1e-3 }, SOME, rough)],
  ];
  for (const [name, there] of worlds) {
    report.row([name, ...SIGMAS_DEG.map((s) => `${coverage(judgeAll(there, s)).toFixed(1)} %`)]);
  }
};
