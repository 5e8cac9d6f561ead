import type { LonLat } from '../shared/geo.ts';
import { cameraSetupMistakes } from './camera-setup.ts';
import { dahuaSetupMistakes } from './dahua-setup.ts';
import type { Device, DeviceRegistration } from './device.ts';
import { secretMistakes, withKnownSecrets } from './device-secrets.ts';
import { hfovByZoomMistake } from './lens.ts';
import { mavlinkSetupMistakes } from './mavlink-setup.ts';

export type Regions = {
  /** The smallest region around a point. */
  regionIdAt: (point: LonLat) => string;
  hasRegion: (id: string) => boolean;
};

const KNOWN = new Set([
  'id',
  'kind',
  'name',
  'regionId',
  'lon',
  'lat',
  'groundHeightM',
  'mountHeightM',
  'heightRef',
  'azimuthOffsetDeg',
  'tiltOffsetDeg',
  'azimuthSigmaDeg',
  'elevationSigmaDeg',
  'hfovDeg',
  'focalScale',
  'reports',
  'gatewayId',
  'properties',
]);

/** First or second levels of topics: a device of that name could speak for others. */
const RESERVED = new Set(['fengsui', 'thing', 'sys', 'frigate', 'axis', 'http', 'udp', 'onvif-ej']);

/** Fields of the body that the schema does not name; kept, so nothing said at registration is lost. */
const unknownFields = (body: DeviceRegistration): Record<string, unknown> =>
  Object.fromEntries(Object.entries(body).filter(([key]) => !KNOWN.has(key)));

export type DeviceMistake = { path: string; message: string };
export type CheckedDevice = { ok: true; device: Device } | { ok: false; errors: DeviceMistake[] };

/**
 * What the schema cannot say of a registration; `known` are the properties of one that is changed. Whether its gateway
 * exists is for the caller to know. Pure.
 */
export const checkDevice = (
  body: DeviceRegistration,
  deps: Regions,
  known: Device['properties'] = {},
): CheckedDevice => {
  const errors: DeviceMistake[] = [];
  if ((body.lon === undefined) !== (body.lat === undefined)) {
    errors.push({ path: 'lon', message: 'lon and lat go together' });
  }
  if (body.lon === 0 && body.lat === 0) {
    errors.push({
      path: 'lon',
      message: '0/0 is what equipment says when it has no fix; give the surveyed position',
    });
  }
  if (body.kind === 'camera' && body.lon === undefined) {
    errors.push({
      path: 'lon',
      message: 'a camera needs lon and lat: without them its azimuths locate nothing',
    });
  }
  if (body.regionId !== undefined && !deps.hasRegion(body.regionId)) {
    errors.push({
      path: 'regionId',
      message: `region "${body.regionId}" does not exist; import it or leave regionId out`,
    });
  }
  if (body.gatewayId === body.id)
    errors.push({ path: 'gatewayId', message: 'a device is not its own gateway' });
  const properties = withKnownSecrets({ ...body.properties, ...unknownFields(body) }, known);
  const mistake = hfovByZoomMistake(properties);
  if (mistake !== undefined) errors.push({ path: 'hfovByZoom', message: mistake });
  errors.push(
    ...cameraSetupMistakes(properties),
    ...dahuaSetupMistakes(properties),
    ...mavlinkSetupMistakes(properties),
    ...secretMistakes(properties),
  );
  if (RESERVED.has(body.id) && !(body.id === 'frigate' && body.kind === 'gateway')) {
    errors.push({ path: 'id', message: `"${body.id}" is a level of MQTT topics; choose another` });
  }
  if (errors.length > 0) return { ok: false, errors };
  const position: LonLat | undefined =
    body.lon === undefined || body.lat === undefined ? undefined : [body.lon, body.lat];
  const device: Device = {
    id: body.id,
    kind: body.kind,
    name: body.name,
    regionId: body.regionId ?? (position === undefined ? 'default' : deps.regionIdAt(position)),
    lon: position?.[0] ?? null,
    lat: position?.[1] ?? null,
    groundHeightM: body.groundHeightM ?? null,
    mountHeightM: body.mountHeightM ?? null,
    heightRef: body.heightRef ?? 'msl',
    azimuthOffsetDeg: body.azimuthOffsetDeg ?? 0,
    tiltOffsetDeg: body.tiltOffsetDeg ?? 0,
    azimuthSigmaDeg: body.azimuthSigmaDeg ?? null,
    elevationSigmaDeg: body.elevationSigmaDeg ?? null,
    hfovDeg: body.hfovDeg ?? null,
    focalScale: body.focalScale ?? 1,
    reports: body.reports ?? 'alarms',
    gatewayId: body.gatewayId ?? null,
    properties,
  };
  return { ok: true, device };
};

/** A registration as it would read with the change made; `kind` and `id` stay. Moved, it comes to the region there. */
export const mergeChange = (
  current: Device,
  change: Partial<DeviceRegistration>,
): DeviceRegistration => {
  const known = Object.fromEntries(
    Object.entries({ ...current, regionId: undefined }).filter(
      ([, value]) => value !== null && value !== undefined,
    ),
  );
  const moved = change.lon !== undefined || change.lat !== undefined;
  return {
    ...(known as DeviceRegistration),
    ...(moved ? {} : { regionId: current.regionId }),
    ...change,
    id: current.id,
    kind: current.kind,
  };
};
