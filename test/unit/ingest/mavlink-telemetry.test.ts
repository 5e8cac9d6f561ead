import fc from 'fast-check';
import { common, type MavLinkData, minimal } from 'node-mavlink';
import { describe, expect, it } from 'vitest';
import { readMavlinkFrames } from '../../../src/ingest/dialects/mavlink-frame.ts';
import { type MavlinkState, NOTHING_HEARD } from '../../../src/ingest/dialects/mavlink-state.ts';
import { foldMavlink, type MavlinkStep } from '../../../src/ingest/dialects/mavlink-telemetry.ts';
import type { TelemetryReading } from '../../../src/telemetry/index.ts';
import {
  attitude,
  battery,
  cameraFov,
  gimbal,
  heartbeat,
  highLatency,
  type MavlinkOptions,
  mavlinkFrame,
  mount,
  position,
  sysStatus,
  systemTime,
} from '../../support/mavlink.ts';

const start = Date.UTC(2026, 3, 5, 3);
const INT32_MIN = -(2 ** 31);
const INT32_MAX = 2 ** 31 - 1;

type Said = { message: MavLinkData; afterMs?: number; by?: MavlinkOptions };

/** What came of them, one after the other; `afterMs` since the first. */
const fold = (said: readonly Said[]): MavlinkStep[] => {
  let state: MavlinkState = NOTHING_HEARD;
  return said.flatMap(({ message, afterMs = 0, by }) =>
    readMavlinkFrames(mavlinkFrame(message, by)).frames.map((frame) => {
      const step = foldMavlink(state, frame, new Date(start + afterMs));
      state = step.state;
      return step;
    }),
  );
};
/** The reading made of the last of these. */
const readingOf = (...messages: (MavLinkData | Said)[]): TelemetryReading => {
  const said = messages.map((one) => ('message' in one ? one : { message: one }));
  const reading = fold(said).at(-1)?.reading;
  if (reading === null || reading === undefined) throw new Error('no reading');
  return reading;
};

