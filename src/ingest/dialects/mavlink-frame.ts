import { messageLayout } from './mavlink-message.ts';

/** The start of a MAVLink 1 and of a MAVLink 2 frame. */
const STX_V1 = 0xfe;
const STX_V2 = 0xfd;
const HEADER_V1 = 6;
const HEADER_V2 = 10;
const CRC_BYTES = 2;
const SIGNATURE_BYTES = 13;
/** The only incompatibility flag there is. A frame with another one must be dropped: it may be laid out otherwise. */
const FLAG_SIGNED = 0x01;

/** A frame whose checksum is right. */
export type MavlinkFrame = {
  systemId: number;
  componentId: number;
  messageId: number;
  /** As sent: MAVLink 2 cuts zeros off the end. */
  payload: Buffer;
  /** The whole frame, signature included; its last 13 bytes sign the rest. */
  bytes: Buffer;
  isSigned: boolean;
};

/** What was found among bytes that may hold anything. */
export type MavlinkFrames = {
  frames: MavlinkFrame[];
  /** Well-formed frames of messages that are none of those we read: their checksum cannot be told. */
  unread: number;
  /** Runs of bytes that are no frame, by what is wrong with them. */
  broken: Record<BrokenRun, number>;
};

/**
 * `bad_crc`: something like a frame of a message we know, with a wrong checksum; `garbage`: no frame;
 * `cut_off`: what may be the head of a frame at the very end (a stream cut into messages anywhere).
 */
export type BrokenRun = 'bad_crc' | 'garbage' | 'cut_off';

/**
 * Finds the MAVLink 1 and 2 frames in a datagram or a piece of a stream, several or none. Pure; never throws. After
 * anything that is no frame it goes on at the next byte, so that a broken frame costs none of those behind it.
 */
export const readMavlinkFrames = (bytes: Buffer): MavlinkFrames => {
  const found: MavlinkFrames = {
    frames: [],
    unread: 0,
    broken: { bad_crc: 0, garbage: 0, cut_off: 0 },
  };
  let run: BrokenRun | undefined;
  let at = 0;
  while (at < bytes.length) {
    const candidate = candidateAt(bytes, at);
    if (candidate.kind === 'frame' || candidate.kind === 'unread') {
      if (run !== undefined) found.broken[run === 'cut_off' ? 'garbage' : run] += 1;
      run = undefined;
      if (candidate.kind === 'frame') found.frames.push(candidate.frame);
      else found.unread += 1;
      at += candidate.length;
    } else {
      run = worse(run, candidate.kind);
      at += 1;
    }
  }
  if (run !== undefined) found.broken[run] += 1;
  return found;
};

/** Of a run: a wrong checksum says most; a head only means something where nothing came before it. */
const worse = (run: BrokenRun | undefined, next: BrokenRun): BrokenRun => {
  if (run === undefined || next === 'bad_crc') return next;
  return run;
};

type Candidate =
  | { kind: 'frame'; frame: MavlinkFrame; length: number }
  | { kind: 'unread'; length: number }
  | { kind: BrokenRun };

const candidateAt = (bytes: Buffer, at: number): Candidate => {
  const shape = shapeAt(bytes, at);
  if (shape.kind !== 'shape') return shape;
  const { header, payloadLength, isSigned, systemId, componentId, messageId } = shape;
  const crcAt = at + header + payloadLength;
  const length = header + payloadLength + CRC_BYTES + (isSigned ? SIGNATURE_BYTES : 0);
  if (at + length > bytes.length) return { kind: 'cut_off' };
  const layout = messageLayout(messageId);
  if (layout === undefined) {
    return isFollowedByFrame(bytes, at + length) ? { kind: 'unread', length } : { kind: 'garbage' };
  }
  const crc = x25(bytes, at + 1, { end: crcAt, extra: layout.crcExtra });
  if (crc !== bytes.readUInt16LE(crcAt)) return { kind: 'bad_crc' };
  return {
    kind: 'frame',
    length,
    frame: {
      systemId,
      componentId,
      messageId,
      payload: bytes.subarray(at + header, crcAt),
      bytes: bytes.subarray(at, at + length),
      isSigned,
    },
  };
};

type Shape = {
  kind: 'shape';
  header: number;
  payloadLength: number;
  isSigned: boolean;
  systemId: number;
  componentId: number;
  messageId: number;
};

const shapeAt = (bytes: Buffer, at: number): Shape | { kind: 'garbage' | 'cut_off' } => {
  const stx = bytes[at];
  if (stx !== STX_V1 && stx !== STX_V2) return { kind: 'garbage' };
  const header = stx === STX_V1 ? HEADER_V1 : HEADER_V2;
  if (at + header > bytes.length) return { kind: 'cut_off' };
  const payloadLength = bytes.readUInt8(at + 1);
  if (stx === STX_V1) {
    return {
      kind: 'shape',
      header,
      payloadLength,
      isSigned: false,
      systemId: bytes.readUInt8(at + 3),
      componentId: bytes.readUInt8(at + 4),
      messageId: bytes.readUInt8(at + 5),
    };
  }
  const incompatible = bytes.readUInt8(at + 2);
  if ((incompatible & ~FLAG_SIGNED) !== 0) return { kind: 'garbage' };
  return {
    kind: 'shape',
    header,
    payloadLength,
    isSigned: incompatible === FLAG_SIGNED,
    systemId: bytes.readUInt8(at + 5),
    componentId: bytes.readUInt8(at + 6),
    messageId: bytes.readUIntLE(at + 7, 3),
  };
};

/** A frame whose checksum cannot be told is believed where another one, or nothing, follows it. */
const isFollowedByFrame = (bytes: Buffer, at: number): boolean =>
  at === bytes.length || bytes[at] === STX_V1 || bytes[at] === STX_V2;

/** CRC-16/MCRF4XX of bytes[start, end) and one byte more, the message's CRC_EXTRA: both ends must mean the same layout. */
const x25 = (
  bytes: Buffer,
  start: number,
  { end, extra }: { end: number; extra: number },
): number => {
  let crc = 0xffff;
  for (let i = start; i < end; i += 1) crc = x25Step(crc, bytes[i] ?? 0);
  return x25Step(crc, extra);
};

const x25Step = (crc: number, byte: number): number => {
  let mixed = (byte ^ crc) & 0xff;
  mixed = (mixed ^ (mixed << 4)) & 0xff;
  return ((crc >> 8) ^ (mixed << 8) ^ (mixed << 3) ^ (mixed >> 4)) & 0xffff;
};
