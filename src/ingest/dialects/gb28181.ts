import Type from 'typebox';
import { cameraSetupOf, type Device } from '../../devices/index.ts';
import type { DetectionKind } from '../../incidents/index.ts';
import { geodesicInverse, type LonLat, wrap360 } from '../../shared/geo.ts';
import { compileSchema } from '../../shared/schema.ts';
import { NOTHING_READ } from '../../telemetry/index.ts';
import { type CameraMessage, NO_ITEMS, type Reception } from '../camera-message.ts';
import type { Decoded } from '../decoded.ts';
import { checkedPayload } from '../payload.ts';
import { parseXmlPayload } from '../xml.ts';
import {
  bareReport,
  contentId,
  eventIdOf,
  fireKindOf,
  numberWithin,
  recordOf,
  textOf,
  timeOf,
} from './camera-values.ts';

const NotifySchema = Type.Object({
  /** 20 digits: the camera, as the bridge's platform knows it. */
  DeviceID: Type.String({ minLength: 1 }),
  CmdType: Type.Optional(Type.Unknown()),
  SN: Type.Optional(Type.Unknown()),
  Longitude: Type.Optional(Type.Unknown()),
  Latitude: Type.Optional(Type.Unknown()),
  // Alarm
  AlarmMethod: Type.Optional(Type.Unknown()),
  AlarmType: Type.Optional(Type.Unknown()),
  AlarmTime: Type.Optional(Type.Unknown()),
  AlarmDescription: Type.Optional(Type.Unknown()),
  Info: Type.Optional(Type.Unknown()),
  // MobilePosition
  Time: Type.Optional(Type.Unknown()),
  Speed: Type.Optional(Type.Unknown()),
  Direction: Type.Optional(Type.Unknown()),
  Altitude: Type.Optional(Type.Unknown()),
});
type Notify = Type.Static<typeof NotifySchema>;

const checkNotify = compileSchema(NotifySchema);

/**
 * The XML of a GB/T 28181 Alarm or MobilePosition notice, as a bridge hands it on from SIP, for the cameras registered
 * behind the bridge. The standard has no alarm of fire: its description says so, or `fireEvents` of the registration
 * (`method` or `method/type`). Pure; never throws.
 */
export const decodeGb28181 = (payload: Buffer, reception: Reception): CameraMessage => {
  const parsed = parseXmlPayload(payload);
  if (parsed.kind === 'rejected') return parsed;
  const checked = checkedPayload(checkNotify(parsed.value));
  if (checked.kind === 'rejected') return checked;
  const notify = checked.value;
  const command = textOf(notify.CmdType) ?? (textOf(notify.AlarmMethod) === null ? '' : 'Alarm');
  const camera = notify.DeviceID;
  if (command === 'MobilePosition') {
    const moved = movement(notify, reception);
    return { kind: 'items', items: [{ camera, readFor: () => moved }] };
  }
  if (command !== 'Alarm') return NO_ITEMS;
  const fallbackId = contentId(payload, 0);
  return {
    kind: 'items',
    items: [{ camera, readFor: (device) => alarm(notify, device, { reception, fallbackId }) }],
  };
};

const alarm = (
  notify: Notify,
  device: Device,
  { reception, fallbackId }: { reception: Reception; fallbackId: string },
): Decoded => {
  const kind = kindOf(notify, device);
  if (kind === null) return { kind: 'nothing' };
  const { AlarmTime, AlarmMethod, AlarmDescription, SN } = notify;
  const observedAt = timeOf(AlarmTime, reception.timeZone);
  const sourceEventId =
    observedAt === null
      ? fallbackId
      : eventIdOf(AlarmTime, AlarmMethod, typeOf(notify), SN, AlarmDescription);
  return {
    kind: 'detection',
    report: {
      ...bareReport({ kind, observedAt: observedAt ?? reception.receivedAt, sourceEventId }),
      position: placeOfFire(positionOf(notify), device),
    },
  };
};

const typeOf = ({ AlarmType, Info }: Notify): string | null =>
  textOf(AlarmType) ?? textOf(recordOf(Info).AlarmType);

const kindOf = (notify: Notify, device: Device): DetectionKind | null => {
  const said = fireKindOf(textOf(notify.AlarmDescription) ?? '');
  if (said !== null) return said;
  const method = textOf(notify.AlarmMethod) ?? '';
  const names = [method, `${method}/${typeOf(notify) ?? ''}`];
  return cameraSetupOf(device).fireEvents.some((event) => names.includes(event)) ? 'smoke' : null;
};

/** Nearer than this to the camera, what an alarm gives is the camera's own place. */
const OWN_PLACE_M = 500;

/** The standard does not say whose position an alarm carries; most send the camera's, which is known better. */
const placeOfFire = (position: LonLat | null, { kind, lon, lat }: Device): LonLat | null => {
  if (position === null || kind !== 'camera' || lon === null || lat === null) return null;
  return geodesicInverse([lon, lat], position).distanceM < OWN_PLACE_M ? null : position;
};

/** 0.0/0.0 is unknown, and so is what is out of range. */
const positionOf = ({ Longitude, Latitude }: Notify): LonLat | null => {
  const lon = numberWithin(Longitude, -180, 180);
  const lat = numberWithin(Latitude, -90, 90);
  return lon === null || lat === null || (lon === 0 && lat === 0) ? null : [lon, lat];
};

/** Speed is in km/h, height above the sea. */
const movement = (notify: Notify, { receivedAt, timeZone }: Reception): Decoded => {
  const position = positionOf(notify);
  if (position === null) return { kind: 'nothing' };
  const altitudeM = numberWithin(notify.Altitude, -1000, 20_000);
  const speedKmh = numberWithin(notify.Speed, 0, 720);
  const heading = numberWithin(notify.Direction, 0, 360);
  return {
    kind: 'telemetry',
    reading: {
      ...NOTHING_READ,
      observedAt: timeOf(notify.Time, timeZone) ?? receivedAt,
      lon: position[0],
      lat: position[1],
      altitudeM,
      altitudeRef: altitudeM === null ? null : 'msl',
      headingDeg: heading === null ? null : wrap360(heading),
      speedMps: speedKmh === null ? null : speedKmh / 3.6,
    },
  };
};
