import { describe, expect, it } from 'vitest';
import {
  type MavlinkFrame,
  readMavlinkFrames,
} from '../../../src/ingest/dialects/mavlink-frame.ts';
import { checkMavlinkSignature } from '../../../src/ingest/dialects/mavlink-signature.ts';
import { heartbeat, type MavlinkOptions, mavlinkFrame } from '../../support/mavlink.ts';

const key = Buffer.alloc(32, 9);
const now = new Date('2026-04-05T03:00:00Z');
const NEW_STREAM = new Map<string, number>();

const frameOf = (options: MavlinkOptions): MavlinkFrame => {
  const [frame] = readMavlinkFrames(mavlinkFrame(heartbeat(), options)).frames;
  if (frame === undefined) throw new Error('no frame');
  return frame;
};
const signedAt = (offsetMs: number, linkId = 1): MavlinkFrame =>
  frameOf({ signed: { key, at: now.getTime() + offsetMs, linkId } });

describe('checkMavlinkSignature', () => {
  it('takes what node-mavlink signs with the same key', () => {
    expect(checkMavlinkSignature(signedAt(0), key, { streams: NEW_STREAM, now })).toEqual({
      kind: 'valid',
      stream: '1/1',
      timestamp: (now.getTime() - Date.UTC(2015, 0, 1)) * 100,
    });
  });

  it('refuses another key, a changed byte and no signature', () => {
    const kindOf = (frame: MavlinkFrame, with_ = key) =>
      checkMavlinkSignature(frame, with_, { streams: NEW_STREAM, now }).kind;
    expect(kindOf(signedAt(0), Buffer.alloc(32, 8))).toBe('bad_signature');
    const changed = signedAt(0);
    // The link id, outside what the checksum covers.
    changed.bytes.writeUInt8(2, changed.bytes.length - 13);
    expect(kindOf(changed)).toBe('bad_signature');
    expect(kindOf(frameOf({}))).toBe('unsigned');
    expect(kindOf(frameOf({ version: 1 }))).toBe('unsigned');
  });

  it('takes each timestamp of a stream once, and only going up', () => {
    const first = checkMavlinkSignature(signedAt(0), key, { streams: NEW_STREAM, now });
    if (first.kind !== 'valid') throw new Error(first.kind);
    const streams = new Map([[first.stream, first.timestamp]]);
    const kinds = [signedAt(0), signedAt(-1), signedAt(1), signedAt(-1, 2)].map(
      (frame) => checkMavlinkSignature(frame, key, { streams, now }).kind,
    );
    expect(kinds).toEqual(['replayed', 'replayed', 'valid', 'valid']);
  });

  it('begins a stream with nothing that is over a minute old', () => {
    const kinds = [-60_001, -59_999, 3_600_000].map(
      (offset) => checkMavlinkSignature(signedAt(offset), key, { streams: NEW_STREAM, now }).kind,
    );
    expect(kinds).toEqual(['replayed', 'valid', 'valid']);
  });
});
