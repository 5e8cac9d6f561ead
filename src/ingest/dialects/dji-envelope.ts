import Type from 'typebox';
import { compileSchema } from '../../shared/schema.ts';
import { type Rejected, rejected } from '../decoded.ts';
import { parseJsonPayload } from '../payload.ts';

/**
 * What all messages of the DJI Cloud API (v1.11) and of Autel's dialect of it have around their data. Only what we
 * use is checked; everything else is kept as it came.
 */
const EnvelopeSchema = Type.Object({
  tid: Type.Optional(Type.String({ maxLength: 200 })),
  bid: Type.Optional(Type.String({ maxLength: 200 })),
  timestamp: Type.Optional(Type.Number({ minimum: 0, maximum: 8.64e15 })),
  gateway: Type.Optional(Type.String({ maxLength: 200 })),
  method: Type.Optional(Type.String({ maxLength: 200 })),
  need_reply: Type.Optional(Type.Unknown()),
  data: Type.Optional(Type.Unknown()),
});

const checkEnvelope = compileSchema(EnvelopeSchema);

/** A message of a gateway; null = not said. */
export type DjiMessage = {
  tid: string | null;
  bid: string | null;
  gateway: string | null;
  method: string | null;
  /** The gateway's clock; ours where it gives no time. */
  observedAt: Date;
  needReply: boolean;
  data: unknown;
};

/** Bytes to a message, its data unread. Pure; never throws. */
export const readDjiMessage = (
  payload: Buffer,
  receivedAt: Date,
): { kind: 'message'; message: DjiMessage } | Rejected => {
  const parsed = parseJsonPayload(payload);
  if (parsed.kind === 'rejected') return parsed;
  const checked = checkEnvelope(parsed.value);
  if (!checked.ok) return invalidDji(checked.errors);
  const { tid, bid, gateway, method, timestamp, need_reply: needReply, data } = checked.value;
  return {
    kind: 'message',
    message: {
      tid: tid ?? null,
      bid: bid ?? null,
      gateway: gateway ?? null,
      method: method ?? null,
      observedAt: djiTime(timestamp, receivedAt),
      needReply: needReply === 1 || needReply === true,
      data,
    },
  };
};

/** The end of the year 9999; beyond it is no clock but a unit mistaken. */
const MAX_TIME_MS = 253_402_300_799_999;

/** Our clock where a gateway's has not been set yet: it then says 0 or nothing. */
export const djiTime = (timestamp: number | undefined, receivedAt: Date): Date =>
  timestamp === undefined || timestamp === 0 || timestamp > MAX_TIME_MS
    ? receivedAt
    : new Date(timestamp);

export const invalidDji = (
  errors: readonly { path: string; message: string }[],
  below = '',
): Rejected =>
  rejected(
    'invalid_payload',
    errors
      .slice(0, 5)
      .map(({ path, message }) => `${below}${path === '/' ? '' : path} ${message}`)
      .join('; '),
  );

export const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

/** The number, or null when it is none or out of range: what equipment says when it does not know. */
export const within = (value: unknown, min: number, max: number): number | null =>
  typeof value === 'number' && value >= min && value <= max ? value : null;
