import Type from 'typebox';
import type { Device } from '../../devices/index.ts';
import type { DetectionKind } from '../../incidents/index.ts';
import type { ReportedFrame } from '../../locate/index.ts';
import { compileSchema } from '../../shared/schema.ts';
import { type CameraItem, type CameraMessage, type Reception } from '../camera-message.ts';
import type { DetectionReport } from '../decoded.ts';
import { readJsonPayload } from '../payload.ts';
import {
  bareReport,
  celsius,
  contentId,
  distanceM,
  eventIdOf,
  listOf,
  numberWithin,
  recordOf,
  textOf,
  timeOf,
} from './camera-values.ts';
import { gridBox, lookingAt } from './hikvision.ts';

const NoticeSchema = Type.Object({
  method: Type.Optional(Type.Unknown()),
  params: Type.Object({
    events: Type.Array(
      Type.Object({
        eventId: Type.Optional(Type.Unknown()),
        eventType: Type.Union([Type.Number(), Type.String()]),
        /** The camera's `cameraIndexCode`. */
        srcIndex: Type.String({ minLength: 1 }),
        happenTime: Type.Optional(Type.Unknown()),
        status: Type.Optional(Type.Unknown()),
        data: Type.Optional(Type.Unknown()),
      }),
      { maxItems: 200 },
    ),
  }),
});
type PlatformEvent = Type.Static<typeof NoticeSchema>['params']['events'][number];

const checkNotice = compileSchema(NoticeSchema);

/** Event types of the platform's thermal events. */
const KINDS: Readonly<Record<string, DetectionKind>> = {
  192513: 'smoke',
  192514: 'flame',
  192515: 'flame',
};
const IMAGE_URL = /^https?:\/\/[\x21-\x7e]{1,1990}$/i;
/** An alarm's end. */
const OVER = 2;

/** An event notice of Hikvision's iSecure platform, for the cameras registered behind it. Pure; never throws. */
export const decodeIsecure = (payload: Buffer, reception: Reception): CameraMessage => {
  const checked = readJsonPayload(payload, checkNotice);
  if (checked.kind === 'rejected') return checked;
  let part = 0;
  const items = checked.value.params.events.flatMap((event): CameraItem[] => {
    const kind = KINDS[String(event.eventType).trim()];
    if (kind === undefined || numberWithin(event.status, 0, 99) === OVER) return [];
    const regions = regionsIn(event);
    return (regions.length === 0 ? [{}] : regions).map((region, i) => {
      part += 1;
      const fallbackId = contentId(payload, part);
      const context = { kind, region, reception, fallbackId, i };
      return {
        camera: event.srcIndex,
        readFor: (device) => ({ kind: 'detection', report: reportOf(event, device, context) }),
      };
    });
  });
  return { kind: 'items', items };
};

/** `data.fireDetection`, `data.smokeDetection` and whatever else of the kind a version names. */
const regionsIn = ({ data }: PlatformEvent): Record<string, unknown>[] =>
  Object.entries(recordOf(data))
    .filter(([name]) => /(fire|smoke)\w*detection/i.test(name))
    .flatMap(([, value]) => listOf(value).map(recordOf))
    .filter((region) => Object.keys(region).length > 0);

type RegionContext = {
  kind: DetectionKind;
  region: Record<string, unknown>;
  reception: Reception;
  fallbackId: string;
  i: number;
};

const reportOf = (
  { eventId, happenTime, data }: PlatformEvent,
  device: Device,
  { kind, region, reception, fallbackId, i }: RegionContext,
): DetectionReport => {
  const observedAt =
    timeOf(happenTime, reception.timeZone) ?? timeOf(recordOf(data).dateTime, reception.timeZone);
  const temperatureC = celsius(region.fireMaxTemperature, region.temperatureUnit);
  const image = textOf(region.visiblePicUrl) ?? textOf(region.imageUrl);
  return {
    ...bareReport({
      kind: kind === 'flame' && temperatureC !== null ? 'heat' : kind,
      observedAt: observedAt ?? reception.receivedAt,
      sourceEventId:
        textOf(eventId) === null ? fallbackId : eventIdOf(eventId, happenTime, region.regionID, i),
    }),
    box: gridBox(recordOf(region.fireRegion ?? region.smokeRegion)),
    frame: ptzFrame(recordOf(region.ptzInfo), device),
    rangeM: distanceM(region.targetDistance),
    temperatureC,
    imageUrl: image !== null && IMAGE_URL.test(image) ? image : null,
  };
};

/** Degrees (tilt down positive) and zoom factor; in tenths where they can't be degrees. All zero = unknown. */
const ptzFrame = (
  { pan, tilt, zoom }: Record<string, unknown>,
  device: Device,
): ReportedFrame | null => {
  const p = numberWithin(pan, 0, 3600);
  const t = numberWithin(tilt, -900, 900);
  const z = numberWithin(zoom, 0, 10_000) ?? 0;
  if (p === null || t === null || (p === 0 && t === 0 && z === 0)) return null;
  const unit = p > 360 || Math.abs(t) > 90 ? 10 : 1;
  return lookingAt({ panDeg: p / unit, downDeg: t / unit, zoom: z / unit }, device);
};
