import { fuse, type LocateConfig } from '../../src/locate/index.ts';
import { createRandom } from '../../src/shared/random.ts';
import { bearingTo, randomGeometry } from './crossings.ts';
import type { Land } from './land.ts';
import { median, type Report } from './report.ts';
import { judge, seenOn } from './single-fixes.ts';

const FIXES = 300;
const GEOMETRIES = 200;

/** How long a fix takes, in process. A printed figure only: no target depends on how busy the machine is. */
export const reportSpeed = (
  report: Report,
  { land, seed, config }: { land: Land; seed: number; config: LocateConfig },
): void => {
  report.heading('Time per fix, median');
  const rule = { nearM: 500, farM: 15_000, smokeM: 80, evenly: 'area' } as const;
  const seen = seenOn({ land, seed, count: FIXES, marginM: 16_000, rule });
  const judged = judge(seen, { land, seed, sigmaDeg: 0.1, config });
  report.row(['one sight line on terrain, to 15 km', ms(judged.map((fix) => fix.ms))]);
  for (const cameras of [3, 6]) {
    report.row([`${cameras} bearings into one`, ms(fuseTimes(cameras, { seed, config }))]);
  }
};

const ms = (times: readonly number[]): string => `${median(times).toFixed(2)} ms`;

const fuseTimes = (
  cameras: number,
  { seed, config }: { seed: number; config: LocateConfig },
): number[] => {
  const random = createRandom(seed, 'timed geometries');
  const times: number[] = [];
  while (times.length < GEOMETRIES) {
    const geometry = randomGeometry(random);
    if (geometry.cameras.length !== cameras) continue;
    const bearings = geometry.cameras.map((camera, i) => {
      const errorDeg = camera.sigmaDeg * random.normal();
      return bearingTo(geometry.fire, camera, { id: String(i), errorDeg, config });
    });
    const started = performance.now();
    fuse(bearings, config);
    times.push(performance.now() - started);
  }
  return times;
};
