import { cameraSetupOf, type Device } from '../../devices/index.ts';
import type { DetectionKind } from '../../incidents/index.ts';
import type { Box, ReportedFrame } from '../../locate/index.ts';
import type { LonLat } from '../../shared/geo.ts';
import { aimOf, frameOfAim } from '../camera-frame.ts';
import {
  type CameraItem,
  type CameraMessage,
  NO_ITEMS,
  type Reception,
} from '../camera-message.ts';
import { type DetectionReport, rejected } from '../decoded.ts';
import { MAX_PAYLOAD_BYTES, parseJsonPayload, tooLarge } from '../payload.ts';
import {
  bareReport,
  boxOf,
  celsius,
  distanceM,
  eventIdOf,
  fireKindOf,
  instantOf,
  listOf,
  numberWithin,
  recordOf,
  textOf,
  timeOf,
} from './camera-values.ts';

/** `Code=FireWarning;action=Start;index=0;data={…}`; some firmware puts blanks after the semicolons. */
const EVENT =
  /^\s*Code=([\w.-]{1,100})\s*;\s*action=(\w{1,50})\s*;\s*index=(\d{1,6})\s*(?:;([\s\S]*))?$/;
const DATA = /(?:^|;)\s*data=([\s\S]*)$/;

/**
 * A fire that burns on is told again after so long. The camera repeats it every second, which is not sixty detections;
 * and it counts its fires from the beginning when it was switched off, so that the number alone would make tomorrow's
 * fire yesterday's.
 */
const RETELL_MS = 600_000;

/**
 * One event of a Dahua camera's or recorder's event stream. A fire (`FSID`) of a camera is a detection once in ten
 * minutes, by its first event in them; its end says nothing. `byChannel`: a recorder sent it, and the index is the
 * camera's name there. Pure; never throws.
 */
export const decodeDahua = (
  payload: Buffer,
  { byChannel, ...reception }: Reception & { byChannel: boolean },
): CameraMessage => {
  if (payload.length > MAX_PAYLOAD_BYTES) return tooLarge(payload.length);
  const [, code, action, index, rest] = EVENT.exec(payload.toString('utf8')) ?? [];
  if (code === undefined || action === undefined || index === undefined) {
    return rejected('invalid_payload', 'not an event: Code=…;action=…;index=…');
  }
  if (action === 'Stop') return NO_ITEMS;
  const json = DATA.exec(rest ?? '')?.[1];
  const parsed = json === undefined ? undefined : parseJsonPayload(Buffer.from(json));
  // An alarm whose details cannot be read is still an alarm.
  const data = parsed?.kind === 'parsed' ? parsed.value : null;
  const items = firesIn(data).map((fire, i): CameraItem => {
    const event = { code, index, said: plainNames(recordOf(data)), fire, i };
    return {
      camera: byChannel ? index : null,
      readFor: (device) => {
        const kind = kindOf(code, device);
        return kind === null
          ? { kind: 'nothing' }
          : { kind: 'detection', report: reportOf(event, kind, { device, reception }) };
      },
    };
  });
  return { kind: 'items', items };
};

type Fields = Record<string, unknown>;
type FireEvent = { code: string; index: string; said: Fields; fire: Fields; i: number };

/** The SDK's and the stream's names of a field are one: `nFSID` and `FSID`, `stuGpsPoint` and `GPSPoint`; small letters. */
const plainNames = (record: Fields): Fields =>
  Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name.replace(/^(?:stu?|dw|em|sz|[nfb])(?=[A-Z])/, '').toLowerCase(),
      value,
    ]),
  );

/** More than any camera tells of at once (the SDK has room for four). */
const MAX_FIRES = 16;

/** Several fires stand in a list, one may stand in the data itself. */
const firesIn = (data: unknown): Fields[] => {
  const { firewarninginfo, warninginfo } = plainNames(recordOf(data));
  const list = listOf(firewarninginfo ?? warninginfo ?? data).slice(0, MAX_FIRES);
  return list.length === 0 ? [{}] : list.map((fire) => plainNames(recordOf(fire)));
};

const kindOf = (code: string, device: Device): DetectionKind | null => {
  const kind = fireKindOf(code);
  return kind === null && cameraSetupOf(device).fireEvents.includes(code) ? 'smoke' : kind;
};

