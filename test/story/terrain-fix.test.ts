import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { geodesicDirect, geodesicInverse, type LonLat } from '../../src/shared/geo.ts';
import { curvatureDropM } from '../../src/terrain/index.ts';
import { importGround } from '../support/ground.ts';
import { startTestService, type TestService } from '../support/service.ts';

type Incident = {
  sources: string[];
  alertLevel: string;
  fix: {
    lon: number;
    lat: number;
    method: string;
    flags?: string[];
    rangeMinM?: number;
    ellipse: { semiMajorM: number };
  };
};

const STEP_DEG = 0.001;
const SIDE = 301;
const WEST = 113;
const NORTH = 27;
const PLAIN_M = 100;
/** 6 km north of the cameras stands a ridge of 200 m; behind it the plain goes on; in the west the ground rises to the north. */
const RIDGE_LAT = 26.86;
const groundM = (lon: number, lat: number): number => {
  if (lon < 113.12) return PLAIN_M + Math.max(0, (lat - 26.82) * 111_000 * 0.15);
  return PLAIN_M + Math.max(0, 200 - Math.abs(lat - RIDGE_LAT) * 111_000 * 0.25);
};
const samples = Int16Array.from({ length: SIDE * SIDE }, (_, i) =>
  groundM(WEST + (i % SIDE) * STEP_DEG, NORTH - Math.floor(i / SIDE) * STEP_DEG),
);

const MAST_M = 40;
const WESTERN: LonLat = [113.06, 26.8];
const EASTERN: LonLat = [113.2, 26.806];

let dir: string;
let town: TestService;
const clients = new Map<string, MqttClient>();

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fengsui-terrain-fix-'));
  const dataDir = await importGround(dir, {
    side: SIDE,
    stepDeg: STEP_DEG,
    west: WEST,
    north: NORTH,
    samples,
  });
  town = await startTestService({ DATA_DIR: dataDir });
  await given('cam-west', WESTERN, { groundHeightM: PLAIN_M });
  await given('cam-east', EASTERN, { groundHeightM: PLAIN_M });
  // Surveyed 80 m too low, as when a height above the mast's foot is taken for one above the sea.
  await given('cam-buried', [113.07, 26.8], { groundHeightM: PLAIN_M - 80 });
});
afterAll(async () => {
  await town?.stop();
  await rm(dir, { recursive: true, force: true });
});

const given = async (id: string, [lon, lat]: LonLat, heights: object): Promise<void> => {
  const { body } = await town.call<{ secret: string }>('POST', 'devices', {
    id,
    kind: 'camera',
    name: id,
    lon,
    lat,
    mountHeightM: MAST_M,
    azimuthSigmaDeg: 0.1,
    elevationSigmaDeg: 0.1,
    ...heights,
  });
  clients.set(id, await town.connect(id, body.secret));
};

const publish = async (id: string, seen: object): Promise<void> => {
  const at = new Date().toISOString();
  const alarm = { id: `${id}-${at}`, at, kind: 'smoke', confidence: 0.8, ...seen };
  await clients
    .get(id)
    ?.publishAsync(`fengsui/v1/camera/${id}/detection`, JSON.stringify(alarm), { qos: 1 });
};
/** An external broker acknowledges before the service has stored it. */
const WITHIN = { timeout: 10_000, interval: 50 };
const incidentOf = (id: string): Promise<Incident> =>
  vi.waitFor(async () => {
    const { body } = await town.call<{ items: Incident[] }>('GET', 'incidents');
    const found = body.items.find(({ sources }) => sources.includes(id));
    if (found === undefined) throw new Error(`no incident of ${id}`);
    return found;
  }, WITHIN);
/** How the ground at `to` appears to an eye `MAST_M` above the plain. */
const angleDeg = (from: LonLat, to: LonLat): number => {
  const { distanceM } = geodesicInverse(from, to);
  const riseM = groundM(...to) - PLAIN_M - MAST_M - curvatureDropM(distanceM);
  return (Math.atan2(riseM, distanceM) * 180) / Math.PI;
};

