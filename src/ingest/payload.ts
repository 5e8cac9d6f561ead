import { isUtf8 } from 'node:buffer';
import { errorMessage } from '../shared/app-error.ts';
import { type Rejected, rejected } from './decoded.ts';

/**
 * The largest payload that is decoded. A detection without its picture is under 4 KiB and a DJI OSD under
 * 16 KiB; a picture belongs behind `imageUrl`. Larger ones would hold the event loop while they parse.
 */
export const MAX_PAYLOAD_BYTES = 262_144;

export const tooLarge = (bytes: number): Rejected =>
  rejected('too_large', `payload has ${bytes} bytes, at most ${MAX_PAYLOAD_BYTES} are read`);

export type Parsed = { kind: 'parsed'; value: unknown } | Rejected;

/** Bytes to JSON value: size, UTF-8 and syntax checked, each with its own reason. */
export const parseJsonPayload = (payload: Buffer): Parsed => {
  if (payload.length > MAX_PAYLOAD_BYTES) return tooLarge(payload.length);
  if (!isUtf8(payload)) return rejected('invalid_utf8', 'payload is not UTF-8');
  try {
    return { kind: 'parsed', value: JSON.parse(payload.toString('utf8')) };
  } catch (error) {
    return rejected('invalid_json', `payload is not JSON: ${errorMessage(error)}`);
  }
};
