import Type from 'typebox';
import type { Device } from '../../devices/index.ts';
import type { Box, ReportedFrame } from '../../locate/index.ts';
import { compileSchema } from '../../shared/schema.ts';
import { frameOfAim } from '../camera-frame.ts';
import {
  type CameraItem,
  type CameraMessage,
  NO_ITEMS,
  type Reception,
} from '../camera-message.ts';
import { type DetectionReport, rejected } from '../decoded.ts';
import { checkedPayload } from '../payload.ts';
import { parseXmlPayload } from '../xml.ts';
import {
  bareReport,
  boxOf,
  celsius,
  contentId,
  distanceM,
  eventIdOf,
  fireKindOf,
  listOf,
  numberWithin,
  recordOf,
  textOf,
  timeOf,
} from './camera-values.ts';

const AlertSchema = Type.Object({
  eventType: Type.String(),
  eventState: Type.Optional(Type.Unknown()),
  dateTime: Type.Optional(Type.Unknown()),
  channelID: Type.Optional(Type.Unknown()),
  dynChannelID: Type.Optional(Type.Unknown()),
  DetectionRegionList: Type.Optional(Type.Unknown()),
});
type Alert = Type.Static<typeof AlertSchema>;

const checkAlert = compileSchema(AlertSchema);

/**
 * The XML part of a Hikvision alarm (ISAPI `EventNotificationAlert`). Each region of a fire or smoke event is a
 * detection of its own. `byChannel`: a recorder sent it, and the channel's number is the camera's name there. Pure;
 * never throws.
 */
export const decodeHikvision = (
  payload: Buffer,
  { byChannel, ...reception }: Reception & { byChannel: boolean },
): CameraMessage => {
  const parsed = parseXmlPayload(payload);
  if (parsed.kind === 'rejected') return parsed;
  if (parsed.root !== 'EventNotificationAlert') {
    return rejected('invalid_payload', `<${parsed.root}> is not an EventNotificationAlert`);
  }
  const checked = checkedPayload(checkAlert(parsed.value));
  if (checked.kind === 'rejected') return checked;
  const alert = checked.value;
  if (fireKindOf(alert.eventType) === null || textOf(alert.eventState) === 'inactive') {
    return NO_ITEMS;
  }
  const regions = listOf(recordOf(alert.DetectionRegionList).DetectionRegionEntry);
  const camera = byChannel ? textOf(alert.channelID ?? alert.dynChannelID) : null;
  const items = (regions.length === 0 ? [undefined] : regions).map(
    (region, i): CameraItem => ({
      camera,
      readFor: (device) => ({
        kind: 'detection',
        report: reportOf(alert, {
          region: recordOf(region),
          device,
          reception,
          fallbackId: contentId(payload, i),
          i,
        }),
      }),
    }),
  );
  return { kind: 'items', items };
};

type RegionContext = {
  region: Record<string, unknown>;
  device: Device;
  reception: Reception;
  fallbackId: string;
  i: number;
};

const reportOf = (alert: Alert, context: RegionContext): DetectionReport => {
  const { region, device, reception, fallbackId, i } = context;
  const fire = recordOf(region.FireDetection ?? region.SmokeDetection);
  const { eventType, dateTime, channelID } = alert;
  const observedAt = timeOf(dateTime, reception.timeZone);
  const temperatureC = celsius(fire.fireMaxTemperature, fire.temperatureUnit);
  const seen = fireKindOf(eventType) ?? 'flame';
  const sourceEventId =
    observedAt === null
      ? fallbackId
      : eventIdOf(eventType, dateTime, channelID, region.regionID, i);
  return {
    ...bareReport({
      // A thermal camera that alarms at "fire" has seen heat.
      kind: seen === 'flame' && temperatureC !== null ? 'heat' : seen,
      observedAt: observedAt ?? reception.receivedAt,
      sourceEventId,
    }),
    box: gridBox(recordOf(fire.FireRegion)),
    frame: absoluteFrame(recordOf(fire.AbsoluteHigh), device),
    rangeM: distanceM(fire.targetDistance),
    temperatureC,
  };
};

/** Regions lie on a grid of 1000 by 1000 from the top left; newer firmware writes fractions. */
export const gridBox = ({ x, y, width, height }: Record<string, unknown>): Box | null => {
  const [left, top, w, h] = [x, y, width, height].map((value) => numberWithin(value, 0, 1000));
  if (left === null || left === undefined || top === null || top === undefined) return null;
  if (w === null || w === undefined || h === null || h === undefined || w * h === 0) return null;
  const scale = Math.max(left, top, w, h) <= 1 ? 1 : 1000;
  return boxOf(left / scale, top / scale, (left + w) / scale, (top + h) / scale);
};

/** Azimuth, elevation (down positive) and zoom in tenths; all zero = unknown. */
const absoluteFrame = (
  { azimuth, elevation, absoluteZoom }: Record<string, unknown>,
  device: Device,
): ReportedFrame | null => {
  const pan = numberWithin(azimuth, 0, 3600);
  const down = numberWithin(elevation, -900, 900);
  const zoom = numberWithin(absoluteZoom, 0, 10_000) ?? 0;
  return pan === null || down === null || (pan === 0 && down === 0 && zoom === 0)
    ? null
    : lookingAt({ panDeg: pan / 10, downDeg: down / 10, zoom: zoom / 10 }, device);
};

/** Zoom 0 = not said, as by a lens that has none; one that is no factor leaves the field of view unknown. */
export const lookingAt = (
  { panDeg, downDeg, zoom }: { panDeg: number; downDeg: number; zoom: number },
  device: Device,
): ReportedFrame => {
  const hfovDeg = zoom === 0 ? device.hfovDeg : null;
  const tiltDeg = downDeg === 0 ? 0 : -downDeg;
  return {
    ...frameOfAim(device, { panDeg, tiltDeg, hfovDeg }),
    zoom: numberWithin(zoom, 1, 1000),
  };
};
