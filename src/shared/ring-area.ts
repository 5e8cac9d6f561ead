import geographiclib from 'geographiclib-geodesic';
import type { Position } from './geometry.ts';

const { Geodesic } = geographiclib;

/**
 * Area in m² inside a closed ring of `[lon, lat]` whose edges are geodesics on WGS-84 (Karney 2013), whichever way
 * round it is drawn. About 1 µs a position. Meaningless for a ring that crosses itself.
 */
export const ringAreaM2 = (ring: readonly Position[]): number => {
  const polygon = Geodesic.WGS84.Polygon(false);
  // The last position repeats the first.
  for (const [lon = 0, lat = 0] of ring.slice(0, -1)) polygon.AddPoint(lat, lon);
  return Math.abs(polygon.Compute(false, true).area ?? 0);
};
