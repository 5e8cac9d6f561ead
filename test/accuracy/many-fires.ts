import { cameraEye } from '../../src/demo/cameras.ts';
import type { County } from '../../src/demo/county.ts';
import { townshipAt } from '../../src/demo/regions.ts';
import type { TrackDetection } from '../../src/incidents/track-store.ts';
import { locate } from '../../src/locate/index.ts';
import type { CountyConfig } from '../../src/shared/county-config.ts';
import { geodesicInverse, type LonLat, wrap360 } from '../../src/shared/geo.ts';
import { createRandom, type Random } from '../../src/shared/random.ts';
import type { Land } from './land.ts';
import { createReplay, type ReplayIncident } from './replay.ts';
import { viewOf } from './smoke.ts';

type Config = Pick<CountyConfig, 'association' | 'confidence' | 'locate'>;

export type Scenario = {
  seed: number;
  fires: number;
  /** Total one σ of azimuth and elevation of every camera; it knows it. */
  sigmaDeg: number;
  /** How much of σ is the mount's own and the same in every frame, as a share of σ. */
  mountShare: number;
  /** Whether the service has elevation data; the simulated world always has hills. */
  withTerrain: boolean;
};

export type Outcome = {
  scenario: Scenario;
  /** Fires that some camera saw. */
  seen: number;
  incidents: number;
  /** Incidents at the end that are no fire's best, at or above the alert threshold. */
  ghosts: number;
  /** The same, ever alerted, though they were mended before the end. */
  ghostsAlerted: number;
  /** Fires that more than one incident is about, and fires that none is about. */
  split: number;
  merged: number;
  detections: number;
  /** Detections that ended in another fire's incident. */
  misplaced: number;
  /** Times an unambiguous crossing was shown that holds no fire within three times its ellipse. */
  falseCrossings: number;
  medianErrorM: number;
  meanMs: number;
  p99Ms: number;
};

/** Fires this far apart are meant to be told apart, metres. */
const APART_M = 1_500;
const LIT_WITHIN_S = 60;
const SEEN_WITHIN_M = 10_000;
/** The tallest smoke a camera waits for, and what it tells it by: 5 pixels of a 1920-pixel frame 60° wide. */
const SMOKE_M = [10, 20, 30, 40, 50, 60, 70, 80];
const LEAST_SMOKE_RAD = 0.003;
const RISE_M_PER_S = 5;
const FRAMES = 5;
const START_MS = Date.parse('2026-04-05T03:00:00Z');

type Truth = { at: LonLat; litS: number };
type Sent = { fire: number; detection: TrackDetection };

const drawFires = (county: County, count: number, random: Random): Truth[] => {
  const fires: Truth[] = [];
  while (fires.length < count) {
    const at: LonLat = [random.between(113.08, 113.61), random.between(26.28, 26.85)];
    if (townshipAt(at, county.townships) === undefined) continue;
    if (fires.some((other) => geodesicInverse(other.at, at).distanceM < APART_M)) continue;
    fires.push({ at, litS: random.between(0, LIT_WITHIN_S) });
  }
  return fires;
};

/** Every frame of every camera that sees a fire, in the order the service receives them. */
const drawDetections = (
  county: County,
  { ground: world, data }: Land,
  { scenario, config, random }: { scenario: Scenario; config: Config; random: Random },
): { fires: Truth[]; sent: Sent[] } => {
  const fires = drawFires(county, scenario.fires, random);
  const terrain = scenario.withTerrain ? data : undefined;
  const { sigmaDeg, mountShare } = scenario;
  const frameSigma = sigmaDeg * Math.sqrt(1 - mountShare * mountShare);
  const sent: Sent[] = [];
  for (const camera of county.cameras) {
    const { at, heightM } = cameraEye(camera);
    const eye = { lon: at[0], lat: at[1], heightM };
    const mount = [0, 1].map(() => sigmaDeg * mountShare * random.normal());
    for (const [i, fire] of fires.entries()) {
      if (geodesicInverse(at, fire.at).distanceM > SEEN_WITHIN_M) continue;
      const smokeM = SMOKE_M.find((tall) => viewOf(world, eye, fire.at, tall) !== undefined);
      const view = smokeM === undefined ? undefined : viewOf(world, eye, fire.at, smokeM);
      if (view === undefined || smokeM === undefined) continue;
      const tallM = smokeM + view.distanceM * LEAST_SMOKE_RAD;
      // The tour comes round, the recognition wants the smoke in several frames.
      let atS = fire.litS + tallM / RISE_M_PER_S + random.between(0, 24) + random.between(2, 6);
      for (let frame = 0; frame < FRAMES; frame++) {
        const [az = 0, el = 0] = mount.map((own) => own + frameSigma * random.normal());
        const located = locate(
          {
            position: null,
            positionRadiusM: null,
            positionEllipse: null,
            azimuthDeg: wrap360(view.azimuthDeg + az),
            elevationDeg: view.elevationDeg + el,
            rangeM: null,
            frame: null,
            box: null,
          },
          {
            kind: 'camera',
            sensor: null,
            station: eye,
            azimuthSigmaDeg: sigmaDeg,
            elevationSigmaDeg: sigmaDeg,
            gimbal: null,
            azimuthOffsetDeg: 0,
            tiltOffsetDeg: 0,
            focalScale: 1,
          },
          { config: config.locate, terrain },
        );
        if (located.kind === 'unlocated') throw new Error(located.reason);
        const observedAt = new Date(START_MS + atS * 1000);
        sent.push({
          fire: i,
          detection: {
            id: `d-${String(sent.length)}`,
            deviceId: camera.id,
            source: 'camera',
            fix: located.fix,
            sighting: located.sighting,
            azimuthDeg: located.sighting.bearing?.azimuthDeg ?? null,
            observedAt,
            receivedAt: new Date(observedAt.getTime() + random.between(0, 3_000)),
            seenAsFire: false,
            pinned: false,
          },
        });
        atS += random.between(10, 20);
      }
    }
  }
  sent.sort((a, b) => a.detection.receivedAt.getTime() - b.detection.receivedAt.getTime());
  return { fires, sent };
};

