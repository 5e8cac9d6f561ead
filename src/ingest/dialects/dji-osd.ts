import Type from 'typebox';
import { type LonLat, wrap360 } from '../../shared/geo.ts';
import { compileSchema } from '../../shared/schema.ts';
import { type LaserTarget, NOTHING_READ, type TelemetryReading } from '../../telemetry/index.ts';
import { type Decoded, type Rejected, rejected } from '../decoded.ts';
import { parseJsonPayload } from '../payload.ts';
import { asRecord, djiTime, invalidDji, within } from './dji-envelope.ts';
import { type DjiMaker, modeText } from './dji-mode.ts';

/**
 * DJI Cloud API `thing/product/{sn}/osd` and `…/state` (docks 1–3, Pilot 2; v1.11) and Autel's. Only the envelope
 * and the fields we read are checked; everything else is kept as it came, unknown enum values too.
 */
const EnvelopeSchema = Type.Object({
  timestamp: Type.Optional(Type.Number({ minimum: 0, maximum: 8.64e15 })),
  gateway: Type.Optional(Type.String()),
  // As a record each of its keys would be tried against a pattern.
  data: Type.Object({}),
});

const checkEnvelope = compileSchema(EnvelopeSchema);

/** A dock writes 32767 for a sensor that is not there. */
const DOCK_UNAVAILABLE = 32_767;

/** Payload blocks are keyed `{type}-{subtype}-{gimbalindex}`: "53-0-0". */
const PAYLOAD_BLOCK = /^\d+-\d+-\d+$/;

/** Who a message is of, as registered. */
export type DjiSender = {
  id: string;
  device: 'aircraft' | 'dock';
  /** The gateway it is registered to. */
  gatewayId: string | null;
  maker: DjiMaker;
  /** 95 % radius of a point measured with its laser, metres. */
  laserRadiusM: number;
};

/**
 * Decodes one OSD or state message. Pure; never throws. A dock splits its OSD over several partial messages: each
 * gives a reading with what it carries, and the latest state merges them by key. `receivedAt` stands in for a
 * missing timestamp. One that another gateway sent than the aircraft is registered to is refused, also where the
 * broker does not say who published it.
 */
export const decodeDjiOsd = (payload: Buffer, sender: DjiSender, receivedAt: Date): Decoded => {
  const parsed = parseJsonPayload(payload);
  if (parsed.kind === 'rejected') return parsed;
  const checked = checkEnvelope(parsed.value);
  if (!checked.ok) return invalidDji(checked.errors);
  const { timestamp, gateway, data } = checked.value;
  const foreign = refuseForeign(gateway ?? null, sender);
  if (foreign !== undefined) return foreign;
  const said = asRecord(data);
  const osd = sender.device === 'dock' ? withoutUnavailable(said) : said;
  const position = djiPosition(osd.longitude, osd.latitude);
  if (position === 'invalid') {
    return rejected('invalid_payload', '/data/latitude or /data/longitude is out of range');
  }
  const base = { observedAt: djiTime(timestamp, receivedAt), position, osd, sender };
  return {
    kind: 'telemetry',
    reading: sender.device === 'dock' ? placeReading(base) : aircraftReading(base),
  };
};

/** Undefined when the gateway a message names is the one its device is registered to, or the device itself. */
export const refuseForeign = (
  gateway: string | null,
  { id, gatewayId }: Pick<DjiSender, 'id' | 'gatewayId'>,
): Rejected | undefined =>
  gateway === null || gateway === '' || gateway === id || gateway === gatewayId
    ? undefined
    : rejected(
        'wrong_device',
        gatewayId === null
          ? `gateway "${gateway}" speaks for "${id}", which is registered to no gateway`
          : `gateway "${gateway}" speaks for "${id}", which is registered to "${gatewayId}"`,
      );

type Base = {
  observedAt: Date;
  position: LonLat | null;
  osd: Record<string, unknown>;
  sender: DjiSender;
};

