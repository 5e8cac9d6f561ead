import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FlightSituation, planFlight } from '../../../src/drones/plan-flight.ts';
import { commandMessage } from '../../../src/drones/service-message.ts';
import { droneSettings } from '../../../src/shared/drone-config.ts';
import { geodesicDirect, type LonLat } from '../../../src/shared/geo.ts';
import { mslHeightM, type Terrain } from '../../../src/terrain/index.ts';

const now = new Date('2026-04-05T03:00:00Z');
const ago = (s: number): Date => new Date(now.getTime() - s * 1000);
const HOME: LonLat = [113.27, 26.71];
const TARGET = geodesicDirect(HOME, 40, 2_000);
const settings = droneSettings({});

type Over = {
  aircraft?: Partial<FlightSituation['aircraft']>;
  gateway?: Partial<FlightSituation['gateway']>;
};
const situation = ({ aircraft = {}, gateway = {} }: Over = {}): FlightSituation => ({
  aircraft: {
    at: HOME,
    altitudeM: 180,
    elevationM: 0,
    modeCode: 0,
    modeText: 'standby',
    batteryPct: 93,
    heardAt: ago(2),
    ...aircraft,
  },
  gateway: {
    at: HOME,
    altitudeM: 180,
    online: true,
    droneInDock: null,
    heardAt: ago(5),
    ...gateway,
  },
});
const plan = (
  over: Over = {},
  request: { target?: LonLat; heightM?: number; terrain?: Terrain } = {},
) =>
  planFlight(
    { target: request.target ?? TARGET, heightM: request.heightM, speedMps: undefined },
    situation(over),
    { settings, terrain: request.terrain, now },
  );
const ground = (elevationM: (lon: number, lat: number) => number): Terrain => ({
  elevationM,
  cellM: 30,
  maxHeightM: 2000,
  heightSigmaM: 5,
});
const msl = (ellipsoidalM: number, [lon, lat]: LonLat): number =>
  mslHeightM(lon, lat, ellipsoidalM);

describe('which command', () => {
  it.each([
    [
      'in its dock and off',
      { aircraft: { heardAt: ago(4000), modeCode: 14 }, gateway: { droneInDock: true } },
    ],
    ['standing', { aircraft: { modeCode: 1 } }],
  ])('takes off when it is %s', (_what, over) => {
    expect(plan(over)).toMatchObject({ kind: 'plan', method: 'takeoff_to_point' });
  });

  it('flies on when the aircraft says it flies, whatever the dock says', () => {
    const over = { aircraft: { modeCode: 9 }, gateway: { droneInDock: true } };
    expect(plan(over)).toMatchObject({ kind: 'plan', method: 'fly_to_point' });
  });

  it.each([
    ['nothing was heard of it lately', { aircraft: { heardAt: ago(31) } }],
    ['nothing was ever heard of it', { aircraft: { heardAt: null, modeText: null } }],
    ['it is upgrading', { aircraft: { modeCode: 13 } }],
    [
      'the dock has been silent',
      { aircraft: { modeCode: 14 }, gateway: { droneInDock: true, heardAt: ago(400) } },
    ],
    ['its gateway is offline', { gateway: { online: false } }],
    ['its battery is low', { aircraft: { batteryPct: 39 } }],
    ['its height is not known', { aircraft: { altitudeM: null }, gateway: { altitudeM: null } }],
  ])('none when %s', (_what, over) => {
    expect(plan(over)).toMatchObject({ kind: 'refused', code: 'conflict' });
  });
});

