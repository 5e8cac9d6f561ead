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
/** The σ the targets are for: cameras calibrated on landmarks. */
const CALIBRATED_DEG = 0.1;
const FIRES = 500;
const BEST_FIRES = 150;
const [NEAR_M, FAR_M] = [9_000, 11_000];
const REACH_M = 15_000;
const SMOKE_M = 80;
const MARGIN_M = 3_000;

/**
 * The demo's cameras on the demo's hills, located with elevation data of 3″ taken from them. At 10 km the ground of
 * these gentle hills comes up to a sight line by 4 m in 100 m (median), so σ 0.1° (17 m) is σ 460 m of range: the
 * target is for the most precise of the cameras at that range, where one's ray meets the ground in one place.
 */
export const reportDemoCounty = (report: Report, setting: Setting): void => {
  const { land } = setting;
  report.heading(`Fires in the ${land.name}: ${land.masts.length} cameras, 3″ elevation data`);
  report.row(['', 'fires', 'error', 'in ellipse', 'semi-major']);
  const single = scenesAtTenKm(setting);
  const triple = scenesOfThree(setting);
  for (const sigmaDeg of SIGMAS_DEG) {
    const ones = fixes(single, sigmaDeg, setting);
    const onTerrain = ones.filter(({ method }) => method === 'terrain');
    const threes = fixes(triple, sigmaDeg, setting);
    report.note(`σ ${sigmaDeg}°`);
    show(report, 'any one camera at 9–11 km', ones);
    show(report, '  whose ray meets the ground in one place', onTerrain);
    show(report, 'any three cameras within 15 km', threes);
    if (sigmaDeg !== CALIBRATED_DEG) continue;
    const best = bestAtTenKm(sigmaDeg, setting);
    show(report, 'the most precise one camera at 9–11 km', best);
    report.target('one camera at 10 km, median error', medianMiss(best), { unit: 'm', below: 150 });
    report.target('three cameras, median error', medianMiss(threes), { unit: 'm', below: 60 });
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
    const rangeM = Math.sqrt(random.between(NEAR_M ** 2, FAR_M ** 2));
    const fire = geodesicDirect([eye.lon, eye.lat], random.between(0, 360), rangeM);
    return see(land, eye, fire, smokeHeightM(SMOKE_M, random));
  }, 1);
};

/** Of every fire the fix with the smallest ellipse that a camera at 9 to 11 km makes by itself with the terrain. */
const bestAtTenKm = (sigmaDeg: number, setting: Setting): Judged[] => {
  const { land, seed } = setting;
  const random = createRandom(seed, 'fires of the best camera');
  const judged: Judged[] = [];
  while (judged.length < BEST_FIRES) {
    const fire = placeIn(land, random, FAR_M);
    const smokeM = smokeHeightM(SMOKE_M, random);
    const seen = land.masts.flatMap((eye) => {
      const { distanceM } = geodesicInverse([eye.lon, eye.lat], fire);
      return distanceM > NEAR_M && distanceM < FAR_M ? see(land, eye, fire, smokeM) : [];
    });
    const [best] = fixes(
      seen.map((one) => [one]),
      sigmaDeg,
      { ...setting, seed: random.int(0, 2 ** 32 - 1) },
    )
      .filter(({ method }) => method === 'terrain')
      .toSorted((a, b) => a.semiMajorM - b.semiMajorM);
    if (best !== undefined) judged.push(best);
  }
  return judged;
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

type Judged = { method: string; missM: number; inside: boolean; semiMajorM: number };

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
        method: fix.method,
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
    judged.length,
    `${medianMiss(judged).toFixed(0)} m`,
    `${percent(judged.filter((fix) => fix.inside).length, judged.length).toFixed(1)} %`,
    `${median(judged.map((fix) => fix.semiMajorM)).toFixed(0)} m`,
  ]);
