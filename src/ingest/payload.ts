import { isUtf8 } from 'node:buffer';
import { errorMessage } from '../shared/app-error.ts';
import type { SchemaResult } from '../shared/schema.ts';
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

/** Bytes to a JSON value of the shape that `check` wants; what is wrong with it is told field by field. */
export const readJsonPayload = <T>(
  payload: Buffer,
  check: (value: unknown) => SchemaResult<T>,
): { kind: 'read'; value: T } | Rejected => {
  const parsed = parseJsonPayload(payload);
  return parsed.kind === 'rejected' ? parsed : checkedPayload(check(parsed.value));
};

/** What is wrong with a payload, as its dead letter says it. */
export const checkedPayload = <T>(
  checked: SchemaResult<T>,
): { kind: 'read'; value: T } | Rejected =>
  checked.ok
    ? { kind: 'read', value: checked.value }
    : rejected(
        'invalid_payload',
        checked.errors
          .slice(0, 5)
          .map(({ path, message }) => `${path} ${message}`)
          .join('; '),
      );
