import fc from 'fast-check';
import type { MavLinkData } from 'node-mavlink';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { Device } from '../../../src/devices/index.ts';
import { createMavlinkReceiver, type MavlinkOrigin } from '../../../src/ingest/mavlink-receiver.ts';
import type { TelemetryRow } from '../../../src/telemetry/index.ts';
import { camera } from '../../support/camera-fixtures.ts';
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
const key = Buffer.alloc(32, 3);
const LOOPBACK = { address: '127.0.0.1' };
const FAR = { address: '10.8.0.7' };

const drone = (id: string, properties: Record<string, unknown>): Device =>
  camera({ id, kind: 'drone', properties });

/** The real receiver with what it writes to in memory. */
const receiverFor = (...devices: Device[]) => {
  const rows: TelemetryRow[] = [];
  const online: [id: string, online: boolean][] = [];
  const counts: Record<string, number> = {};
  const revoked = new Set<string>();
  let failing = false;
  const receiver = createMavlinkReceiver({
    registry: { all: () => devices, isRevoked: (id) => revoked.has(id) },
    telemetry: { add: (row) => void rows.push(row) },
    online: async (id, is) => {
      if (failing) throw new Error('the database is away');
      online.push([id, is]);
    },
    count: (outcome, frames) => {
      counts[outcome] = (counts[outcome] ?? 0) + frames;
    },
    logger: pino({ level: 'silent' }),
  });
  const take = (bytes: Buffer, origin: MavlinkOrigin = LOOPBACK, afterMs = 0) =>
    receiver.take(bytes, origin, new Date(start + afterMs));
  return {
    rows,
    online,
    counts,
    revoked,
    take,
    fail: (is: boolean) => {
      failing = is;
    },
    silenceAt: (afterMs: number) => receiver.noteSilence(new Date(start + afterMs)),
  };
};

const frames = (messages: MavLinkData[], options: MavlinkOptions = {}): Buffer =>
  Buffer.concat(messages.map((message) => mavlinkFrame(message, options)));
const flight = [heartbeat(), sysStatus(71), position()];

