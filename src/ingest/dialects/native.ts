import type { Static, TSchema } from 'typebox';
import { readFrame } from '../../locate/index.ts';
import { type LonLat, wrap360 } from '../../shared/geo.ts';
import { compileSchema } from '../../shared/schema.ts';
import { type Decoded, type Rejected, rejected } from '../decoded.ts';
import { readJsonPayload } from '../payload.ts';
import type { DeviceMessage, PersonMessage } from '../topics.ts';
import {
  DetectionPayloadSchema,
  PositionPayloadSchema,
  ReceiptPayloadSchema,
  TelemetryPayloadSchema,
} from './native-schema.ts';

const checkDetection = compileSchema(DetectionPayloadSchema);
const checkTelemetry = compileSchema(TelemetryPayloadSchema);
const checkPosition = compileSchema(PositionPayloadSchema);
const checkReceipt = compileSchema(ReceiptPayloadSchema);

/** Decodes a message of a device on its own native topic. Pure; never throws. */
export const decodeDeviceMessage = (
  deviceId: string,
  message: DeviceMessage,
  payload: Buffer,
): Decoded => {
  if (message === 'status') return decodeStatus(payload);
  if (message === 'detection') return decodeDetection(deviceId, payload);
  const read = readAs<typeof TelemetryPayloadSchema>(checkTelemetry, payload);
  if (read.kind === 'rejected') return read;
  return belongsTo(deviceId, read.value.deviceId) ?? telemetryFrom(read.value);
};

/** Decodes a message of a person's app. Pure; never throws. */
export const decodePersonMessage = (message: PersonMessage, payload: Buffer): Decoded => {
  if (message === 'status') return decodeStatus(payload);
  if (message === 'receipt') {
    const read = readAs<typeof ReceiptPayloadSchema>(checkReceipt, payload);
    if (read.kind === 'rejected') return read;
    const { notificationId, reply = null, at } = read.value;
    const event = read.value.event ?? (reply === null ? undefined : 'read');
    if (event === undefined) return rejected('invalid_payload', '/event is missing');
    return { kind: 'receipt', receipt: { notificationId, event, reply, at: new Date(at) } };
  }
  const read = readAs<typeof PositionPayloadSchema>(checkPosition, payload);
  if (read.kind === 'rejected') return read;
  const { at, lon, lat, accuracyM } = read.value;
  const position = knownPosition(lon, lat);
  if (position === null) return { kind: 'nothing' };
  return {
    kind: 'position',
    position: { observedAt: new Date(at), position, accuracyM: measured(accuracyM) },
  };
};

/** Body of `POST detections`: as on MQTT. */
export const decodeDetection = (deviceId: string, payload: Buffer): Decoded => {
  const read = readAs<typeof DetectionPayloadSchema>(checkDetection, payload);
  if (read.kind === 'rejected') return read;
  return belongsTo(deviceId, read.value.deviceId) ?? detectionFrom(read.value);
};

const detectionFrom = (body: Static<typeof DetectionPayloadSchema>): Decoded => {
  const position = positionFrom(body);
  if (position === 'half') return rejected('invalid_payload', '/lon lon and lat go together');
  const range = measured(body.rangeM);
  return {
    kind: 'detection',
    report: {
      sourceEventId: body.id ?? null,
      observedAt: new Date(body.at),
      kind: body.kind,
      confidence: body.confidence,
      position,
      positionRadiusM: measured(body.positionRadiusM) || null,
      regionId: body.regionId ?? null,
      azimuthDeg: azimuth(body.azimuthDeg),
      elevationDeg: body.elevationDeg ?? null,
      rangeM: range === 0 ? null : range,
      frame: body.frame === null || body.frame === undefined ? null : readFrame(body.frame),
      box: body.bbox ?? null,
      temperatureC: body.temperatureC ?? null,
      imageUrl: body.imageUrl ?? null,
    },
  };
};

const telemetryFrom = (body: Static<typeof TelemetryPayloadSchema>): Decoded => {
  const position = positionFrom(body);
  if (position === 'half') return rejected('invalid_payload', '/lon lon and lat go together');
  return {
    kind: 'telemetry',
    reading: {
      observedAt: new Date(body.at),
      lon: position?.[0] ?? null,
      lat: position?.[1] ?? null,
      altitudeM: body.altitudeM ?? null,
      altitudeRef: body.altitudeRef ?? null,
      headingDeg: azimuth(body.headingDeg),
      panDeg: azimuth(body.panDeg),
      tiltDeg: body.tiltDeg ?? null,
      hfovDeg: body.hfovDeg ?? null,
      gimbalPitchDeg: body.gimbalPitchDeg ?? null,
      gimbalYawDeg: azimuth(body.gimbalYawDeg),
      speedMps: measured(body.speedMps),
      batteryPct: measured(body.batteryPct),
      flightTimeLeftS: measured(body.flightTimeLeftS),
      mode: null,
      laserTarget: null,
      osd: null,
    },
  };
};

/** `online`, `offline`, or JSON with such a `status`; an empty payload clears the retained message. */
const decodeStatus = (payload: Buffer): Decoded => {
  if (payload.length === 0) return { kind: 'nothing' };
  const text = payload.subarray(0, 200).toString('utf8').trim();
  const word =
    /^"?(online|offline)"?$/.exec(text)?.[1] ?? /"status"\s*:\s*"(online|offline)"/.exec(text)?.[1];
  return word === undefined
    ? rejected('invalid_payload', 'status is neither "online" nor "offline"')
    : { kind: 'status', online: word === 'online' };
};

type Checker<T extends TSchema> = ReturnType<typeof compileSchema<T>>;

const readAs = <T extends TSchema>(
  check: Checker<T>,
  payload: Buffer,
): { kind: 'read'; value: Static<T> } | Rejected => {
  const read = readJsonPayload(payload, check);
  if (read.kind === 'rejected') return read;
  // The date-time format admits a leap second, which a JavaScript Date does not, and the year 0, which PostgreSQL
  // does not.
  const { at } = read.value as { at: string };
  return Date.parse(at) >= 0 ? read : rejected('invalid_payload', '/at is not a time since 1970');
};

const belongsTo = (topicId: string, bodyId: string | undefined): Rejected | undefined =>
  bodyId === undefined || bodyId === topicId
    ? undefined
    : rejected('wrong_device', `the body names device "${bodyId}", the topic "${topicId}"`);

type MaybeNumber = number | null | undefined;

/** Negative is what equipment says for "unknown" where a reading cannot be negative. */
const measured = (value: MaybeNumber): number | null =>
  value === null || value === undefined || value < 0 ? null : value;

const azimuth = (value: MaybeNumber): number | null =>
  value === null || value === undefined ? null : wrap360(value);

/** 0/0 is a receiver without a fix, not a fire in the Gulf of Guinea. */
const knownPosition = (lon: number, lat: number): LonLat | null =>
  lon === 0 && lat === 0 ? null : [lon, lat];

const positionFrom = (body: { lon?: MaybeNumber; lat?: MaybeNumber }): LonLat | null | 'half' => {
  const { lon = null, lat = null } = body;
  if (lon === null && lat === null) return null;
  return lon === null || lat === null ? 'half' : knownPosition(lon, lat);
};