describe('foldMavlink', () => {
  it('makes one whole reading of messages that each say a part', () => {
    const reading = readingOf(
      systemTime({ timeUnixUsec: BigInt(start - 100) * 1000n, timeBootMs: 119_900 }),
      sysStatus(75),
      battery(),
      attitude({ yaw: 1.4 }),
      { message: gimbal({ pitchDeg: -30, yawDeg: 90.1 }), by: { componentId: 154 } },
      { message: cameraFov(), by: { componentId: 100 } },
      { message: heartbeat(), afterMs: 0 },
      { message: position(), afterMs: 3_000 },
    );
    expect(reading).toMatchObject({
      observedAt: new Date(start),
      lon: 113.268,
      lat: 26.709,
      altitudeM: 412.5,
      altitudeRef: 'msl',
      headingDeg: 84,
      speedMps: 9.8,
      batteryPct: 71,
      flightTimeLeftS: 1_120,
      hfovDeg: 62.5,
      mode: { zh: '航线飞行', en: 'flying a mission' },
      osd: {
        armed: true,
        relativeAltitudeM: 118,
        systemState: { en: 'active' },
        imageCentre: { lon: 113.27, lat: 26.71, altitudeM: 210, at: new Date(start) },
      },
    });
    expect(reading.gimbalPitchDeg).toBeCloseTo(-30, 4);
    expect(reading.gimbalYawDeg).toBeCloseTo(90.1, 4);
  });

  it('makes at most one reading a second of a position that comes 50 times', () => {
    const said = Array.from({ length: 500 }, (_, i) => ({ message: position(), afterMs: i * 20 }));
    const rows = fold(said).filter(({ reading }) => reading !== null);
    expect(rows).toHaveLength(12);
    // And each of one that comes every second, a little early or late.
    const jittered = [0, 1_040, 1_980, 3_010].map((afterMs) => ({ message: position(), afterMs }));
    expect(fold(jittered).filter(({ reading }) => reading !== null)).toHaveLength(4);
  });

  it('hears of one without a position by its heartbeat', () => {
    const said = [0, 1_000, 2_000, 3_000].map((afterMs) => ({ message: heartbeat(), afterMs }));
    const steps = fold(said);
    expect(steps.map(({ reading }) => reading?.lon)).toEqual([null, undefined, undefined, null]);
    expect(steps.every(({ alive }) => alive === 'heartbeat')).toBe(true);
  });

  it('does not let the first heartbeat take the place of the first position', () => {
    const steps = fold([{ message: heartbeat() }, { message: position() }]);
    expect(steps.map(({ reading }) => reading?.lon)).toEqual([null, 113.268]);
  });

  it('goes on when our clock is set back', () => {
    const steps = fold([
      { message: position(), afterMs: 3_600_000 },
      { message: position(), afterMs: 0 },
    ]);
    expect(steps.at(-1)?.reading?.lon).toBe(113.268);
  });

  it.each([
    ['no fix', { lat: 0, lon: 0 }],
    ['INT32_MIN', { lat: INT32_MIN, lon: INT32_MIN }],
    ['INT32_MAX', { lat: INT32_MAX, lon: INT32_MAX }],
    ['beyond the pole', { lat: 900_000_001 }],
    ['beyond the date line', { lon: -1_800_000_001 }],
  ])('reads no position of %s, and then no height', (_, over) => {
    expect(readingOf(position(over))).toMatchObject({
      lon: null,
      lat: null,
      altitudeM: null,
      altitudeRef: null,
    });
  });

  it('takes the heading from the attitude where the position has none', () => {
    const unknown = position({ hdg: 65_535 });
    expect(readingOf(unknown).headingDeg).toBeNull();
    expect(readingOf(attitude({ yaw: -Math.PI / 2 }), unknown).headingDeg).toBeCloseTo(270, 4);
    const old = readingOf(attitude({ yaw: 1 }), { message: unknown, afterMs: 10_000 });
    expect(old.headingDeg).toBeNull();
    expect(readingOf(attitude({ yaw: Number.NaN }), unknown).headingDeg).toBeNull();
    expect(readingOf(position({ hdg: 36_000 })).headingDeg).toBe(0);
  });

  it.each([
    ['from north', common.GimbalDeviceFlags.YAW_IN_EARTH_FRAME, {}, 20],
    ['from the nose', common.GimbalDeviceFlags.YAW_IN_VEHICLE_FRAME, {}, 110],
    ['locked, without a frame flag', common.GimbalDeviceFlags.YAW_LOCK, {}, 20],
    ['neither', 0, {}, 110],
    // Heading unknown: the gimbal's own, where its flags allow it to be read.
    ['from the nose', common.GimbalDeviceFlags.YAW_IN_VEHICLE_FRAME, { deltaYaw: 0.5 }, 48.648],
    ['neither', 0, { deltaYaw: 0.5 }, null],
    [
      'from the nose',
      common.GimbalDeviceFlags.YAW_IN_VEHICLE_FRAME,
      { deltaYaw: Number.NaN },
      null,
    ],
    ['both, which is not allowed', 96, {}, null],
  ])('turns a gimbal’s yaw to north: %s, flags %i', (_, flags, over, expected) => {
    const nose = 'deltaYaw' in over ? [] : [attitude({ yaw: Math.PI / 2 })];
    const reading = readingOf(
      ...nose,
      gimbal({ pitchDeg: -45, yawDeg: 20 }, { flags, ...over }),
      position({ hdg: 65_535 }),
    );
    expect(reading.gimbalPitchDeg).toBeCloseTo(-45, 3);
    const { gimbalYawDeg: yaw } = reading;
    expect(yaw === null ? null : Math.round(yaw * 1000) / 1000).toBe(expected);
  });

  it('reads every direction of a gimbal back, straight down too', () => {
    fc.assert(
      fc.property(fc.integer({ min: -90, max: 90 }), fc.integer({ min: 0, max: 359 }), (p, y) => {
        const { gimbalPitchDeg, gimbalYawDeg } = readingOf(
          gimbal({ pitchDeg: p, yawDeg: y }),
          position(),
        );
        // Single precision: the arc sine is steep near the poles.
        expect(Math.abs((gimbalPitchDeg ?? 999) - p)).toBeLessThan(0.05);
        expect(Math.abs((((gimbalYawDeg ?? 999) - y + 540) % 360) - 180)).toBeLessThan(0.01);
      }),
      { seed: 8, numRuns: 500 },
    );
  });

  it('takes no direction of a quaternion that is none', () => {
    for (const q of [
      [0, 0, 0, 0],
      [Number.NaN, 0, 0, 0],
      [3, 0, 0, 0],
    ]) {
      const reading = readingOf(gimbal({ pitchDeg: 0, yawDeg: 0 }, { q }), position());
      expect(reading).toMatchObject({ gimbalPitchDeg: null, gimbalYawDeg: null });
    }
  });

  it('reads an older mount: absolute yaw, else from the nose', () => {
    expect(readingOf(mount(), position())).toMatchObject({ gimbalPitchDeg: -30, gimbalYawDeg: 94 });
    const relative = readingOf(
      attitude({ yaw: Math.PI / 2 }),
      mount({ yawAbsolute: Number.NaN }),
      position(),
    );
    expect(relative.gimbalYawDeg).toBeCloseTo(100, 4);
    const nothing = readingOf(
      mount({ pitch: Number.NaN, yaw: Number.NaN, yawAbsolute: Number.NaN }),
      position(),
    );
    expect(nothing).toMatchObject({ gimbalPitchDeg: null, gimbalYawDeg: null });
  });

  it('believes a gimbal before the mount, one gimbal before another, and the other when the first is silent', () => {
    const first = { message: gimbal({ pitchDeg: -10, yawDeg: 10 }), by: { componentId: 154 } };
    const second = { message: gimbal({ pitchDeg: -20, yawDeg: 20 }), by: { componentId: 171 } };
    expect(readingOf(mount(), first, mount(), second, position()).gimbalYawDeg).toBeCloseTo(10, 3);
    const later = { ...second, afterMs: 4_000 };
    const reading = readingOf(first, later, { message: position(), afterMs: 4_000 });
    expect(reading.gimbalYawDeg).toBeCloseTo(20, 3);
  });

  it('counts the weakest flight battery, and none that does not know', () => {
    expect(readingOf(sysStatus(-1), position()).batteryPct).toBeNull();
    const two = readingOf(
      sysStatus(64),
      battery({ id: 0, batteryRemaining: 66 }),
      battery({ id: 1, batteryRemaining: 61, timeRemaining: 0 }),
      battery({
        id: 2,
        batteryRemaining: 5,
        batteryFunction: common.MavBatteryFunction.PAYLOAD,
        timeRemaining: 10,
      }),
      position(),
    );
    expect(two).toMatchObject({ batteryPct: 61, flightTimeLeftS: 1_120 });
    const unknown = readingOf(battery({ batteryRemaining: -1, timeRemaining: 0 }), position());
    expect(unknown).toMatchObject({ batteryPct: null, flightTimeLeftS: null });
  });

  it('forgets a point at the image’s centre that is at infinity', () => {
    const sky = { latImage: INT32_MIN, lonImage: INT32_MIN, altImage: INT32_MIN, hfov: Number.NaN };
    const reading = readingOf(cameraFov(), cameraFov(sky), position());
    expect(reading.osd).toMatchObject({ imageCentre: null });
    expect(reading.hfovDeg).toBe(62.5);
  });

  it('reads the units of HIGH_LATENCY2', () => {
    const step = fold([{ message: highLatency({ heading: 135, groundspeed: 49, battery: -1 }) }]);
    expect(step.at(-1)).toMatchObject({
      alive: 'high_latency',
      reading: {
        observedAt: new Date(start),
        lon: 113.268,
        lat: 26.709,
        altitudeM: 412,
        altitudeRef: 'msl',
        headingDeg: 270,
        speedMps: 9.8,
        batteryPct: null,
        mode: { en: 'flying a mission' },
      },
    });
    expect(readingOf(highLatency({ heading: 255 })).headingDeg).toBeNull();
    expect(readingOf(highLatency({ latitude: 0, longitude: 0 })).lon).toBeNull();
  });

  it('believes the aircraft’s clock only within a minute of ours', () => {
    const at = (offsetMs: number, now = position()) =>
      readingOf(
        systemTime({ timeUnixUsec: BigInt(start + offsetMs) * 1000n, timeBootMs: 120_000 }),
        now,
      ).observedAt.getTime() - start;
    expect(at(-1_500)).toBe(-1_500);
    expect(at(-61_000)).toBe(0);
    expect(at(90_000)).toBe(0);
    // Restarted meanwhile: it counts from zero again.
    expect(at(-1_500, position({ timeBootMs: 3_000 }))).toBe(0);
    const unset = systemTime({ timeUnixUsec: 0n, timeBootMs: 120_000 });
    expect(readingOf(unset, position()).observedAt.getTime()).toBe(start);
  });

  it('takes mode and life from the autopilot, not from its camera, and position neither', () => {
    const camera = heartbeat({
      autopilot: minimal.MavAutopilot.INVALID,
      type: minimal.MavType.CAMERA,
      customMode: 0,
    });
    const steps = fold([
      { message: camera, by: { componentId: 100 } },
      { message: heartbeat() },
      { message: camera, by: { componentId: 100 } },
      { message: position({ lat: 1 }), by: { componentId: 191 }, afterMs: 1_000 },
      { message: position(), afterMs: 2_000 },
    ]);
    expect(steps.map(({ alive }) => alive)).toEqual([null, 'heartbeat', null, null, null]);
    expect(steps[3]?.reading).toBeNull();
    expect(steps[4]?.reading).toMatchObject({ lat: 26.709, mode: { en: 'flying a mission' } });
  });

  it.each([
    [minimal.MavAutopilot.PX4, minimal.MavType.QUADROTOR, 3 << 16, { zh: '定点', en: 'position' }],
    [
      minimal.MavAutopilot.PX4,
      minimal.MavType.QUADROTOR,
      (4 << 16) | (5 << 24),
      { zh: '自动返航', en: 'returning home' },
    ],
    [
      minimal.MavAutopilot.ARDUPILOTMEGA,
      minimal.MavType.HEXAROTOR,
      5,
      { zh: '悬停', en: 'loiter' },
    ],
    [
      minimal.MavAutopilot.ARDUPILOTMEGA,
      minimal.MavType.VTOL_TILTROTOR,
      21,
      { zh: '垂起返航', en: 'returning home (VTOL)' },
    ],
    [
      minimal.MavAutopilot.ARDUPILOTMEGA,
      minimal.MavType.GROUND_ROVER,
      4,
      { zh: '模式 4', en: 'mode 4' },
    ],
    [minimal.MavAutopilot.PPZ, minimal.MavType.FIXED_WING, 2, { zh: '模式 2', en: 'mode 2' }],
  ])('names the mode of autopilot %i on vehicle %i, %i', (autopilot, type, customMode, text) => {
    const reading = readingOf(heartbeat({ autopilot, type, customMode }), {
      message: position(),
      afterMs: 2_000,
    });
    expect(reading.mode).toEqual({ code: customMode, ...text });
  });
});
