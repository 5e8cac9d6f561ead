// `npm run accuracy [-- --seed N] [-- --terrain FILE.hgt|FILE.tif]`: how far a fix can be trusted, by simulation.
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadCountyConfig } from '../../src/shared/county-config.ts';
import { demoLand } from './land.ts';
import { createReport } from './report.ts';
import { reportCrossings } from './report-crossings.ts';
import { reportDemoCounty } from './report-demo-county.ts';
import { reportManyFires } from './report-many-fires.ts';
import { reportRealTerrain } from './report-real-terrain.ts';
import { reportSpeed } from './report-speed.ts';

const DEFAULT_SEED = '1';
/** The county everybody sees who runs the demo; `--seed` draws other fires and errors. */
const DEMO_SEED = 1;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: DEFAULT_SEED },
    terrain: { type: 'string', multiple: true, default: [] },
  },
});
const seed = Number(values.seed);
const county = await loadCountyConfig(join(import.meta.dirname, '../../config'));
const config = county.locate;
const report = createReport();
const started = performance.now();

report.heading(
  `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node.js ${process.version}, seed ${seed}`,
);
const demo = demoLand(DEMO_SEED);
reportCrossings(report, { seed, config });
reportDemoCounty(report, { land: demo, seed, config });
reportManyFires(report, county, DEMO_SEED);
for (const file of values.terrain) await reportRealTerrain(report, file, { seed, config });
reportSpeed(report, { land: demo, seed, config });

report.heading(`${((performance.now() - started) / 1_000).toFixed(0)} s`);
process.exitCode = report.close() === 0 ? 0 : 1;
