import { describe, expect, it } from 'vitest';
import {
  type Bias,
  cameraDetection,
  cameraTelemetry,
  drawBias,
} from '../../../src/demo/camera-messages.ts';
import { createCounty } from '../../../src/demo/county.ts';
import { aircraftOsd, DOCK_OSD_PARTS, dockOsd } from '../../../src/demo/dji-messages.ts';
import { droneDetection } from '../../../src/demo/drone-messages.ts';
import { createFire, type Watcher } from '../../../src/demo/fire.ts';
import { firstFlight } from '../../../src/demo/flight.ts';
import { personPosition } from '../../../src/demo/simulate-walkers.ts';
import { tourAim, turnDeg } from '../../../src/demo/watch.ts';
import { decodeDjiOsd } from '../../../src/ingest/dialects/dji-osd.ts';
import { decodeDeviceMessage, decodePersonMessage } from '../../../src/ingest/dialects/native.ts';
import { boxDirection } from '../../../src/locate/sight-line.ts';
import { geodesicDirect, geodesicInverse } from '../../../src/shared/geo.ts';
import { createRandom } from '../../../src/shared/random.ts';

const county = createCounty(1);
const fire = createFire(county, 1, 0);
const at = new Date('2026-04-05T03:00:00.000Z');
const random = createRandom(1, 'test');
const bytes = (body: unknown): Buffer => Buffer.from(JSON.stringify(body));

const first = <T>(items: readonly T[]): T => {
  const [item] = items;
  if (item === undefined) throw new Error('empty');
  return item;
};
const watcher: Watcher = first(fire.watchers);
const NO_BIAS: Bias = { azimuthDeg: 0, elevationDeg: 0 };
const AS_REPORTED = { azimuthOffsetDeg: 0, tiltOffsetDeg: 0, focalScale: 1 };
const seen = (over: Partial<Watcher> = {}, bias = NO_BIAS) => {
  const from = { ...watcher, ...over };
  const aim = tourAim(0, 60, 0);
  const panDeg = Math.round(from.azimuthDeg / 30) * 30;
  return cameraDetection({ watcher: from, aim: { ...aim, panDeg }, smokeM: 60, bias, at }, random);
};

describe('what a camera says', () => {
  it('is a detection the service understands', () => {
    const decoded = decodeDeviceMessage(watcher.camera.id, 'detection', bytes(seen()));
    expect(decoded).toMatchObject({
      kind: 'detection',
      report: { kind: 'smoke', observedAt: at, position: null },
    });
  });

  it('is telemetry the service understands', () => {
    const body = cameraTelemetry({ panDeg: 359.999, tiltDeg: -2, hfovDeg: 60 }, at);
    const decoded = decodeDeviceMessage(watcher.camera.id, 'telemetry', bytes(body));
    expect(decoded).toMatchObject({ kind: 'telemetry', reading: { tiltDeg: -2, hfovDeg: 60 } });
  });

  it('gives a box and frame that point where the azimuth and elevation do', () => {
    for (let i = 0; i < 200; i++) {
      const { azimuthDeg, elevationDeg, frame, bbox } = seen();
      const sight = boxDirection(frame, bbox, AS_REPORTED);
      expect(Math.abs(turnDeg(sight.azimuthDeg, azimuthDeg))).toBeLessThan(0.05);
      expect(Math.abs(sight.elevationDeg - elevationDeg)).toBeLessThan(0.05);
      expect(bbox[0]).toBeLessThan(bbox[2]);
      expect(bbox[1]).toBeLessThan(bbox[3]);
    }
  });

  const errorsOf = {
    azimuth: (bias: Bias): number => turnDeg(watcher.azimuthDeg, seen({}, bias).azimuthDeg),
    elevation: (bias: Bias): number => seen({}, bias).elevationDeg - watcher.elevationDeg,
  };

  it.each(['azimuth', 'elevation'] as const)(
    'has an %s error of half a degree: unbiased over cameras, most of it fixed in each',
    (angle) => {
      const errors = Array.from({ length: 4_000 }, () => errorsOf[angle](drawBias(random)));
      const mean = errors.reduce((sum, e) => sum + e, 0) / errors.length;
      const sigma = Math.sqrt(errors.reduce((sum, e) => sum + (e - mean) ** 2, 0) / errors.length);
      expect(Math.abs(mean)).toBeLessThan(0.03);
      expect(sigma).toBeGreaterThan(0.47);
      expect(sigma).toBeLessThan(0.53);
      expect(Math.max(...errors.map(Math.abs))).toBeGreaterThan(1);
      const frames = Array.from({ length: 2_000 }, () => errorsOf[angle](NO_BIAS));
      const jitter = Math.sqrt(frames.reduce((sum, e) => sum + e ** 2, 0) / frames.length);
      expect(jitter).toBeGreaterThan(0.27);
      expect(jitter).toBeLessThan(0.33);
    },
  );

  it('carries a range only from a camera that can measure one', () => {
    const withLaser = { camera: { ...watcher.camera, rangeFinder: true } };
    const without = { camera: { ...watcher.camera, rangeFinder: false } };
    const { rangeM } = seen(withLaser);
    expect(Math.abs((rangeM ?? 0) / watcher.distanceM - 1)).toBeLessThan(0.5);
    expect(seen(without)).not.toHaveProperty('rangeM');
  });
});

