import Type from 'typebox';
import { compileSchema } from '../../shared/schema.ts';
import type { CameraMessage, Reception } from '../camera-message.ts';
import { type Decoded, rejected } from '../decoded.ts';
import { checkedPayload, parseJsonPayload } from '../payload.ts';
import { instantOf, listOf, numberWithin, textOf } from './camera-values.ts';
import { ODID_MIN_BYTES, type OdidReading, readOdid } from './odid.ts';

const MessageSchema = Type.Object({
  data: Type.Optional(
    Type.Object({
      /** An `ODID_UAS_Data`, base64. */
      UASdata: Type.String(),
      /** Milliseconds since 1970. */
      timestamp: Type.Optional(Type.Unknown()),
      'MAC address': Type.Optional(Type.Unknown()),
    }),
  ),
  /** Once a minute, of the receiver itself. */
  status: Type.Optional(Type.Unknown()),
});
type Received = NonNullable<Type.Static<typeof MessageSchema>['data']>;

const checkMessage = compileSchema(MessageSchema);

/** How old a message may be that waited for the line to come back. */
const MAX_DELAY_MS = 86_400_000;
const MAC = /^[\w:.-]{1,40}$/;
const NOBODYS_MAC = /^(00[:-]?){6}$/;

/**
 * What a DroneScout receiver publishes: which aircraft said where it is (Remote ID, ASTM F3411), or that it is there itself.
 * Some firmware puts several objects one behind the other into a message, and a NUL at its end. Pure; never throws.
 */
export const decodeRemoteId = (payload: Buffer, { receivedAt }: Reception): CameraMessage => {
  const parsed = parseJsonPayload(asList(payload));
  if (parsed.kind === 'rejected') return parsed;
  const items = listOf(parsed.value).map((value) => {
    const decoded = decodeOne(value, receivedAt);
    return { camera: null, readFor: () => decoded };
  });
  return { kind: 'items', items };
};

const OBJECTS_SIDE_BY_SIDE = /\}\s*\{/g;

/** Anything that is not text is left as it is, to be refused. */
const asList = (payload: Buffer): Buffer => {
  const text = payload.toString('latin1').replace(/[\0\s]+$/, '');
  return OBJECTS_SIDE_BY_SIDE.test(text)
    ? Buffer.from(`[${text.replace(OBJECTS_SIDE_BY_SIDE, '},{')}]`, 'latin1')
    : payload.subarray(0, text.length);
};

const decodeOne = (value: unknown, receivedAt: Date): Decoded => {
  const checked = checkedPayload(checkMessage(value));
  if (checked.kind === 'rejected') return checked;
  const { data, status } = checked.value;
  if (data === undefined) {
    return status === undefined
      ? rejected('invalid_payload', 'neither /data nor /status')
      : { kind: 'status', online: true };
  }
  const bytes = Buffer.from(data.UASdata, 'base64');
  const reading = readOdid(bytes);
  if (reading === undefined) {
    return rejected(
      'invalid_payload',
      `/data/UASdata has ${String(bytes.length)} bytes, an ODID_UAS_Data at least ${String(ODID_MIN_BYTES)}`,
    );
  }
  return sightingOf(reading, data, receivedAt);
};

const sightingOf = (reading: OdidReading, data: Received, receivedAt: Date): Decoded => {
  const { position, id, idType, ...said } = reading;
  // It has said who it is, but not yet where.
  if (position === null) return { kind: 'nothing' };
  const { UASdata: _read, timestamp, ...reception } = data;
  const known = id === null || idType === null ? byTransmitter(data) : { id, idType };
  if (known === null) {
    return rejected('invalid_payload', 'has neither an id of the aircraft nor a /data/MAC address');
  }
  const observedAt = observedAtOf(timestamp, receivedAt);
  return { kind: 'aircraft', sighting: { ...said, ...known, position, observedAt, reception } };
};

const byTransmitter = (data: Received): { id: string; idType: 'mac' } | null => {
  const mac = textOf(data['MAC address']);
  return mac === null || !MAC.test(mac) || NOBODYS_MAC.test(mac)
    ? null
    : { id: `mac:${mac.toLowerCase()}`, idType: 'mac' };
};

/** The receiver's clock, unless it is wrong: ahead of ours, or behind by more than a line is ever away. */
const observedAtOf = (timestamp: unknown, receivedAt: Date): Date => {
  const at = instantOf(numberWithin(timestamp, 0, 1e15));
  const delayMs = at === null ? -1 : receivedAt.getTime() - at.getTime();
  return at !== null && delayMs >= 0 && delayMs <= MAX_DELAY_MS ? at : receivedAt;
};