describe('how high', () => {
  it('without terrain: above take-off, and it says so', () => {
    expect(plan()).toMatchObject({ altitudeM: 300, flightHeightM: 120, notes: ['unknown_ground'] });
    expect(plan({}, { heightM: 60 })).toMatchObject({ altitudeM: 240, flightHeightM: 60 });
  });

  it('without terrain one that is higher stays up, unless told otherwise', () => {
    const flying = { aircraft: { modeCode: 3, altitudeM: 420, elevationM: 240 } };
    expect(plan(flying)).toMatchObject({ method: 'fly_to_point', altitudeM: 420 });
    expect(plan(flying, { heightM: 100 })).toMatchObject({ altitudeM: 280 });
  });

  it('takes the height it took off from out of its own when the dock’s is not known', () => {
    const over = {
      aircraft: { modeCode: 3, altitudeM: 330, elevationM: 150 },
      gateway: { altitudeM: null },
    };
    expect(plan(over, { heightM: 100 })).toMatchObject({ altitudeM: 280, flightHeightM: 100 });
  });

  it('never flies lower above take-off than aircraft allow', () => {
    const deep = plan({}, { terrain: ground(() => 60) });
    expect(deep).toMatchObject({ kind: 'plan', flightHeightM: 20 });
  });

  it('over the ridge between, by the county’s clearance', () => {
    const ridge = ground((lon) => (lon > 113.275 && lon < 113.277 ? 420 : 150));
    const made = plan({}, { terrain: ridge });
    if (made.kind !== 'plan') throw new Error(made.reason);
    expect(msl(made.altitudeM, TARGET)).toBeCloseTo(480, 3);
    expect(made.notes).toEqual([]);
  });

  it('does not take ground with a hole in it for known', () => {
    const hole = ground((lon) => (lon > 113.275 && lon < 113.277 ? Number.NaN : 150));
    expect(plan({}, { terrain: hole })).toMatchObject({ notes: ['unknown_ground'] });
  });

  it('not at all where the way needs more than the county allows, or is too far', () => {
    expect(plan({}, { terrain: ground(() => 900) })).toMatchObject({
      kind: 'refused',
      code: 'unprocessable',
    });
    expect(plan({}, { target: geodesicDirect(HOME, 40, 7_100) })).toMatchObject({
      kind: 'refused',
      code: 'unprocessable',
    });
  });

  it('clears all ground between, for any hills', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 360, noNaN: true }),
        fc.double({ min: 100, max: 6_900, noNaN: true }),
        fc.double({ min: 0, max: 250, noNaN: true }),
        fc.double({ min: 20, max: 200, noNaN: true }),
        (azimuthDeg, distanceM, hillM, heightM) => {
          const target = geodesicDirect(HOME, azimuthDeg, distanceM);
          const terrain = ground(
            (lon, lat) => 150 + hillM * Math.sin(lon * 900) * Math.cos(lat * 700),
          );
          const made = plan({}, { target, heightM, terrain });
          if (made.kind === 'refused') return made.code === 'unprocessable';
          const altitudeMslM = msl(made.altitudeM, target);
          for (let i = 0; i <= 50; i += 1) {
            const t = i / 50;
            const at = [
              HOME[0] + (target[0] - HOME[0]) * t,
              HOME[1] + (target[1] - HOME[1]) * t,
            ] as const;
            // Between two samples of the way the ground may rise a little.
            if (altitudeMslM < terrain.elevationM(...at) + settings.clearanceM - 5) return false;
          }
          return altitudeMslM >= terrain.elevationM(...target) + heightM - 0.01;
        },
      ),
      { seed: 11, numRuns: 200 },
    );
  });
});

it('tells the gateway numbers within what the protocol admits', () => {
  const made = plan();
  if (made.kind !== 'plan') throw new Error(made.reason);
  const flight = { id: 'f', gatewayId: 'DOCK1', lon: 113.2812345678, lat: 26.7212345678, ...made };
  const { topic, payload } = commandMessage(flight, 't', now);
  expect(topic).toBe('thing/product/DOCK1/services');
  expect(JSON.parse(payload)).toEqual({
    tid: 't',
    bid: 'f',
    timestamp: now.getTime(),
    gateway: 'DOCK1',
    method: 'takeoff_to_point',
    data: {
      flight_id: 'f',
      target_longitude: 113.281235,
      target_latitude: 26.721235,
      target_height: 300,
      security_takeoff_height: 120,
      rth_mode: 1,
      rth_altitude: 120,
      rc_lost_action: 2,
      commander_mode_lost_action: 1,
      commander_flight_mode: 1,
      commander_flight_height: 120,
      max_speed: 12,
    },
  });
});