const reportOf = (
  { code, index, said, fire, i }: FireEvent,
  seen: DetectionKind,
  { device, reception }: { device: Device; reception: Reception },
): DetectionReport => {
  const temperatureC = celsius(fire.temperature, unitOf(fire.temperatureunit));
  const observedAt = observedAtOf({ ...said, ...fire }, reception);
  const period = Math.floor(observedAt.getTime() / RETELL_MS);
  return {
    ...bareReport({
      // A thermal camera that alarms at "fire" has seen heat.
      kind: seen === 'flame' && temperatureC !== null ? 'heat' : seen,
      observedAt,
      sourceEventId: eventIdOf(code, index, textOf(fire.fsid) ?? `#${String(i)}`, period),
    }),
    position: firePoint(fire.gpspoint),
    box: gridBox(fire.boundingbox ?? fire.rect),
    frame: presetFrame(device, textOf(fire.presetid)),
    rangeM: distanceM(fire.distance),
    temperatureC,
  };
};

const MAX_AHEAD_MS = 120_000;

/**
 * `LocaleTime` is the camera's wall clock, `UTC` on some firmware is as well (counted as if it were UTC): a time ahead of
 * ours is not taken.
 */
const observedAtOf = (said: Fields, { receivedAt, timeZone }: Reception): Date => {
  const candidates = [timeOf(said.localetime, timeZone), seconds(said.realutc), seconds(said.utc)];
  const latest = receivedAt.getTime() + MAX_AHEAD_MS;
  return candidates.find((at) => at !== null && at.getTime() <= latest) ?? receivedAt;
};

const seconds = (value: unknown): Date | null => {
  const read = numberWithin(value, 0, 1e11);
  return read === null ? null : instantOf(read * 1000);
};

const UNITS: Readonly<Record<string, string>> = { 1: 'celsius', 2: 'fahrenheit', 3: 'kelvin' };

/** By number or name; Dahua says Centigrade. */
const unitOf = (value: unknown): string => {
  const text = textOf(value)?.toLowerCase() ?? '';
  return UNITS[text] ?? (/^(fahrenheit|kelvin)$/.test(text) ? text : 'celsius');
};

/** Boxes lie on a grid of 8192 by 8192 from the top left: two corners, in a list or by name. */
const gridBox = (value: unknown): Box | null => {
  const { left, top, right, bottom } = plainNames(recordOf(value));
  const corners = Array.isArray(value) ? value : [left, top, right, bottom];
  const [x0, y0, x1, y1] = corners.flat(1).map((each: unknown) => {
    const read = numberWithin(each, 0, GRID);
    return read === null ? null : read / GRID;
  });
  const box = boxOf(x0, y0, x1, y1);
  return box === null || box[0] === box[2] || box[1] === box[3] ? null : box;
};
const GRID = 8192;

const MICRO = 1e6;

/**
 * Where the camera reckons the fire: degrees, or millionths of a degree counted from 180° W and 90° S. Nothing measured
 * (0/0, in either) is null.
 */
const firePoint = (value: unknown): LonLat | null => {
  const { longitude, latitude, latidude } = plainNames(recordOf(value));
  const [lon, lat] = Array.isArray(value) ? value : [longitude, latitude ?? latidude];
  const x = numberWithin(lon, -180, 360 * MICRO);
  const y = numberWithin(lat, -90, 180 * MICRO);
  if (x === null || y === null || (x === 0 && y === 0)) return null;
  const isMicro = x > 180 && y > 90;
  const point: LonLat = isMicro ? [(x - 180 * MICRO) / MICRO, (y - 90 * MICRO) / MICRO] : [x, y];
  const isNowhere = point[0] === 0 && point[1] === 0;
  return isNowhere || point[0] > 180 || point[1] > 90 ? null : point;
};

/**
 * Its pan and tilt are not read: makers' notes give them in three units, and a wrong azimuth is worse than none. Where it
 * looked is known by its preset's number, when that is registered among `poses`.
 */
const presetFrame = (device: Device, preset: string | null): ReportedFrame | null => {
  const aim = preset === null ? null : aimOf(device, preset);
  return aim === null ? null : frameOfAim(device, aim);
};
