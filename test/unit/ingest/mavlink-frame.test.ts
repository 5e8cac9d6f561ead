import fc from 'fast-check';
import { common, type MavLinkData, type MavLinkDataConstructor, minimal } from 'node-mavlink';
import { describe, expect, it } from 'vitest';
import { readMavlinkFrames } from '../../../src/ingest/dialects/mavlink-frame.ts';
import { readMavlinkMessage } from '../../../src/ingest/dialects/mavlink-message.ts';
import {
  attitude,
  battery,
  heartbeat,
  type MavlinkOptions,
  mavlinkFrame,
  position,
} from '../../support/mavlink.ts';

const key = Buffer.alloc(32, 7);
const clean = { bad_crc: 0, garbage: 0, cut_off: 0 };

/** Every message that is read. */
const MESSAGES: MavLinkDataConstructor<MavLinkData>[] = [
  minimal.Heartbeat,
  common.SysStatus,
  common.SystemTime,
  common.Attitude,
  common.GlobalPositionInt,
  common.BatteryStatus,
  common.HighLatency2,
  common.ExtendedSysState,
  common.MountOrientation,
  common.CameraFovStatus,
  common.GimbalDeviceAttitudeStatus,
];

const FRAMINGS: MavlinkOptions[] = [
  { version: 1, systemId: 7, componentId: 3 },
  { version: 2, systemId: 254, componentId: 154 },
  { version: 2, systemId: 1, componentId: 1, signed: { key, at: Date.UTC(2026, 3, 5) } },
];

/** Any value of a field, its sentinels and zeros (which MAVLink 2 cuts off the end) often. */
const valueOf = (type: string): fc.Arbitrary<number | bigint> => {
  const [, unsigned, bits] = /^(u?)int(\d+)_t/.exec(type) ?? [];
  if (bits === undefined) {
    return fc.oneof(fc.constantFrom(0, Number.NaN, Number.POSITIVE_INFINITY), fc.float());
  }
  const width = Number(bits);
  const max = 2n ** BigInt(unsigned === 'u' ? width : width - 1) - 1n;
  const min = unsigned === 'u' ? 0n : -max - 1n;
  const value = fc.oneof(fc.constantFrom(0n, min, max), fc.bigInt({ min, max }));
  return width === 64 ? value : value.map(Number);
};

const messageOf = (kind: MavLinkDataConstructor<MavLinkData>): fc.Arbitrary<MavLinkData> =>
  fc
    .record(
      Object.fromEntries(
        kind.FIELDS.map(({ name, type, length }) => [
          name,
          type.endsWith('[]')
            ? fc.array(valueOf(type), { minLength: length, maxLength: length })
            : valueOf(type),
        ]),
      ),
    )
    .map((fields) => Object.assign(new kind(), fields));

/** As the other side meant it: floats as single precision has them. */
const meant = (message: MavLinkData, field: string, kind: MavLinkDataConstructor<MavLinkData>) => {
  const value: unknown = Reflect.get(message, field);
  const isFloat = kind.FIELDS.find(({ name }) => name === field)?.type.startsWith('float');
  if (isFloat !== true) return value;
  return Array.isArray(value) ? value.map(Number).map(Math.fround) : Math.fround(Number(value));
};

