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
 * How a fix was made: `reported` by the source; `range` along the azimuth; `bearing` alone (a long thin
 * ellipse); `vicinity` of the device when it gives no direction; `fused` from several detections.
 */
export const FixMethodSchema = Type.Union([
  Type.Literal('reported'),
  Type.Literal('range'),
  Type.Literal('bearing'),
  Type.Literal('vicinity'),
  Type.Literal('fused'),
]);

/** A point with its method and 95 % error ellipse; never a bare point. */
export const FixSchema = Type.Object({
  lon: LonSchema,
  lat: LatSchema,
  method: FixMethodSchema,
  ellipse: EllipseSchema,
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
