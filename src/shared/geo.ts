import geographiclib from 'geographiclib-geodesic';
import Type from 'typebox';

/** WGS-84, `[longitude, latitude]` in degrees. */
export type LonLat = readonly [lon: number, lat: number];

export const LonSchema = Type.Number({ minimum: -180, maximum: 180 });
export const LatSchema = Type.Number({ minimum: -90, maximum: 90 });

/** 95 % error ellipse: semi-axes in metres, orientation of the major axis in degrees from true north, 0 ≤ o < 180. */
export const EllipseSchema = Type.Object({
  semiMajorM: Type.Number({ minimum: 0 }),
  semiMinorM: Type.Number({ minimum: 0 }),
  orientationDeg: Type.Number({ minimum: 0, maximum: 180 }),
});
export type Ellipse = Type.Static<typeof EllipseSchema>;

/**
 * How a fix was made: `reported` by the source; `range` measured along the azimuth; `terrain`: one sight line cut with
 * the ground; `bearing`: an azimuth whose range is not known (a long thin ellipse); `vicinity` of the device when it
 * gives no direction; `intersection` of bearings from several masts; `fused` from sources of several kinds.
 */
export const FixMethodSchema = Type.Union([
  Type.Literal('reported'),
  Type.Literal('range'),
  Type.Literal('terrain'),
  Type.Literal('bearing'),
  Type.Literal('vicinity'),
  Type.Literal('intersection'),
  Type.Literal('fused'),
]);

/** Why a fix is worse than its method promises; see the README's page on how far to trust a fix. */
export const FixFlagSchema = Type.Union([
  /** No terrain is imported here, so one azimuth gives no range. */
  Type.Literal('no_terrain'),
  /** The source gives no elevation angle, or its own height is not known. */
  Type.Literal('no_elevation'),
  /** The picture's field of view is not known, so its pixels have no direction. */
  Type.Literal('no_field_of_view'),
  /** By its registered height the device stands below the ground: the height is wrong. */
  Type.Literal('below_ground'),
  /** The ray runs over ground of which nothing is known before it meets any. */
  Type.Literal('unknown_ground'),
  /** The ray meets no ground within range, nor nearly. */
  Type.Literal('above_ground'),
  /** The fire's base may lie behind a ridge. */
  Type.Literal('hidden_base'),
  /** The ray passes a crest so closely that it may have been seen there. */
  Type.Literal('low_clearance'),
  /** The bearings cross at less than 15°. */
  Type.Literal('narrow_crossing'),
  /** All bearings are from one mast (closer together than 100 m). */
  Type.Literal('one_mast'),
  /** The sources disagree by more than their errors explain; the ellipse is widened accordingly. */
  Type.Literal('inconsistent'),
  /** A source that does not fit was left out of the fix. */
  Type.Literal('outlier_left_out'),
  /** Some detections may belong to another incident; they are left out until that is decided. */
  Type.Literal('ambiguous'),
]);
export type FixFlag = Type.Static<typeof FixFlagSchema>;

/** A point with its method and 95 % error ellipse; never a bare point. */
export const FixSchema = Type.Object({
  lon: LonSchema,
  lat: LatSchema,
  method: FixMethodSchema,
  ellipse: EllipseSchema,
  flags: Type.Optional(Type.Array(FixFlagSchema)),
  /** Of a single sight line whose base may be hidden: the fire is farther from the camera than this, metres. */
  rangeMinM: Type.Optional(Type.Number({ minimum: 0 })),
  /** The detections the fix was made from. */
  detectionIds: Type.Optional(Type.Array(Type.String())),
});
export type Fix = Type.Static<typeof FixSchema>;

const { Geodesic } = geographiclib;

/** Wraps any angle into [0, 360). */
export const wrap360 = (deg: number): number => {
  const wrapped = ((deg % 360) + 360) % 360;
  return wrapped === 360 ? 0 : wrapped;
};

/** Wraps any angle into (−180, 180]. */
export const wrap180 = (deg: number): number => {
  const wrapped = wrap360(deg);
  return wrapped > 180 ? wrapped - 360 : wrapped;
};

/** Geodesic on WGS-84 (Karney 2013): metres, and azimuth at `from` in [0, 360) from true north. */
export const geodesicInverse = (
  from: LonLat,
  to: LonLat,
): { distanceM: number; azimuthDeg: number } => {
  const result = Geodesic.WGS84.Inverse(from[1], from[0], to[1], to[0]);
  return { distanceM: result.s12 ?? 0, azimuthDeg: wrap360(result.azi1 ?? 0) };
};

/** The point `distanceM` from `from` along `azimuthDeg` (true north) on WGS-84. */
export const geodesicDirect = (from: LonLat, azimuthDeg: number, distanceM: number): LonLat => {
  const result = Geodesic.WGS84.Direct(from[1], from[0], azimuthDeg, distanceM);
  return [wrap180(result.lon2 ?? from[0]), result.lat2 ?? from[1]];
};