describe('one camera and the terrain', () => {
  const FIRE = geodesicDirect(WESTERN, 5, 6000);

  it('fix the place where the bottom of the box meets the hillside', async () => {
    // The pixel row that looks there, at tilt 0 in the frame's middle column.
    const focalPx = 960 / Math.tan(Math.PI / 6);
    const v = 540 - focalPx * Math.tan((angleDeg(WESTERN, FIRE) * Math.PI) / 180);
    await publish('cam-west', {
      bbox: [0.49, v / 1080 - 0.05, 0.51, v / 1080],
      frame: { panDeg: 5, tiltDeg: 0, hfovDeg: 60, widthPx: 1920, heightPx: 1080 },
    });
    const { fix, alertLevel } = await incidentOf('cam-west');
    const missM = geodesicInverse([fix.lon, fix.lat], FIRE).distanceM;
    expect(fix.method).toBe('terrain');
    expect(missM).toBeLessThan(150);
    expect(missM).toBeLessThan(fix.ellipse.semiMajorM);
    expect(fix.ellipse.semiMajorM).toBeLessThan(500);
    expect(alertLevel).toBe('review');
  });

  it('give a bearing and the least range where the base hides behind a ridge', async () => {
    const RIDGE = geodesicDirect(
      EASTERN,
      0,
      geodesicInverse(EASTERN, [113.2, RIDGE_LAT]).distanceM,
    );
    await publish('cam-east', { azimuthDeg: 0, elevationDeg: angleDeg(EASTERN, RIDGE) });
    const { fix } = await incidentOf('cam-east');
    expect(fix.method).toBe('bearing');
    expect(fix.flags).toContain('hidden_base');
    expect(fix.rangeMinM).toBeGreaterThan(5000);
  });

  it('give a bearing, flagged, where the camera’s height puts it below the ground, and still alert', async () => {
    await publish('cam-buried', { azimuthDeg: 200, elevationDeg: -1 });
    const { fix, alertLevel } = await incidentOf('cam-buried');
    expect(fix).toMatchObject({ method: 'bearing', flags: ['below_ground'] });
    expect(fix.ellipse.semiMajorM).toBeGreaterThan(5000);
    expect(alertLevel).toBe('review');
  });
});

describe('a drone that gives no direction of its own', () => {
  it('saw it where its gimbal pointed', async () => {
    const { body } = await town.call<{ secret: string }>('POST', 'devices', {
      id: 'drone-1',
      kind: 'drone',
      name: 'Drone 1',
    });
    const drone = await town.connect('drone-1', body.secret);
    const above: LonLat = [113.25, 26.76];
    const at = new Date().toISOString();
    const pose = {
      at,
      lon: above[0],
      lat: above[1],
      altitudeM: PLAIN_M + 120,
      altitudeRef: 'msl',
      gimbalPitchDeg: -30,
      gimbalYawDeg: 90,
    };
    await drone.publishAsync('fengsui/v1/drone/drone-1/telemetry', JSON.stringify(pose), {
      qos: 1,
    });
    await vi.waitFor(async () => {
      const device = await town.call<{ latest: object | null }>('GET', 'devices/drone-1');
      expect(device.body.latest).not.toBeNull();
    }, WITHIN);
    const seen = { id: 'drone-saw', at, kind: 'flame', confidence: 0.9 };
    await drone.publishAsync('fengsui/v1/drone/drone-1/detection', JSON.stringify(seen), {
      qos: 1,
    });
    const { fix, alertLevel } = await incidentOf('drone-1');
    const truth = geodesicDirect(above, 90, 120 / Math.tan(Math.PI / 6));
    expect(fix.method).toBe('terrain');
    expect(geodesicInverse([fix.lon, fix.lat], truth).distanceM).toBeLessThan(5);
    expect(fix.ellipse.semiMajorM).toBeLessThan(100);
    // Somebody flew there and looked.
    expect(alertLevel).toBe('review');
  });
});

describe('a tilt of 200°', () => {
  it('is a dead letter that says what is wrong', async () => {
    const frame = { panDeg: 5, tiltDeg: 200, hfovDeg: 60, widthPx: 1920, heightPx: 1080 };
    await publish('cam-west', { bbox: [0.4, 0.4, 0.5, 0.5], frame });
    await vi.waitFor(async () => {
      const { body } = await town.call<{ items: { reason: string }[] }>('GET', 'dead-letters');
      expect(body.items.map(({ reason }) => reason)).toContain('/frame/tiltDeg must be <= 90');
    }, WITHIN);
  });
});
