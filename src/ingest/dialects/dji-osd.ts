import Type from 'typebox';
import { type LonLat, wrap360 } from '../../shared/geo.ts';
import { compileSchema } from '../../shared/schema.ts';
import { NOTHING_READ, type TelemetryReading } from '../../telemetry/index.ts';
import { type Decoded, rejected } from '../decoded.ts';
import { parseJsonPayload } from '../payload.ts';

/**
 * DJI Cloud API `thing/product/{sn}/osd` (docks 1–3, Pilot 2; v1.11). Only the envelope and the fields we
 * read are checked; everything else is kept as it came, unknown enum values too.
 */
const EnvelopeSchema = Type.Object({
  timestamp: Type.Optional(Type.Number({ minimum: 0, maximum: 8.64e15 })),
  gateway: Type.Optional(Type.String()),
  data: Type.Record(Type.String(), Type.Unknown()),
});

const checkEnvelope = compileSchema(EnvelopeSchema);

/** A dock writes 32767 for a sensor that is not there. */
const DOCK_UNAVAILABLE = 32_767;

/** Payload blocks are keyed `{type}-{subtype}-{gimbalindex}`: "53-0-0". */
const PAYLOAD_BLOCK = /^\d+-\d+-\d+$/;

export type DjiDevice = 'aircraft' | 'dock';

/**
 * Decodes one OSD message. Pure; never throws. A dock splits its OSD over several partial messages: each
 * gives a reading with what it carries, and the latest state merges them by key. `receivedAt` stands in
 * for a missing timestamp.
 */
export const decodeDjiOsd = (payload: Buffer, device: DjiDevice, receivedAt: Date): Decoded => {
  const parsed = parseJsonPayload(payload);
  if (parsed.kind === 'rejected') return parsed;
  const checked = checkEnvelope(parsed.value);
  if (!checked.ok) {
    return rejected(
      'invalid_payload',
      checked.errors.map((e) => `${e.path} ${e.message}`).join('; '),
    );
  }
  const { timestamp, data } = checked.value;
  const osd = device === 'dock' ? withoutUnavailable(data) : data;
  const position = positionOf(osd);
  if (position === 'invalid') {
    return rejected('invalid_payload', '/data/latitude or /data/longitude is out of range');
  }
  const observedAt = timestamp === undefined || timestamp === 0 ? receivedAt : new Date(timestamp);
  const base = { observedAt, position, osd };
  return {
    kind: 'telemetry',
    reading: device === 'dock' ? placeReading(base) : aircraftReading(base),
  };
};

type Base = { observedAt: Date; position: LonLat | null; osd: Record<string, unknown> };

/** What aircraft and docks have in common: time, place, and `height`, which is above the ellipsoid. */
const placeReading = ({ observedAt, position, osd }: Base): TelemetryReading => {
  const height = position === null ? null : within(osd.height, -1000, 20_000);
  return {
    ...NOTHING_READ,
    observedAt,
    lon: position?.[0] ?? null,
    lat: position?.[1] ?? null,
    altitudeM: height,
    altitudeRef: height === null ? null : 'ellipsoid',
    osd,
  };
};

/** `elevation`, above take-off, stays in osd. */
const aircraftReading = (base: Base): TelemetryReading => {
  const { osd } = base;
  const gimbal = gimbalBlock(osd);
  const battery = asRecord(osd.battery);
  return {
    ...placeReading(base),
    headingDeg: azimuth(osd.attitude_head),
    gimbalPitchDeg: within(gimbal.gimbal_pitch, -180, 180),
    gimbalYawDeg: azimuth(gimbal.gimbal_yaw),
    speedMps: within(osd.horizontal_speed, 0, 200),
    batteryPct: within(battery.capacity_percent, 0, 100),
    flightTimeLeftS: within(battery.remain_flight_time, 1, 1_000_000),
  };
};

/** The first payload block that carries a gimbal attitude. */
const gimbalBlock = (osd: Record<string, unknown>): Record<string, unknown> => {
  for (const [key, value] of Object.entries(osd)) {
    if (PAYLOAD_BLOCK.test(key) && 'gimbal_pitch' in asRecord(value)) return asRecord(value);
  }
  return {};
};

const positionOf = (osd: Record<string, unknown>): LonLat | null | 'invalid' => {
  const { longitude, latitude } = osd;
  if (longitude === undefined || latitude === undefined || longitude === null || latitude === null)
    return null;
  if (longitude === 0 && latitude === 0) return null;
  const lon = within(longitude, -180, 180);
  const lat = within(latitude, -90, 90);
  return lon === null || lat === null ? 'invalid' : [lon, lat];
};

const within = (value: unknown, min: number, max: number): number | null =>
  typeof value === 'number' && value >= min && value <= max ? value : null;

const azimuth = (value: unknown): number | null => {
  const deg = within(value, -360, 360);
  return deg === null ? null : wrap360(deg);
};

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

/** Deep enough for any OSD; a hostile nesting is cut rather than followed. */
const MAX_DEPTH = 12;

const withoutUnavailable = (data: Record<string, unknown>): Record<string, unknown> => {
  const clean = (value: unknown, depth: number): unknown => {
    if (value === DOCK_UNAVAILABLE || depth > MAX_DEPTH) return null;
    if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, clean(v, depth + 1)]));
  };
  return asRecord(clean(data, 0));
};
