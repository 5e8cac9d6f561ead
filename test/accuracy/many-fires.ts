import type { County } from '../../src/demo/county.ts';
import type { CountyConfig } from '../../src/shared/county-config.ts';
import { geodesicInverse } from '../../src/shared/geo.ts';
import { createRandom } from '../../src/shared/random.ts';
import { drawDetections, drawFires, type Fire, type Scenario } from './draw-fires.ts';
import type { Land } from './land.ts';
import { createReplay, type ReplayIncident } from './replay.ts';
import { median } from './report.ts';

/** What became of many fires at once. Counts at the end unless they say otherwise. */
export type Outcome = {
  /** Fires that some camera saw. */
  fires: number;
  incidents: number;
  /** Incidents at or above the alert threshold that are not the one of their fire. */
  ghosts: number;
  /** The same that ever alerted anybody, though they were mended since. */
  ghostsAlerted: number;
  /** Fires that several incidents are about, and that none is about. */
  split: number;
  merged: number;
  detections: number;
  /** Detections in another fire's incident. */
  misplaced: number;
  /** Incidents that ever showed an unambiguous crossing far from every fire, and the longest that one did, seconds. */
  falseCrossings: number;
  falseForS: number;
  medianErrorM: number;
  /** Of one decision of the association. */
  meanMs: number;
  p99Ms: number;
};

/** A crossing is false when no fire is within this many of its 95 % semi-axes, and this far, metres. */
const FALSE_AXES = 3;
const FALSE_M = 300;

/** Many fires at once over the demo county, every camera reporting, through the association core in memory. */
export const runManyFires = (
  scenario: Scenario,
  { config, county, land }: { config: CountyConfig; county: County; land: Land },
): Outcome => {
  const random = createRandom(scenario.seed, 'many fires');
  const fires = drawFires(county, scenario.fires, random);
  const { cameras } = county;
  const drawing = { config: config.locate, random };
  const sent = drawDetections({ cameras, fires, land }, scenario, drawing);
  const fireOf = new Map(sent.map(({ fire, detection }) => [detection.id, fire]));
  const replay = createReplay(config, scenario.withTerrain ? land.data : undefined);
  const times: number[] = [];
  const falseFor = new Map<string, { sinceMs: number; untilMs: number }>();
  for (const { detection } of sent) {
    times.push(replay.record(detection).tookMs);
    const nowMs = detection.receivedAt.getTime();
    for (const { id } of replay.incidents.filter((incident) => isFalseCrossing(incident, fires))) {
      falseFor.set(id, { sinceMs: falseFor.get(id)?.sinceMs ?? nowMs, untilMs: nowMs });
    }
  }
  const falseSpans = [...falseFor.values()].map(({ sinceMs, untilMs }) => untilMs - sinceMs);
  times.sort((a, b) => a - b);
  return {
    ...score(replay.incidents, { fires, fireOf, reviewAt: config.confidence.reviewAt }),
    detections: sent.length,
    falseCrossings: falseFor.size,
    falseForS: Math.max(0, ...falseSpans) / 1000,
    meanMs: times.reduce((sum, ms) => sum + ms, 0) / times.length,
    p99Ms: times[Math.ceil(0.99 * times.length) - 1] ?? Number.NaN,
  };
};

type Truth = { fires: readonly Fire[]; fireOf: ReadonlyMap<string, number>; reviewAt: number };
type Scored = Omit<Outcome, 'detections' | 'falseCrossings' | 'falseForS' | 'meanMs' | 'p99Ms'>;

const score = (
  incidents: readonly ReplayIncident[],
  { fires, fireOf, reviewAt }: Truth,
): Scored => {
  const live = incidents.filter(({ status }) => status === 'reported');
  const about = new Map(live.map((incident) => [incident, majorityFire(incident, fireOf)]));
  const mains = new Map<number, ReplayIncident>();
  for (const [incident, fire] of about) {
    const other = mains.get(fire);
    if (other === undefined || other.tracks.size < incident.tracks.size) mains.set(fire, incident);
  }
  const isMain = (incident: ReplayIncident): boolean =>
    mains.get(about.get(incident) ?? -1) === incident;
  const others = live.filter((incident) => !isMain(incident));
  const seen = new Set(fireOf.values());
  return {
    fires: seen.size,
    incidents: live.length,
    ghosts: others.filter(({ confidence }) => confidence >= reviewAt).length,
    ghostsAlerted: incidents.filter((one) => !isMain(one) && one.alertLevel !== 'none').length,
    split: new Set(others.map((incident) => about.get(incident))).size,
    merged: [...seen].filter((fire) => !mains.has(fire)).length,
    misplaced: live
      .flatMap(({ detections }) => detections.map(({ id }) => id))
      .filter((id) => !isIn(mains.get(fireOf.get(id) ?? -1), id)).length,
    medianErrorM: median(
      [...mains].flatMap(([fire, { fix }]) => {
        const truth = fires[fire];
        if (truth === undefined) return [];
        return [geodesicInverse(truth.at, [fix.lon, fix.lat]).distanceM];
      }),
    ),
  };
};

const isIn = (incident: ReplayIncident | undefined, detectionId: string): boolean =>
  incident?.detections.some(({ id }) => id === detectionId) === true;

const isFalseCrossing = ({ fix, status }: ReplayIncident, fires: readonly Fire[]): boolean =>
  status === 'reported' &&
  fix.method === 'intersection' &&
  fix.flags?.includes('ambiguous') !== true &&
  fires.every(
    ({ at }) =>
      geodesicInverse(at, [fix.lon, fix.lat]).distanceM >
      Math.max(FALSE_M, FALSE_AXES * fix.ellipse.semiMajorM),
  );

/** The fire that most of an incident's tracks, then detections, are of. */
const majorityFire = (
  { tracks, detections }: ReplayIncident,
  fireOf: ReadonlyMap<string, number>,
): number => {
  const votes = new Map<number, number>();
  const vote = (id: string, weight: number): void => {
    const fire = fireOf.get(id) ?? -1;
    votes.set(fire, (votes.get(fire) ?? 0) + weight);
  };
  for (const { best } of tracks.values()) vote(best.id, 1_000);
  for (const { id } of detections) vote(id, 1);
  return [...votes].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? -1;
};