/** Many fires at once over the demo county, every camera reporting, through the association core in memory. */
export const runManyFires = (
  scenario: Scenario,
  { config, county, land }: { config: Config; county: County; land: Land },
): Outcome & { replayIncidents: ReplayIncident[]; truth: Truth[]; fireOf: Map<string, number> } => {
  const random = createRandom(scenario.seed, 'many fires');
  const { fires, sent } = drawDetections(county, land, { scenario, config, random });
  const fireOf = new Map(sent.map(({ fire, detection }) => [detection.id, fire]));
  const replay = createReplay(config, scenario.withTerrain ? land.data : undefined);
  const times: number[] = [];
  let falseCrossings = 0;
  for (const { detection } of sent) {
    const start = performance.now();
    replay.record(detection);
    times.push(performance.now() - start);
    if (process.env['DBG']) {
      for (const i of replay.incidents.filter((one) => isFalseCrossing(one, fires))) {
        const key = [...i.tracks.values()].map((t) => `${t.deviceId}:${String(fireOf.get(t.best.id))}`).join(' ');
        console.log(times.length, i.id, i.confidence.toFixed(2), Math.round(i.fix.ellipse.semiMajorM), i.fix.flags, key, 'by', detection.deviceId, fireOf.get(detection.id), Math.min(...fires.map(({ at }) => geodesicInverse(at, [i.fix.lon, i.fix.lat]).distanceM)).toFixed(0));
      }
    }
    falseCrossings += replay.incidents.filter((incident) => isFalseCrossing(incident, fires)).length;
  }
  const live = replay.incidents.filter(({ tracks, status }) => tracks.size > 0 && status === 'reported');
  const about = new Map(live.map((incident) => [incident, majorityFire(incident, fireOf)]));
  const best = new Map<number, ReplayIncident>();
  for (const [incident, fire] of about) {
    const other = best.get(fire);
    if (other === undefined || other.tracks.size < incident.tracks.size) best.set(fire, incident);
  }
  const mains = new Set(best.values());
  const others = live.filter((incident) => !mains.has(incident));
  const seen = new Set(sent.map(({ fire }) => fire));
  const errors = [...best]
    .map(([fire, { fix }]) => geodesicInverse(fires[fire]?.at ?? [0, 0], [fix.lon, fix.lat]).distanceM)
    .toSorted((a, b) => a - b);
  times.sort((a, b) => a - b);
  return {
    scenario,
    seen: seen.size,
    incidents: live.length,
    ghosts: others.filter(({ confidence }) => confidence >= config.confidence.reviewAt).length,
    ghostsAlerted: replay.incidents.filter(
      (incident) => !mains.has(incident) && incident.alertLevel !== 'none',
    ).length,
    split: new Set(others.map((incident) => about.get(incident))).size,
    merged: [...seen].filter((fire) => !best.has(fire)).length,
    detections: sent.length,
    misplaced: [...about].reduce(
      (sum, [{ detections }, fire]) =>
        sum + detections.filter(({ id }) => fireOf.get(id) !== fire).length,
      0,
    ),
    falseCrossings,
    medianErrorM: errors[Math.floor(errors.length / 2)] ?? Number.NaN,
    meanMs: times.reduce((sum, ms) => sum + ms, 0) / times.length,
    p99Ms: times[Math.ceil(0.99 * times.length) - 1] ?? Number.NaN,
    replayIncidents: replay.incidents,
    truth: fires,
    fireOf,
  };
};

const isFalseCrossing = ({ fix, tracks, status }: ReplayIncident, fires: readonly Truth[]): boolean =>
  tracks.size > 0 &&
  status === 'reported' &&
  fix.method === 'intersection' &&
  fix.flags?.includes('ambiguous') !== true &&
  fires.every(
    ({ at }) =>
      geodesicInverse(at, [fix.lon, fix.lat]).distanceM > Math.max(300, 3 * fix.ellipse.semiMajorM),
  );

/** The fire that most of an incident's tracks are of. */
const majorityFire = (
  { tracks, detections }: ReplayIncident,
  fireOf: ReadonlyMap<string, number>,
): number => {
  const votes = new Map<number, number>();
  for (const { best, deviceId } of tracks.values()) {
    const fire = fireOf.get(best.id) ?? -1;
    const share = detections.filter((one) => one.deviceId === deviceId).length / 1_000;
    votes.set(fire, (votes.get(fire) ?? 0) + 1 + share);
  }
  return [...votes].reduce((a, b) => (b[1] > a[1] ? b : a), [-1, 0] as [number, number])[0];
};
