import { type Contribution, fuse, type LocateConfig } from '../../src/locate/index.ts';
import { geodesicDirect, geodesicInverse, type LonLat } from '../../src/shared/geo.ts';
import { createRandom, type Random } from '../../src/shared/random.ts';
import type { Eye } from '../../src/terrain/index.ts';
import { type demoLand, placeIn } from './land.ts';
import { detect, isInside, missM, type Seen, smokeHeightM } from './one-camera.ts';
import { median, percent, type Report } from './report.ts';
import { viewOf } from './smoke.ts';

type DemoLand = ReturnType<typeof demoLand>;
type Setting = { land: DemoLand; seed: number; config: LocateConfig };

const SIGMAS_DEG = [0.1, 0.5];
/** Three cameras are promised for cameras calibrated on landmarks, as one is. */
const CALIBRATED_DEG = 0.1;
const FIRES = 500;
const ONE_CAMERA_M = 10_000;
const REACH_M = 15_000;
const SMOKE_M = 80;
const MARGIN_M = 3_000;

/** The demo's cameras on the demo's hills, located with elevation data of 3″ taken from them. */
export const reportDemoCounty = (report: Report, setting: Setting): void => {
  const { land } = setting;
  report.heading(
    `${FIRES} fires in the ${land.name}: ${land.masts.length} cameras, 3″ elevation data`,
  );
  report.row(['', 'median', 'in ellipse', 'semi-major']);
  const single = scenesAtTenKm(setting);
  const plain = single.filter(([seen]) => seen?.view.baseHidden === false);
  const triple = scenesOfThree(setting);
  for (const sigmaDeg of SIGMAS_DEG) {
    const ones = fixes(single, sigmaDeg, setting);
    show(report, `one camera, 10 km, σ ${sigmaDeg}°`, ones);
    show(
      report,
      `  of these, base in plain view (${plain.length})`,
      fixes(plain, sigmaDeg, setting),
    );
    const threes = fixes(triple, sigmaDeg, setting);
    show(report, `three cameras, σ ${sigmaDeg}°`, threes);
    if (sigmaDeg !== CALIBRATED_DEG) continue;
    report.target('one camera at 10 km, median', medianMiss(ones), { unit: 'm', below: 150 });
    report.target('three cameras, median', medianMiss(threes), { unit: 'm', below: 60 });
  }
};

const see = (land: DemoLand, eye: Eye, fire: LonLat, smokeM: number): Seen[] => {
  const view = viewOf(land.ground, eye, fire, smokeM);
  return view === undefined ? [] : [{ eye, fire, view }];
};

const scenesAtTenKm = ({ land, seed }: Setting): Seen[][] => {
  const random = createRandom(seed, 'fires at 10 km');
  return untilEnough(() => {
    const eye = random.pick(land.masts);
    const fire = geodesicDirect([eye.lon, eye.lat], random.between(0, 360), ONE_CAMERA_M);
    return see(land, eye, fire, smokeHeightM(SMOKE_M, random));
  }, 1);
};

/** Three at random of the cameras within 15 km that see the smoke, wherever they stand. */
const scenesOfThree = ({ land, seed }: Setting): Seen[][] => {
  const random = createRandom(seed, 'fires of three cameras');
  return untilEnough(() => {
    const fire = placeIn(land, random, MARGIN_M);
    const smokeM = smokeHeightM(SMOKE_M, random);
    const near = shuffle(land.masts, random).filter(
      ({ lon, lat }) => geodesicInverse([lon, lat], fire).distanceM < REACH_M,
    );
    const seen: Seen[] = [];
    for (const eye of near) {
      if (seen.length < 3) seen.push(...see(land, eye, fire, smokeM));
    }
    return seen;
  }, 3);
};

const untilEnough = (scene: () => Seen[], cameras: number): Seen[][] => {
  const scenes: Seen[][] = [];
  while (scenes.length < FIRES) {
    const seen = scene();
    if (seen.length === cameras) scenes.push(seen);
  }
  return scenes;
};

const shuffle = <T>(items: readonly T[], random: Random): T[] =>
  items
    .map((item) => ({ item, order: random.next() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ item }) => item);

type Judged = { missM: number; inside: boolean; semiMajorM: number };

const fixes = (
  scenes: readonly Seen[][],
  sigmaDeg: number,
  { land, seed, config }: Setting,
): Judged[] => {
  const random = createRandom(seed, `errors of σ ${sigmaDeg}°`);
  return scenes.flatMap((scene) => {
    const contributions = scene.map((seen, i): Contribution => {
      const located = detect(seen, { sigmaDeg, random }, { config, terrain: land.data });
      return { id: String(i), fix: located.fix, sighting: located.sighting };
    });
    const [first] = scene;
    if (first === undefined) return [];
    const fix = fuse(contributions, config);
    return [
      {
        missM: missM(fix, first.fire),
        inside: isInside(fix, first.fire),
        semiMajorM: fix.ellipse.semiMajorM,
      },
    ];
  });
};

const medianMiss = (judged: readonly Judged[]): number => median(judged.map((fix) => fix.missM));

const show = (report: Report, name: string, judged: readonly Judged[]): void =>
  report.row([
    name,
    `${medianMiss(judged).toFixed(0)} m`,
    `${percent(judged.filter((fix) => fix.inside).length, judged.length).toFixed(1)} %`,
    `${median(judged.map((fix) => fix.semiMajorM)).toFixed(0)} m`,
  ]);
