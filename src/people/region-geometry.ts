import type { Position, RegionGeometry } from './region.ts';

export type Bbox = readonly [minLon: number, minLat: number, maxLon: number, maxLat: number];

const ringsOf = (geometry: RegionGeometry): Position[][] =>
  geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat();

export const bboxOf = (geometry: RegionGeometry): Bbox => {
  let [minLon, minLat, maxLon, maxLat] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of ringsOf(geometry)) {
    for (const [lon, lat] of ring) {
      minLon = Math.min(minLon, lon);
      minLat = Math.min(minLat, lat);
      maxLon = Math.max(maxLon, lon);
      maxLat = Math.max(maxLat, lat);
    }
  }
  return [minLon, minLat, maxLon, maxLat];
};

/** Why a GeoJSON value is not a usable polygon or multipolygon, or the geometry itself. */
export const checkRegionGeometry = (
  value: unknown,
): { ok: true; geometry: RegionGeometry } | { ok: false; reason: string } => {
  const { type, coordinates } = (value ?? {}) as { type?: unknown; coordinates?: unknown };
  if (type !== 'Polygon' && type !== 'MultiPolygon') {
    return {
      ok: false,
      reason: `geometry must be a Polygon or MultiPolygon, not ${describe(type)}`,
    };
  }
  const polygons = type === 'Polygon' ? [coordinates] : coordinates;
  if (!Array.isArray(polygons) || polygons.length === 0) {
    return { ok: false, reason: 'geometry has no coordinates' };
  }
  for (const [p, polygon] of polygons.entries()) {
    const where = type === 'Polygon' ? '' : `polygon ${p}, `;
    if (!Array.isArray(polygon) || polygon.length === 0) {
      return { ok: false, reason: `${where}no rings` };
    }
    for (const [r, ring] of polygon.entries()) {
      const reason = ringFault(ring);
      if (reason !== undefined) return { ok: false, reason: `${where}ring ${r}: ${reason}` };
    }
  }
  return { ok: true, geometry: { type, coordinates } as RegionGeometry };
};

const describe = (type: unknown): string => (typeof type === 'string' ? `a ${type}` : 'missing');

const ringFault = (ring: unknown): string | undefined => {
  if (!Array.isArray(ring)) return 'is not a list of positions';
  if (ring.length < 4) return `has ${ring.length} positions; a closed ring has at least 4`;
  for (const [index, position] of ring.entries()) {
    const fault = positionFault(position);
    if (fault !== undefined) return `position ${index} ${fault}`;
  }
  const positions = ring as Position[];
  const [first, last] = [positions[0], positions.at(-1)];
  if (first?.[0] !== last?.[0] || first?.[1] !== last?.[1]) {
    return 'is not closed: the last position must repeat the first';
  }
  return isFlat(positions) ? 'encloses no area' : undefined;
};

const positionFault = (position: unknown): string | undefined => {
  if (!Array.isArray(position)) return 'is not [lon, lat]';
  const [lon, lat] = position as unknown[];
  if (typeof lon !== 'number' || typeof lat !== 'number') return 'is not [lon, lat] in numbers';
  if (!Number.isFinite(lon) || !Number.isFinite(lat)) return 'is not finite';
  if (Math.abs(lon) <= 180 && Math.abs(lat) <= 90) return undefined;
  if (Math.abs(lat) <= 180 && Math.abs(lon) <= 90) {
    return `[${lon}, ${lat}] is out of range; GeoJSON is [lon, lat], these look swapped`;
  }
  return `[${lon}, ${lat}] is out of range; give WGS-84 degrees, not projected metres`;
};

/** Shoelace about the first position; a ring that only goes to and fro has no inside. */
const isFlat = (ring: readonly Position[]): boolean => {
  const [x0, y0] = ring[0] ?? [0, 0];
  let doubled = 0;
  for (const [index, [x, y]] of ring.entries()) {
    const [nextX, nextY] = ring[index + 1] ?? [x, y];
    doubled += (x - x0) * (nextY - y0) - (nextX - x0) * (y - y0);
  }
  return doubled === 0;
};
