import type { LocateConfig } from '../../src/locate/index.ts';
import { createRandom } from '../../src/shared/random.ts';
import { randomGeometry } from './crossings.ts';
import {
  convergenceMissM,
  crossings,
  largestGrowth,
  motionDriftM,
  randomMeasurements,
  randomMotion,
} from './properties.ts';
import { median, percent, type Report } from './report.ts';

const GEOMETRIES = 2_000;
const SCENES = 500;

/** Bearings alone, on the ellipsoid: does the ellipse hold what it says, and does the solver have its symmetries? */
export const reportCrossings = (
  report: Report,
  { seed, config }: { seed: number; config: LocateConfig },
): void => {
  report.heading(
    `Crossing bearings: ${GEOMETRIES} geometries of 2–6 cameras, 1–15 km, σ 0.1/0.2/0.5°, some pair crossing at ≥ 15°`,
  );
  const fixes = crossings(
    GEOMETRIES,
    { places: createRandom(seed, 'geometries'), errors: createRandom(seed, 'bearing errors') },
    config,
  );
  report.row(['cameras', 'fixes', 'in ellipse', 'error']);
  for (const cameras of [2, 3, 4, 5, 6]) {
    const these = fixes.filter((fix) => fix.cameras === cameras);
    report.row([
      cameras,
      these.length,
      `${percent(these.filter((fix) => fix.inside).length, these.length).toFixed(1)} %`,
      `${median(these.map((fix) => fix.missM)).toFixed(0)} m`,
    ]);
  }
  const inside = percent(fixes.filter((fix) => fix.inside).length, fixes.length);
  report.target('fire in the 95 % ellipse', inside, { unit: '%', from: 93, below: 97 });

  const random = createRandom(seed, 'properties');
  const growths = Array.from({ length: SCENES }, () =>
    largestGrowth(randomGeometry(random), config),
  );
  report.target('largest growth by one exact bearing more', Math.max(...growths), {
    unit: '×',
    below: 1 + 1e-6,
  });
  const drifts = Array.from({ length: SCENES }, () =>
    motionDriftM(randomMeasurements(random), randomMotion(random)),
  );
  report.target('drift when all is turned and shifted', Math.max(...drifts), {
    unit: 'm',
    below: 0.01,
  });
  for (const lat of [42, 60]) {
    report.target(`miss of exact bearings, 25 km E/W, ${lat}° N`, convergenceMissM(lat, config), {
      unit: 'm',
      below: 1,
    });
  }
};