describe('createMavlinkReceiver', () => {
  it('gives a datagram to the drone whose system id it names', async () => {
    const one = receiverFor(
      drone('d-7', { mavlinkSystemId: 7 }),
      drone('d-8', { mavlinkSystemId: 8 }),
    );
    await one.take(frames([position()], { systemId: 8 }));
    expect(one.rows.map(({ deviceId }) => deviceId)).toEqual(['d-8']);
    expect(one.counts).toEqual({ taken: 1 });
  });

  it('counts a foreign system, and tells of it once a minute with how many there were', async () => {
    const one = receiverFor(drone('d-7', { mavlinkSystemId: 7 }));
    const foreign = frames([position()], { systemId: 9 });
    expect(await one.take(foreign)).toEqual({
      kind: 'rejected',
      code: 'wrong_device',
      reason: 'system id 9 is not one of a registered drone; register mavlinkSystemId',
    });
    for (let i = 1; i <= 5; i += 1) {
      expect(await one.take(foreign, { address: `10.0.0.${String(i)}` }, i)).toEqual({
        kind: 'taken',
      });
    }
    expect(await one.take(foreign, LOOPBACK, 60_000)).toMatchObject({
      reason: expect.stringContaining('; 5 more like it since the last such letter') as string,
    });
    expect(one.counts).toEqual({ foreign: 7 });
    expect(one.rows).toEqual([]);
  });

  it('passes over a ground station’s frames without a word', async () => {
    const one = receiverFor(drone('d-7', { mavlinkSystemId: 7 }));
    expect(await one.take(frames([heartbeat()], { systemId: 255 }))).toEqual({ kind: 'taken' });
    expect(one.counts).toEqual({ ground_station: 1 });
  });

  it('believes an unsigned datagram only from this machine or the registered address', async () => {
    const one = receiverFor(
      drone('near', { mavlinkSystemId: 1 }),
      drone('far', { mavlinkSystemId: 2, mavlinkAddress: FAR.address }),
    );
    const near = frames([position()], { systemId: 1 });
    const far = frames([position()], { systemId: 2 });
    expect(await one.take(near, FAR)).toMatchObject({
      reason:
        '"near": frames come from 10.8.0.7, not from this machine; register mavlinkAddress or mavlinkSigningKey',
    });
    expect(await one.take(far, LOOPBACK)).toMatchObject({
      reason: '"far": frames come from 127.0.0.1, not from 10.8.0.7',
    });
    expect(one.rows).toEqual([]);
    await one.take(near, LOOPBACK);
    await one.take(far, FAR);
    expect(one.rows.map(({ deviceId }) => deviceId)).toEqual(['near', 'far']);
    expect(one.counts).toEqual({ wrong_address: 2, taken: 2 });
  });

  it('believes a signed datagram from anywhere, once, and no other', async () => {
    const signed = drone('d-7', { mavlinkSystemId: 7, mavlinkSigningKey: key.toString('hex') });
    const one = receiverFor(signed);
    const by = (over: MavlinkOptions) => frames([position()], { systemId: 7, ...over });
    const good = by({ signed: { key, at: start } });
    expect(await one.take(good, FAR)).toEqual({ kind: 'taken' });
    expect(await one.take(good, FAR)).toMatchObject({ kind: 'rejected' });
    await one.take(by({ signed: { key: Buffer.alloc(32), at: start + 1 } }), FAR);
    await one.take(by({}), LOOPBACK);
    // On the bus too: the login names the drone, the key is its word.
    await one.take(by({ version: 1 }), { device: signed });
    expect(one.counts).toEqual({ taken: 1, replayed: 1, bad_signature: 1, unsigned: 2 });
    expect(one.rows).toHaveLength(1);
  });

  it('tells aircraft of one system id apart by address and key, and refuses what may be either', async () => {
    const one = receiverFor(
      drone('a', { mavlinkSystemId: 1 }),
      drone('b', { mavlinkSystemId: 1, mavlinkAddress: FAR.address }),
      drone('c', { mavlinkSystemId: 1, mavlinkSigningKey: key.toString('hex') }),
    );
    await one.take(frames([position()]), LOOPBACK);
    await one.take(frames([position()]), FAR);
    await one.take(frames([position()], { signed: { key, at: start } }), LOOPBACK);
    expect(one.rows.map(({ deviceId }) => deviceId)).toEqual(['a', 'b', 'c']);

    const twins = receiverFor(
      drone('a', { mavlinkSystemId: 1 }),
      drone('b', { mavlinkSystemId: 1 }),
    );
    expect(await twins.take(frames([position()]))).toMatchObject({
      reason: expect.stringContaining('system id 1 may be "a", "b"') as string,
    });
    expect(twins.rows).toEqual([]);
  });

  it('takes nothing of a revoked drone', async () => {
    const device = drone('d-7', { mavlinkSystemId: 1 });
    const one = receiverFor(device);
    one.revoked.add('d-7');
    await one.take(frames(flight));
    await one.take(frames(flight), { device });
    expect(one.counts).toEqual({ revoked: 6 });
    expect([one.rows, one.online]).toEqual([[], []]);
  });

  it('on the bus takes any system where none is registered, else only that one', async () => {
    const any = drone('any', {});
    const seven = drone('seven', { mavlinkSystemId: 7 });
    const one = receiverFor(any, seven);
    await one.take(frames([position()], { systemId: 3 }), { device: any });
    expect(await one.take(frames([position()], { systemId: 3 }), { device: seven })).toMatchObject({
      reason: 'system id 3 is not the one registered with this drone',
    });
    expect(one.rows.map(({ deviceId }) => deviceId)).toEqual(['any']);
    // A datagram names no drone: one without an id cannot be meant.
    await one.take(frames([position()], { systemId: 3 }), LOOPBACK);
    expect(one.counts).toEqual({ taken: 1, foreign: 2 });
  });

  it('counts broken frames, keeps the good ones beside them, and tells of bytes that are no frame', async () => {
    const one = receiverFor(drone('d', { mavlinkSystemId: 1 }));
    const broken = mavlinkFrame(sysStatus(40));
    broken.writeUInt8(broken.readUInt8(12) ^ 1, 12);
    expect(await one.take(Buffer.concat([broken, frames([position()])]))).toMatchObject({
      code: 'invalid_payload',
      reason: expect.stringContaining('wrong checksum') as string,
    });
    expect(one.rows).toHaveLength(1);
    expect(await one.take(Buffer.from('{"lon":113}'))).toMatchObject({
      reason: 'no MAVLink frame in it',
    });
    expect(await one.take(frames([position()]).subarray(4))).toEqual({ kind: 'taken' });
    expect(one.counts).toEqual({ taken: 1, bad_crc: 1, garbage: 2 });
  });

  it('is online with a heartbeat, says so again now and then, and offline when it falls silent', async () => {
    const one = receiverFor(drone('d', { mavlinkSystemId: 1 }));
    for (let ms = 0; ms <= 20_000; ms += 1_000) await one.take(frames([heartbeat()]), LOOPBACK, ms);
    expect(one.online).toEqual([
      ['d', true],
      ['d', true],
      ['d', true],
    ]);
    await one.silenceAt(34_000);
    expect(one.online).toHaveLength(3);
    await one.silenceAt(35_000);
    await one.silenceAt(40_000);
    expect(one.online.slice(3)).toEqual([['d', false]]);
    await one.take(frames([heartbeat()]), LOOPBACK, 41_000);
    expect(one.online.at(-1)).toEqual(['d', true]);
  });

  it('gives a satellite link ten minutes, and leaves silence on the bus to the will', async () => {
    const bus = drone('bus', { mavlinkSystemId: 2 });
    const one = receiverFor(drone('sat', { mavlinkSystemId: 1 }), bus);
    await one.take(frames([highLatency()]));
    await one.take(frames([heartbeat()], { systemId: 2 }), { device: bus });
    await one.silenceAt(300_000);
    expect(one.online.map(([, is]) => is)).toEqual([true, true]);
    await one.silenceAt(600_000);
    expect(one.online.slice(2)).toEqual([['sat', false]]);
  });

  it('loses no reading to an online state that cannot be written, and writes that later', async () => {
    const one = receiverFor(drone('d', { mavlinkSystemId: 1 }));
    one.fail(true);
    await one.take(frames(flight), LOOPBACK, 0);
    expect(one.rows.at(-1)?.reading.lon).toBe(113.268);
    one.fail(false);
    await one.take(frames([heartbeat()]), LOOPBACK, 10_000);
    expect(one.online).toEqual([['d', true]]);
    one.fail(true);
    await one.silenceAt(30_000);
    one.fail(false);
    await one.silenceAt(35_000);
    expect(one.online.at(-1)).toEqual(['d', false]);
  });

  it('takes any mutation of a flight without a throw or a value out of range, and accounts for it', async () => {
    const all = frames([
      ...flight,
      systemTime({ timeUnixUsec: BigInt(start) * 1000n, timeBootMs: 120_000 }),
      attitude(),
      battery(),
      gimbal({ pitchDeg: -30, yawDeg: 90 }),
      mount(),
      cameraFov(),
      highLatency(),
    ]);
    const change = fc.record({
      at: fc.nat(all.length - 1),
      byte: fc.integer({ min: 0, max: 255 }),
      what: fc.constantFrom('set', 'cut', 'insert'),
    });
    const mutations = fc.array(change, { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(mutations, async (changes) => {
        let bytes = Buffer.from(all);
        for (const { at, byte, what } of changes) {
          const place = Math.min(at, bytes.length - 1);
          if (what === 'set') bytes.writeUInt8(byte, place);
          else if (what === 'cut')
            bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 3)]);
          else
            bytes = Buffer.concat([
              bytes.subarray(0, place),
              Buffer.from([byte]),
              bytes.subarray(place),
            ]);
        }
        const one = receiverFor(drone('d', { mavlinkSystemId: 1 }));
        const result = await one.take(bytes);
        expect(result.kind === 'rejected' ? result.reason : result.kind).not.toBe('');
        const { taken = 0, ...others } = one.counts;
        // A frame that is missing has left something behind that was counted.
        expect(taken === 10 || Object.keys(others).length > 0).toBe(true);
        expect(one.rows.flatMap(({ reading }) => mistakesIn(reading))).toEqual([]);
      }),
      { seed: 21, numRuns: 1_500 },
    );
  });
});

const RANGES = {
  lon: [-180, 180],
  lat: [-90, 90],
  altitudeM: [-1000, 20_000],
  headingDeg: [0, 360],
  hfovDeg: [0, 180],
  gimbalPitchDeg: [-180, 180],
  gimbalYawDeg: [0, 360],
  speedMps: [0, 200],
  batteryPct: [0, 100],
  flightTimeLeftS: [1, 1_000_000],
} as const;

const mistakesIn = (reading: TelemetryRow['reading']): string[] =>
  Object.entries(RANGES).flatMap(([name, [min, max]]) => {
    const value = reading[name as keyof typeof RANGES];
    return value === null || (value >= min && value <= max) ? [] : [`${name} ${String(value)}`];
  });
