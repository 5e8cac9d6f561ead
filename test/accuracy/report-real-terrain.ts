import type { LocateConfig } from '../../src/locate/index.ts';
import { createRandom } from '../../src/shared/random.ts';
import { type Land, landFromFile, withDataErrors } from './land.ts';
import type { FireRule } from './one-camera.ts';
import type { Report } from './report.ts';
import { coverage, judge, rowsByMethod, seenOn } from './single-fixes.ts';

const SIGMAS_DEG = [0.1, 0.5];
const FIRES: FireRule = { nearM: 500, farM: 15_000, smokeM: 80, evenly: 'area' };
/** Cameras stand so far inside the data; a fire behind its edge cannot be simulated. */
const MARGIN_M = 2_000;

/** How often the 95 % ellipse of one camera's fix holds the fire, on real ground. */
export const reportRealTerrain = async (
  report: Report,
  file: string,
  { seed, config }: { seed: number; config: LocateConfig },
): Promise<void> => {
  const { land, tile } = await landFromFile(file);
  const run = (rule: FireRule, count: number, on: Land, sigmaDeg: number) =>
    judge(seenOn({ land: on, seed, count, marginM: MARGIN_M, rule }), {
      land: on,
      seed,
      sigmaDeg,
      config,
    });
  for (const sigmaDeg of SIGMAS_DEG) {
    report.heading(`One camera on ${land.name}, σ ${sigmaDeg}°: is the fire in the 95 % ellipse?`);
    for (const count of [200, 2_000]) {
      const judged = run(FIRES, count, land, sigmaDeg);
      if (count === 2_000) rowsByMethod(report, judged);
      report.target(`${count} cameras and fires`, coverage(judged), {
        unit: '%',
        from: 93,
        below: 97,
      });
    }
  }
  report.heading('The same 2,000 when the world is not as the estimator assumes (no targets)');
  report.row(['', ...SIGMAS_DEG.map((sigmaDeg) => `σ ${sigmaDeg}°`)]);
  const rough = withDataErrors(land, tile, createRandom(seed, 'errors of elevation data'));
  const worlds: [name: string, rule: FireRule, land: Land][] = [
    ['smoke of mean height 40 m', { ...FIRES, smokeM: 40 }, land],
    ['smoke of mean height 160 m', { ...FIRES, smokeM: 160 }, land],
    ['as many fires at each range', { ...FIRES, evenly: 'range' }, land],
    ['no smoke: only fires in plain view', { ...FIRES, smokeM: 1e-3 }, land],
    [`ground off the data by σ ${tile.heightSigmaM} m`, FIRES, rough],
  ];
  for (const [name, rule, on] of worlds) {
    report.row([
      name,
      ...SIGMAS_DEG.map((s) => `${coverage(run(rule, 2_000, on, s)).toFixed(1)} %`),
    ]);
  }
};
