import { createHash, timingSafeEqual } from 'node:crypto';
import type { MavlinkFrame } from './mavlink-frame.ts';

/** At the end of a signed frame: link id, timestamp (10 µs since 2015), the head of a SHA-256. */
const TIMESTAMP_FROM_END = 12;
const LINK_FROM_END = 13;
const DIGEST_BYTES = 6;

const EPOCH_MS = Date.UTC(2015, 0, 1);
const TICKS_PER_MS = 100;

/** How far behind our clock the first frame of a stream may be: what an eavesdropper can play back after a restart. */
const MAX_BEHIND_TICKS = 60_000 * TICKS_PER_MS;

/** The last timestamp of each stream of one aircraft; a stream is a component on a link. */
export type SigningStreams = ReadonlyMap<string, number>;

export type SignatureVerdict =
  /** The caller notes `timestamp` for `stream` before the next frame. */
  | { kind: 'valid'; stream: string; timestamp: number }
  | { kind: 'unsigned' | 'bad_signature' | 'replayed' };

/**
 * Checks a frame's signature as https://mavlink.io/en/guide/message_signing.html says: made with `key` (32 bytes), and
 * newer than the last frame of its stream, or no more than a minute behind our clock where the stream is new. Pure.
 */
export const checkMavlinkSignature = (
  { bytes, isSigned, componentId }: MavlinkFrame,
  key: Buffer,
  { streams, now }: { streams: SigningStreams; now: Date },
): SignatureVerdict => {
  if (!isSigned) return { kind: 'unsigned' };
  const signedBytes = bytes.length - DIGEST_BYTES;
  const digest = createHash('sha256').update(key).update(bytes.subarray(0, signedBytes)).digest();
  if (!timingSafeEqual(digest.subarray(0, DIGEST_BYTES), bytes.subarray(signedBytes))) {
    return { kind: 'bad_signature' };
  }
  const linkId = bytes.readUInt8(bytes.length - LINK_FROM_END);
  const timestamp = bytes.readUIntLE(bytes.length - TIMESTAMP_FROM_END, DIGEST_BYTES);
  const stream = `${String(componentId)}/${String(linkId)}`;
  const ours = (now.getTime() - EPOCH_MS) * TICKS_PER_MS;
  const after = streams.get(stream) ?? ours - MAX_BEHIND_TICKS;
  return timestamp > after ? { kind: 'valid', stream, timestamp } : { kind: 'replayed' };
};
