import Type from 'typebox';
import { LatSchema, LonSchema } from '../shared/geo.ts';

/**
 * `satellite`, `caller` (a hotline) and `ranger` stand for sources whose reports give the place themselves; a `gateway`
 * is a box or platform that reports for the cameras registered to it, and sees nothing itself.
 */
export const DeviceKindSchema = Type.Union([
  Type.Literal('camera'),
  Type.Literal('drone'),
  Type.Literal('dock'),
  Type.Literal('satellite'),
  Type.Literal('caller'),
  Type.Literal('ranger'),
  Type.Literal('gateway'),
]);
export type DeviceKind = Type.Static<typeof DeviceKindSchema>;

/** Also an MQTT user name and a topic level, so no `/`, `+`, `#`, space or leading `$`. */
export const DeviceIdSchema = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$' });

export const isDeviceId = (text: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(text);

export const HeightRefSchema = Type.Union([
  Type.Literal('ellipsoid'),
  Type.Literal('msl'),
  Type.Literal('takeoff'),
]);

/**
 * `alarms`: the platform behind it alarms once, after its own persistence check. `frames`: it reports every
 * frame in which it sees something.
 */
export const ReportsSchema = Type.Union([Type.Literal('alarms'), Type.Literal('frames')]);

/** A registered device. Angles in degrees, azimuths from true north; heights in metres above `heightRef`. */
export const DeviceSchema = Type.Object({
  id: DeviceIdSchema,
  kind: DeviceKindSchema,
  name: Type.String(),
  regionId: Type.String(),
  lon: Type.Union([LonSchema, Type.Null()]),
  lat: Type.Union([LatSchema, Type.Null()]),
  groundHeightM: Type.Union([Type.Number(), Type.Null()]),
  /** Height of the lens above the ground. */
  mountHeightM: Type.Union([Type.Number(), Type.Null()]),
  heightRef: HeightRefSchema,
  /** Added to every azimuth and pan the device reports. */
  azimuthOffsetDeg: Type.Number(),
  /** Added to every tilt and elevation the device reports. */
  tiltOffsetDeg: Type.Number(),
  /** One standard deviation of its azimuths and elevations; null = the county's default. */
  azimuthSigmaDeg: Type.Union([Type.Number(), Type.Null()]),
  elevationSigmaDeg: Type.Union([Type.Number(), Type.Null()]),
  /** Horizontal field of view at the wide end (zoom 1). */
  hfovDeg: Type.Union([Type.Number(), Type.Null()]),
  /** True focal length in pixels ÷ the one its field of view gives: corrects a wrong HFOV at any zoom. */
  focalScale: Type.Number(),
  reports: ReportsSchema,
  /** The dock or controller that publishes for this aircraft; the box that reports for this camera. */
  gatewayId: Type.Union([DeviceIdSchema, Type.Null()]),
  /** Whatever else was said at registration; `hfovByZoom`, `[[zoom, hfovDeg], …]`, is its lens (see `lensOf`); also `CameraSetup`. */
  properties: Type.Record(Type.String(), Type.Unknown()),
});
export type Device = Type.Static<typeof DeviceSchema>;

/** What `POST devices` takes. Unknown fields are kept in `properties`: equipment varies, and nothing said is lost. */
export const DeviceRegistrationSchema = Type.Object({
  id: DeviceIdSchema,
  kind: DeviceKindSchema,
  name: Type.String({ minLength: 1, maxLength: 200 }),
  regionId: Type.Optional(Type.String({ minLength: 1 })),
  lon: Type.Optional(LonSchema),
  lat: Type.Optional(LatSchema),
  groundHeightM: Type.Optional(Type.Number({ minimum: -500, maximum: 9000 })),
  mountHeightM: Type.Optional(Type.Number({ minimum: 0, maximum: 1000 })),
  heightRef: Type.Optional(HeightRefSchema),
  azimuthOffsetDeg: Type.Optional(Type.Number({ minimum: -360, maximum: 360 })),
  tiltOffsetDeg: Type.Optional(Type.Number({ minimum: -90, maximum: 90 })),
  azimuthSigmaDeg: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 45 })),
  elevationSigmaDeg: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 45 })),
  hfovDeg: Type.Optional(Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 180 })),
  focalScale: Type.Optional(Type.Number({ minimum: 0.1, maximum: 10 })),
  reports: Type.Optional(ReportsSchema),
  gatewayId: Type.Optional(DeviceIdSchema),
  properties: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), {
      description:
        'Anything else worth keeping. `hfovByZoom`: `[[zoom, hfovDeg], …]`, the field of view at each optical zoom; of a camera `externalId`: its name at its gateway, `picture` `{widthPx, heightPx}`, `pose` `{panDeg, tiltDeg, hfovDeg?}` of one that does not turn, `poses` by number, `ptzRange`, `fireEvents`, `dahua` `{url, user, password, codes?}`; where its pictures are fetched, `address`, `imageUser` and `imagePassword` (shown as `***`); of a drone `remoteId`: the serial number it sends, `mavlinkSystemId`, `mavlinkAddress`, `mavlinkSigningKey`; of any device `heartbeatS`: a sign of life comes at least so often, of a camera `tour`',
    }),
  ),
});
export type DeviceRegistration = Type.Static<typeof DeviceRegistrationSchema>;
