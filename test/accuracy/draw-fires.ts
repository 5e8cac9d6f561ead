import { type Camera, cameraEye } from '../../src/demo/cameras.ts';
import type { County } from '../../src/demo/county.ts';
import { townshipAt } from '../../src/demo/regions.ts';
import type { TrackDetection } from '../../src/incidents/track-store.ts';
import type { LocateConfig } from '../../src/locate/index.ts';
import { geodesicInverse, type LonLat, wrap360 } from '../../src/shared/geo.ts';
import type { Random } from '../../src/shared/random.ts';
import { locateLine } from '../support/sight-line.ts';
import type { Land } from './land.ts';
import { type View, viewOf } from './smoke.ts';

export type Scenario = {
  seed: number;
  fires: number;
  /** One σ of azimuth and of elevation of every camera, degrees; the service is told it. */
  sigmaDeg: number;
  /**
   * How much of σ is the mount's own, the same in every frame, as a share of it; the rest is drawn for each frame.
   * 0.8 as in the demo (0.4° and 0.3° make 0.5°).
   */
  mountShare: number;
  /** Whether the service has elevation data; the simulated world always has hills. */
  withTerrain: boolean;
};

export type Fire = { at: LonLat; litS: number };
export type Sent = { fire: number; detection: TrackDetection };

/** Fires this far apart are to be told apart, metres. */
const APART_M = 1_500;
const LIT_WITHIN_S = 60;
const SEEN_WITHIN_M = 10_000;
/** The lowest of these heights of smoke that a camera sees is what it reports; taller it does not wait for. */
const SMOKE_M = [10, 20, 30, 40, 50, 60, 70, 80];
/** Smoke must span this: 5 pixels of a 1920-pixel frame 60° wide. */
const LEAST_SMOKE_RAD = 0.003;
const RISE_M_PER_S = 5;
const FRAMES = 5;
const START_MS = Date.parse('2026-04-05T03:00:00Z');

/** Places all over the county, at least 1.5 km apart, lit within a minute. */
export const drawFires = (
  { townships }: Pick<County, 'townships'>,
  count: number,
  random: Random,
): Fire[] => {
  const fires: Fire[] = [];
  while (fires.length < count) {
    const at: LonLat = [random.between(113.08, 113.61), random.between(26.28, 26.85)];
    if (townshipAt(at, townships) === undefined) continue;
    if (fires.some((other) => geodesicInverse(other.at, at).distanceM < APART_M)) continue;
    fires.push({ at, litS: random.between(0, LIT_WITHIN_S) });
  }
  return fires;
};

type Watch = { view: View; fromS: number };

const watchOf = (land: Land, camera: Camera, fire: Fire, random: Random): Watch | undefined => {
  const { at, heightM } = cameraEye(camera);
  if (geodesicInverse(at, fire.at).distanceM > SEEN_WITHIN_M) return undefined;
  for (const smokeM of SMOKE_M) {
    const view = viewOf(land.ground, { lon: at[0], lat: at[1], heightM }, fire.at, smokeM);
    if (view === undefined) continue;
    const tallM = smokeM + view.distanceM * LEAST_SMOKE_RAD;
    // The tour comes round within 24 s; recognition wants the smoke in several frames.
    const noticedS = random.between(0, 24) + random.between(2, 6);
    return { view, fromS: fire.litS + tallM / RISE_M_PER_S + noticedS };
  }
  return undefined;
};

/** Five frames of every camera for every fire it sees, in the order the service receives them. */
export const drawDetections = (
  { cameras, fires, land }: { cameras: readonly Camera[]; fires: readonly Fire[]; land: Land },
  scenario: Scenario,
  { config, random }: { config: LocateConfig; random: Random },
): Sent[] => {
  const { sigmaDeg, mountShare } = scenario;
  const frameSigmaDeg = sigmaDeg * Math.sqrt(1 - mountShare * mountShare);
  const world = { config, terrain: scenario.withTerrain ? land.data : undefined };
  const sent: Sent[] = [];
  for (const camera of cameras) {
    const mountDeg = sigmaDeg * mountShare * random.normal();
    const tiltDeg = sigmaDeg * mountShare * random.normal();
    for (const [i, fire] of fires.entries()) {
      const watch = watchOf(land, camera, fire, random);
      if (watch === undefined) continue;
      let atS = watch.fromS;
      for (let frame = 0; frame < FRAMES; frame++) {
        const seen = {
          azimuthDeg: watch.view.azimuthDeg + mountDeg + frameSigmaDeg * random.normal(),
          elevationDeg: watch.view.elevationDeg + tiltDeg + frameSigmaDeg * random.normal(),
        };
        const observedAt = new Date(START_MS + atS * 1000);
        sent.push({
          fire: i,
          detection: {
            id: `d-${String(sent.length)}`,
            deviceId: camera.id,
            source: 'camera',
            ...report(camera, seen, { sigmaDeg, world }),
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
  return sent.toSorted(
    (a, b) => a.detection.receivedAt.getTime() - b.detection.receivedAt.getTime(),
  );
};

const report = (
  camera: Camera,
  seen: { azimuthDeg: number; elevationDeg: number },
  { sigmaDeg, world }: { sigmaDeg: number; world: Parameters<typeof locateLine>[2] },
): Pick<TrackDetection, 'fix' | 'sighting' | 'azimuthDeg'> => {
  const { at, heightM } = cameraEye(camera);
  const azimuthDeg = wrap360(seen.azimuthDeg);
  const located = locateLine(
    { azimuthDeg, elevationDeg: seen.elevationDeg },
    { station: { lon: at[0], lat: at[1], heightM }, sigmaDeg },
    world,
  );
  return { fix: located.fix, sighting: located.sighting, azimuthDeg };
};
