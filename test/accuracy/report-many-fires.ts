import { createCounty } from '../../src/demo/county.ts';
import type { CountyConfig } from '../../src/shared/county-config.ts';
import type { Scenario } from './draw-fires.ts';
import { demoLand } from './land.ts';
import { type Outcome, runManyFires } from './many-fires.ts';
import type { Report } from './report.ts';

const FIRES = 20;
const DEMO: Omit<Scenario, 'seed'> = {
  fires: FIRES,
  sigmaDeg: 0.5,
  mountShare: 0.8,
  withTerrain: true,
};

/**
 * 20 simultaneous fires in the demo county of `seed`, 139 cameras, 0.5°: each one incident, no ghost above the alert
 * threshold. Then the same with every frame's error its own, with calibrated cameras and without terrain.
 */
export const reportManyFires = (report: Report, config: CountyConfig, seed: number): void => {
  const county = createCounty(seed);
  const land = demoLand(seed);
  const run = (over: Partial<Scenario>): Outcome =>
    runManyFires({ ...DEMO, seed, ...over }, { config, county, land });
  report.heading(`20 simultaneous fires, 139 cameras of the ${land.name}`);
  report.row(COLUMNS);
  const demo = run({});
  report.row(rowOf('0.5°, the demo’s mounts', demo));
  report.row(rowOf('0.5°, every frame its own error', run({ mountShare: 0 })));
  report.row(rowOf('0.1°, calibrated', run({ sigmaDeg: 0.1 })));
  report.row(rowOf('0.5°, without terrain', run({ withTerrain: false })));
  report.row(rowOf('0.1°, without terrain', run({ sigmaDeg: 0.1, withTerrain: false })));
  report.target('fires that are not one incident', FIRES - demo.fires + demo.split + demo.merged, {
    unit: '',
    below: 0,
  });
  report.target('ghosts above the alert threshold', demo.ghosts, { unit: '', below: 0 });
};

const COLUMNS = [
  '',
  'incidents',
  'ghosts',
  'mended',
  'misplaced',
  'crossings',
  'median m',
  'mean ms',
  'p99 ms',
];

const rowOf = (name: string, outcome: Outcome): (string | number)[] => [
  name,
  outcome.incidents,
  outcome.ghosts,
  outcome.ghostsAlerted - outcome.ghosts,
  `${String(outcome.misplaced)}/${String(outcome.detections)}`,
  outcome.falseCrossings,
  outcome.medianErrorM.toFixed(1),
  outcome.meanMs.toFixed(2),
  outcome.p99Ms.toFixed(1),
];
