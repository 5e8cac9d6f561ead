import Type from 'typebox';
import { cameraSetupOf, type Device } from '../../devices/index.ts';
import { wrap360 } from '../../shared/geo.ts';
import { compileSchema } from '../../shared/schema.ts';
import { NOTHING_READ, type TelemetryReading } from '../../telemetry/index.ts';
import { type CameraMessage, NO_ITEMS, type Reception } from '../camera-message.ts';
import type { Decoded } from '../decoded.ts';
import { readJsonPayload } from '../payload.ts';
import { contentId, eventIdOf, numberWithin, recordOf, textOf, timeOf } from './camera-values.ts';
import { fireItem, isActive, type NamedEvent } from './named-event.ts';

const EventSchema = Type.Object({
  UtcTime: Type.Optional(Type.Unknown()),
  Source: Type.Optional(Type.Unknown()),
  Data: Type.Optional(Type.Unknown()),
});

const checkEvent = compileSchema(EventSchema);

/**
 * An event of ONVIF's event broker, `{device}/onvif-ej/{path}`: a fire where path, rule or registration says so and the
 * state is true; where the camera looks in a PTZ status. A retained property event comes again with every connection
 * and is known by its time; one deleted (zero bytes) and one that is over say nothing. Pure; never throws.
 */
export const decodeOnvif = (
  path: string,
  payload: Buffer,
  { receivedAt }: Reception,
): CameraMessage => {
  if (payload.length === 0) return NO_ITEMS;
  const checked = readJsonPayload(payload, checkEvent);
  if (checked.kind === 'rejected') return checked;
  const { UtcTime, Source, Data } = checked.value;
  const saidAt = timeOf(UtcTime, 'UTC');
  const observedAt = saidAt ?? receivedAt;
  const panTilt = findPanTilt(Data, 0);
  if (panTilt !== undefined) {
    return {
      kind: 'items',
      items: [{ camera: null, readFor: (device) => aimReading(panTilt, observedAt, device) }],
    };
  }
  const data = recordOf(Data);
  const event: NamedEvent = { path, rule: textOf(recordOf(Source).Rule), data };
  if (!isActive(event)) return NO_ITEMS;
  const sourceEventId = saidAt === null ? contentId(payload, 0) : eventIdOf(path, textOf(UtcTime));
  return {
    kind: 'items',
    items: [fireItem(event, { observedAt, sourceEventId, ...likelihoodIn(data) })],
  };
};

const likelihoodIn = (data: Record<string, unknown>): { confidence?: number } => {
  const confidence = numberWithin(data.Likelihood ?? data.Confidence, 0, 1);
  return confidence === null ? {} : { confidence };
};

type PanTilt = { x: number; y: number; inDegrees: boolean; zoom: number | null };

/** Deep enough for PTZStatus/Position/PanTilt below whatever a maker puts around it. */
const MAX_DEPTH = 5;

const findPanTilt = (value: unknown, depth: number): PanTilt | undefined => {
  const here = recordOf(value);
  const found = recordOf(here.PanTilt);
  const x = numberWithin(found.x ?? found['@x'], -360, 360);
  const y = numberWithin(found.y ?? found['@y'], -360, 360);
  if (x !== null && y !== null) {
    const space = textOf(found.space ?? found['@space']) ?? '';
    const zoom = recordOf(here.Zoom);
    return {
      x,
      y,
      inDegrees: /degrees/i.test(space),
      zoom: numberWithin(zoom.x ?? zoom['@x'], 0, 1),
    };
  }
  if (depth >= MAX_DEPTH) return undefined;
  for (const inner of Object.values(here)) {
    const below = findPanTilt(inner, depth + 1);
    if (below !== undefined) return below;
  }
  return undefined;
};

/**
 * Degrees are taken as they are, the generic space (−1..1) by the range registered for this camera, and without one as
 * unknown. Its zero is wherever the camera was switched on or mounted: `azimuthOffsetDeg` turns it to north later.
 */
const aimReading = (panTilt: PanTilt, observedAt: Date, device: Device): Decoded => {
  const aim = degreesOf(panTilt, device);
  if (aim === null) return { kind: 'nothing' };
  const reading: TelemetryReading = {
    ...NOTHING_READ,
    observedAt,
    panDeg: wrap360(aim.panDeg),
    tiltDeg: aim.tiltDeg,
    // A generic zoom says nothing but whether the lens is at its wide end.
    hfovDeg: panTilt.zoom === null || panTilt.zoom === 0 ? device.hfovDeg : null,
  };
  return { kind: 'telemetry', reading };
};

const degreesOf = (
  { x, y, inDegrees }: PanTilt,
  device: Device,
): { panDeg: number; tiltDeg: number } | null => {
  if (inDegrees) return y < -90 || y > 90 ? null : { panDeg: x, tiltDeg: y };
  const { ptzRange } = cameraSetupOf(device);
  if (ptzRange === null || Math.abs(x) > 1 || Math.abs(y) > 1) return null;
  return { panDeg: between(ptzRange.panDeg, x), tiltDeg: between(ptzRange.tiltDeg, y) };
};

const between = ([low, high]: readonly [number, number], x: number): number =>
  low + ((x + 1) / 2) * (high - low);