const sender = (device: 'aircraft' | 'dock', id: string, gatewayId: string | null = null) =>
  ({ id, device, gatewayId, maker: 'dji', laserRadiusM: 30 }) as const;

describe('what a dock and its aircraft say', () => {
  const drone = first(county.drones);
  const flying = firstFlight(drone, 0, random);
  const docked = firstFlight(drone, 1, random);
  const situation = { groundM: 300, dockGroundM: 195, fireGroundM: 764 };
  const aircraft = (flight: typeof flying) =>
    decodeDjiOsd(
      bytes(aircraftOsd(drone, { flight, ...situation }, at)),
      sender('aircraft', drone.id, drone.dock.id),
      at,
    );

  it('is where the aircraft flies, above the ellipsoid', () => {
    const decoded = aircraft(flying);
    expect(decoded).toMatchObject({
      kind: 'telemetry',
      reading: {
        observedAt: at,
        lon: flying.at[0],
        lat: flying.at[1],
        altitudeM: 300 + 120 - 15,
        altitudeRef: 'ellipsoid',
      },
    });
  });

  it('is no position while the aircraft is in its dock', () => {
    const message = aircraftOsd(drone, { flight: docked, ...situation }, at);
    expect(message.data).toMatchObject({ latitude: 0, longitude: 0 });
    expect(message.data.position_state).toMatchObject({ is_fixed: 0 });
    expect(message.data['53-0-0']).toMatchObject({ payload_index: '53-0-0' });
    expect(aircraft(docked)).toMatchObject({ reading: { lon: null, lat: null } });
  });

  it('has the laser on the fire only while the aircraft watches it', () => {
    const watching = { ...flying, mode: 'watching' as const, target: fire.at };
    const block = (flight: typeof flying) =>
      aircraftOsd(drone, { flight, ...situation }, at).data['53-0-0'];
    expect(block(watching)).toMatchObject({
      measure_target_error_state: 0,
      measure_target_longitude: fire.at[0],
      measure_target_latitude: fire.at[1],
    });
    expect(block(flying)).toMatchObject({
      measure_target_error_state: 3,
      measure_target_longitude: 0,
    });
  });

  it('comes from the dock in three parts, of which one has the position', () => {
    const keys = DOCK_OSD_PARTS.map((part) => Object.keys(dockOsd(part, drone, docked, at).data));
    expect(new Set(keys.flat()).size).toBe(keys.flat().length);
    const decoded = DOCK_OSD_PARTS.map((part) =>
      decodeDjiOsd(bytes(dockOsd(part, drone, flying, at)), sender('dock', drone.dock.id), at),
    );
    const withPosition = decoded.filter((d) => d.kind === 'telemetry' && d.reading.lon !== null);
    expect(decoded.map(({ kind }) => kind)).toEqual(['telemetry', 'telemetry', 'telemetry']);
    expect(withPosition).toHaveLength(1);
  });

  it('confirms a fire to within a few tens of metres', () => {
    const near = geodesicDirect(fire.at, 200, 400);
    const watching = { ...flying, at: near, mode: 'watching' as const, target: fire.at };
    for (let i = 0; i < 100; i++) {
      const body = droneDetection(watching, fire.at, at, random);
      expect(geodesicInverse([body.lon, body.lat], fire.at).distanceM).toBeLessThan(50);
      expect(decodeDeviceMessage(drone.id, 'detection', bytes(body))).toMatchObject({
        kind: 'detection',
        report: { kind: 'flame', position: [body.lon, body.lat] },
      });
    }
  });
});

describe('what a person’s app says', () => {
  it('is a position the service understands', () => {
    const body = personPosition([113.3, 26.6], at, random);
    expect(decodePersonMessage('position', bytes(body))).toMatchObject({
      kind: 'position',
      position: { observedAt: at, position: [113.3, 26.6] },
    });
  });
});