describe('readMavlinkFrames', () => {
  it.each(MESSAGES.map((kind) => [kind.MSG_NAME, kind] as const))(
    'reads %s as node-mavlink writes it, MAVLink 1, 2 and signed',
    (name, kind) => {
      // MAVLink 1 has one byte for the message's id.
      const framings = FRAMINGS.filter(({ version }) => version === 2 || kind.MSG_ID <= 255);
      fc.assert(
        fc.property(messageOf(kind), fc.constantFrom(...framings), (message, framing) => {
          const bytes = mavlinkFrame(message, framing);
          const found = readMavlinkFrames(bytes);
          expect(found).toMatchObject({ unread: 0, broken: clean });
          const [frame] = found.frames;
          if (frame === undefined) throw new Error('no frame');
          expect(frame).toMatchObject({
            systemId: framing.systemId,
            componentId: framing.componentId,
            messageId: kind.MSG_ID,
            isSigned: framing.signed !== undefined,
          });
          const read = readMavlinkMessage(frame);
          expect(read?.name).toBe(name);
          for (const [field, value] of Object.entries(read?.value ?? {})) {
            expect([field, value]).toEqual([field, meant(message, field, kind)]);
          }
        }),
        { seed: 33, numRuns: 200 },
      );
    },
  );

  it('finds several in one datagram, and those it does not read', () => {
    const other = mavlinkFrame(new common.VfrHud());
    const found = readMavlinkFrames(
      Buffer.concat([mavlinkFrame(heartbeat()), other, mavlinkFrame(position(), { version: 1 })]),
    );
    expect(found.frames.map(({ messageId }) => messageId)).toEqual([0, 33]);
    expect(found).toMatchObject({ unread: 1, broken: clean });
  });

  it('finds what stands behind a broken frame and counts that once', () => {
    const broken = mavlinkFrame(battery());
    broken.writeUInt8(broken.readUInt8(20) ^ 0x40, 20);
    const found = readMavlinkFrames(Buffer.concat([broken, mavlinkFrame(position())]));
    expect(found.frames.map(({ messageId }) => messageId)).toEqual([33]);
    expect(found.broken).toEqual({ bad_crc: 1, garbage: 0, cut_off: 0 });
  });

  it('passes over halves of frames at both ends', () => {
    const half = mavlinkFrame(attitude());
    const found = readMavlinkFrames(
      Buffer.concat([half.subarray(12), mavlinkFrame(position()), half.subarray(0, 12)]),
    );
    expect(found.frames.map(({ messageId }) => messageId)).toEqual([33]);
    expect(found.broken).toEqual({ bad_crc: 0, garbage: 1, cut_off: 1 });
  });

  it('drops a frame with an incompatibility flag it does not know', () => {
    const frame = mavlinkFrame(heartbeat());
    frame.writeUInt8(0x02, 2);
    expect(readMavlinkFrames(frame)).toMatchObject({ frames: [], broken: { garbage: 1 } });
  });

  it('takes a payload that a newer definition has made longer', () => {
    // An extension field changes neither CRC_EXTRA nor what stands before it.
    const longer = Buffer.concat([Buffer.alloc(4), Buffer.from([2, 12, 128, 4, 3, 99])]);
    const body = Buffer.concat([Buffer.from([longer.length, 0, 0, 0, 1, 1, 0, 0, 0]), longer]);
    const crc = crcOf(body, 50);
    const found = readMavlinkFrames(
      Buffer.concat([Buffer.from([0xfd]), body, Buffer.from([crc & 0xff, crc >> 8])]),
    );
    expect(found.frames).toHaveLength(1);
    expect(found.frames.map(readMavlinkMessage)).toMatchObject([{ name: 'HEARTBEAT' }]);
  });

  it('never throws, whatever the bytes, and accounts for all of them', () => {
    const bytes = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 40 }).map((part) => Buffer.from(part)),
        fc.constantFrom(mavlinkFrame(heartbeat()), mavlinkFrame(position(), { version: 1 })),
        fc.constantFrom(Buffer.from([0xfd]), Buffer.from([0xfe, 9]), Buffer.from([0xfd, 255, 0])),
      ),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(bytes, (parts) => {
        const all = Buffer.concat(parts);
        const { frames, unread, broken } = readMavlinkFrames(all);
        const runs = broken.bad_crc + broken.garbage + broken.cut_off;
        expect(frames.length + unread + runs > 0).toBe(all.length > 0);
        // A frame is never lost to what stands before it, unless that swallowed its first bytes.
        for (const frame of frames) expect(readMavlinkMessage(frame)).toBeDefined();
      }),
      { seed: 5, numRuns: 2_000 },
    );
  });
});

/** The published algorithm, as slowly and plainly as can be. */
const crcOf = (bytes: Buffer, extra: number): number =>
  [...bytes, extra].reduce((crc, byte) => {
    let next = crc ^ byte;
    for (let bit = 0; bit < 8; bit += 1) next = (next & 1) === 1 ? (next >> 1) ^ 0x8408 : next >> 1;
    return next;
  }, 0xffff);
