import Type, { type TSchema } from 'typebox';
import { HfovSchema, ReportedFrameSchema } from '../../locate/index.ts';
import { LatSchema, LonSchema } from '../../shared/geo.ts';
import { DateTimeSchema } from '../../shared/http.ts';

/** Equipment writes null where it has no reading as often as it leaves the field out. */
const Maybe = <T extends TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]));

/** Any angle a device may report; wrapped into [0, 360) afterwards. */
const Azimuth = Type.Number({ minimum: -360, maximum: 360 });
const Elevation = Type.Number({ minimum: -90, maximum: 90 });
const Fraction = Type.Number({ minimum: 0, maximum: 1 });

const HeightRef = Type.Union([
  Type.Literal('ellipsoid'),
  Type.Literal('msl'),
  Type.Literal('takeoff'),
]);

export const DetectionPayloadSchema = Type.Object({
  id: Maybe(Type.String({ minLength: 1, maxLength: 200 })),
  /** Must equal the topic's device where it is given. */
  deviceId: Type.Optional(Type.String()),
  at: DateTimeSchema,
  kind: Type.Union([Type.Literal('smoke'), Type.Literal('flame'), Type.Literal('heat')]),
  confidence: Fraction,
  azimuthDeg: Maybe(Azimuth),
  elevationDeg: Maybe(Elevation),
  bbox: Maybe(Type.Tuple([Fraction, Fraction, Fraction, Fraction])),
  frame: Maybe(ReportedFrameSchema),
  lon: Maybe(LonSchema),
  lat: Maybe(LatSchema),
  /** 95 % radius of lon/lat; absent = the county's default for this kind of source. */
  positionRadiusM: Maybe(Type.Number({ minimum: -1, maximum: 20_000 })),
  /** Where a caller can only name a village or grid: the fire is somewhere in that region. */
  regionId: Maybe(Type.String({ minLength: 1, maxLength: 100 })),
  /** 0 and −1 are what equipment says when it could not measure. Farther than 50 km no tower sees smoke. */
  rangeM: Maybe(Type.Number({ minimum: -1, maximum: 50_000 })),
  temperatureC: Maybe(Type.Number({ minimum: -273.15, maximum: 5000 })),
  imageUrl: Maybe(Type.String({ maxLength: 2000 })),
});

export const TelemetryPayloadSchema = Type.Object({
  deviceId: Type.Optional(Type.String()),
  at: DateTimeSchema,
  lon: Maybe(LonSchema),
  lat: Maybe(LatSchema),
  altitudeM: Maybe(Type.Number({ minimum: -1000, maximum: 20_000 })),
  altitudeRef: Maybe(HeightRef),
  headingDeg: Maybe(Azimuth),
  panDeg: Maybe(Azimuth),
  tiltDeg: Maybe(Elevation),
  hfovDeg: Maybe(HfovSchema),
  gimbalPitchDeg: Maybe(Type.Number({ minimum: -180, maximum: 180 })),
  gimbalYawDeg: Maybe(Azimuth),
  speedMps: Maybe(Type.Number({ minimum: -1, maximum: 200 })),
  batteryPct: Maybe(Type.Number({ minimum: -1, maximum: 100 })),
  flightTimeLeftS: Maybe(Type.Number({ minimum: -1, maximum: 1_000_000 })),
});

export const PositionPayloadSchema = Type.Object({
  at: DateTimeSchema,
  lon: LonSchema,
  lat: LatSchema,
  accuracyM: Maybe(Type.Number({ minimum: -1, maximum: 1_000_000 })),
});

export const ReceiptPayloadSchema = Type.Object({
  notificationId: Type.String({
    pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
  }),
  /** May be left out with a reply: whoever answers has read it. */
  event: Type.Optional(
    Type.Union([Type.Literal('delivered'), Type.Literal('read'), Type.Literal('acknowledged')]),
  ),
  /** As by SMS: 1 I take it, 2 false alarm, 0 I cannot come. */
  reply: Type.Optional(Type.Union([Type.Literal('0'), Type.Literal('1'), Type.Literal('2')])),
  at: DateTimeSchema,
});