/** What aircraft and docks have in common: time, place, and `height`, which is above the ellipsoid. */
const placeReading = ({ observedAt, position, osd, sender }: Base): TelemetryReading => {
  const height = position === null ? null : within(osd.height, -1000, 20_000);
  return {
    ...NOTHING_READ,
    observedAt,
    lon: position?.[0] ?? null,
    lat: position?.[1] ?? null,
    altitudeM: height,
    altitudeRef: height === null ? null : 'ellipsoid',
    mode: modeText(osd.mode_code, sender.device, sender.maker),
    osd,
  };
};

/** `elevation`, above take-off, stays in osd. */
const aircraftReading = (base: Base): TelemetryReading => {
  const { osd } = base;
  const payloads = payloadBlocks(osd);
  const gimbal = payloads.find(({ block }) => 'gimbal_pitch' in block)?.block ?? {};
  const battery = asRecord(osd.battery);
  return {
    ...placeReading(base),
    headingDeg: djiAzimuth(osd.attitude_head),
    gimbalPitchDeg: within(gimbal.gimbal_pitch, -180, 180),
    gimbalYawDeg: djiAzimuth(gimbal.gimbal_yaw),
    speedMps: within(osd.horizontal_speed, 0, 200),
    batteryPct: within(battery.capacity_percent, 0, 100),
    flightTimeLeftS: within(battery.remain_flight_time, 1, 1_000_000),
    laserTarget: laserTargetOf(payloads, base),
  };
};

type Payload = { key: string; block: Record<string, unknown> };

const payloadBlocks = (osd: Record<string, unknown>): Payload[] => {
  const found: Payload[] = [];
  for (const key of Object.keys(osd)) {
    if (PAYLOAD_BLOCK.test(key)) found.push({ key, block: asRecord(osd[key]) });
  }
  return found;
};

/** Error states other than 0: too close, too far, no echo; the coordinates are then 0 or old. */
const laserTargetOf = (payloads: readonly Payload[], base: Base): LaserTarget | null => {
  for (const { key, block } of payloads) {
    if (block.measure_target_error_state !== 0) continue;
    const at = djiPosition(block.measure_target_longitude, block.measure_target_latitude);
    if (at === null || at === 'invalid') continue;
    const radiusM = base.sender.laserRadiusM;
    return {
      lon: at[0],
      lat: at[1],
      altitudeM: within(block.measure_target_altitude, -1000, 20_000),
      rangeM: within(block.measure_target_distance, 0.01, 50_000),
      method: 'laser',
      ellipse: { semiMajorM: radiusM, semiMinorM: radiusM, orientationDeg: 0 },
      payload: key,
      at: base.observedAt,
    };
  }
  return null;
};

/** Null for "no fix" (0/0) and for what is not there. */
export const djiPosition = (longitude: unknown, latitude: unknown): LonLat | null | 'invalid' => {
  if (longitude === undefined || latitude === undefined || longitude === null || latitude === null)
    return null;
  if (longitude === 0 && latitude === 0) return null;
  const lon = within(longitude, -180, 180);
  const lat = within(latitude, -90, 90);
  return lon === null || lat === null ? 'invalid' : [lon, lat];
};

export const djiAzimuth = (value: unknown): number | null => {
  const deg = within(value, -360, 360);
  return deg === null ? null : wrap360(deg);
};

/** Deep enough for any OSD; a hostile nesting is cut rather than followed. */
const MAX_DEPTH = 12;

/** Changes what it is given: the message was parsed for this alone, and a copy costs as much as all the rest. */
const withoutUnavailable = (data: Record<string, unknown>, depth = 1): Record<string, unknown> => {
  for (const key of Object.keys(data)) {
    const value = data[key];
    if (value === DOCK_UNAVAILABLE || depth > MAX_DEPTH) data[key] = null;
    else if (isContainer(value)) withoutUnavailable(value, depth + 1);
  }
  return data;
};

/** Objects and arrays alike: both are walked by their keys. */
const isContainer = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
