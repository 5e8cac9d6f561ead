/** GeoJSON (RFC 7946) in WGS-84: `[lon, lat]` or `[lon, lat, heightM]`. Heights are kept but play no part in distances. */
export type Position = readonly number[];

export type Geometry =
  | { type: 'Point'; coordinates: Position }
  | { type: 'MultiPoint' | 'LineString'; coordinates: readonly Position[] }
  | { type: 'MultiLineString' | 'Polygon'; coordinates: readonly (readonly Position[])[] }
  | { type: 'MultiPolygon'; coordinates: readonly (readonly (readonly Position[])[])[] };

export type GeometryType = Geometry['type'];

export const GEOMETRY_TYPES: readonly GeometryType[] = [
  'Point',
  'LineString',
  'Polygon',
  'MultiPoint',
  'MultiLineString',
  'MultiPolygon',
];

/**
 * Longest edge between two positions, km. Longer ones are mistakes in a county's data (a missing digit, a
 * swapped pair), and each costs the index one vertex a kilometre.
 */
export const MAX_EDGE_KM = 2_000;

/** `[west, south, east, north]`, degrees. Never across the antimeridian: geometries are cut there. */
export type Bbox = readonly [west: number, south: number, east: number, north: number];

/** A geometry as its paths: a point is a path of one position; polygons also say which paths are their rings. */
export type Paths = {
  paths: readonly (readonly Position[])[];
  /** Per polygon, the indices of its rings in `paths`, outer ring first. */
  polygons: readonly (readonly number[])[];
};

export const pathsOf = (geometry: Geometry): Paths => {
  switch (geometry.type) {
    case 'Point':
      return { paths: [[geometry.coordinates]], polygons: [] };
    case 'MultiPoint':
      return { paths: geometry.coordinates.map((position) => [position]), polygons: [] };
    case 'LineString':
      return { paths: [geometry.coordinates], polygons: [] };
    case 'MultiLineString':
      return { paths: geometry.coordinates, polygons: [] };
    case 'Polygon':
      return { paths: geometry.coordinates, polygons: [geometry.coordinates.map((_, i) => i)] };
    case 'MultiPolygon': {
      let next = 0;
      return {
        paths: geometry.coordinates.flat(),
        polygons: geometry.coordinates.map((rings) => rings.map(() => next++)),
      };
    }
  }
};

export const bboxOf = (geometry: Geometry): Bbox => {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const path of pathsOf(geometry).paths) {
    for (const [lon = Number.NaN, lat = Number.NaN] of path) {
      west = Math.min(west, lon);
      east = Math.max(east, lon);
      south = Math.min(south, lat);
      north = Math.max(north, lat);
    }
  }
  return [west, south, east, north];
};
