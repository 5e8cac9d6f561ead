import { GEOMETRY_TYPES, type Geometry, MAX_EDGE_KM, type Position } from './geometry.ts';
import { ringCrossing } from './ring-crossing.ts';

/** One mistake: where it is, relative to the thing checked (`.coordinates[3]`), and what to do about it. */
export type Fault = { path: string; message: string };

/** One mistake often repeats at every position; a few say enough about one geometry. */
const MAX_FAULTS = 5;

/** Checks a GeoJSON geometry in WGS-84. The message tells the person with the file how to mend it. */
export const checkGeometry = (
  value: unknown,
): { ok: true; geometry: Geometry } | { ok: false; faults: Fault[] } => {
  const faults = faultsOf(value).slice(0, MAX_FAULTS);
  if (faults.length > 0) return { ok: false, faults };
  const { type, coordinates } = value as Geometry;
  return { ok: true, geometry: { type, coordinates } as Geometry };
};

const faultsOf = (value: unknown): Fault[] => {
  if (value === null || value === undefined) {
    return [{ path: '', message: 'is missing: say where it is' }];
  }
  if (typeof value !== 'object')
    return [{ path: '', message: 'must be a GeoJSON geometry object' }];
  const { type, coordinates } = value as { type?: unknown; coordinates?: unknown };
  switch (type) {
    case 'Point':
      return positionFaults(coordinates, '.coordinates');
    case 'MultiPoint':
      return each(coordinates, '.coordinates', positionFaults);
    case 'LineString':
      return lineFaults(coordinates, '.coordinates');
    case 'MultiLineString':
      return each(coordinates, '.coordinates', lineFaults);
    case 'Polygon':
      return each(coordinates, '.coordinates', ringFaults);
    case 'MultiPolygon':
      return each(coordinates, '.coordinates', (rings, path) => each(rings, path, ringFaults));
    case 'GeometryCollection':
      return [{ path: '.type', message: 'GeometryCollection: make one feature of each geometry' }];
    default:
      return [
        { path: '.type', message: `${show(type)} is not one of ${GEOMETRY_TYPES.join(', ')}` },
      ];
  }
};

const each = (
  value: unknown,
  path: string,
  check: (item: unknown, path: string) => Fault[],
): Fault[] => {
  if (!Array.isArray(value)) return [{ path, message: 'must be an array' }];
  if (value.length === 0) return [{ path, message: 'is empty' }];
  const faults: Fault[] = [];
  for (const [i, item] of value.entries()) {
    faults.push(...check(item, `${path}[${i}]`));
    if (faults.length >= MAX_FAULTS) break;
  }
  return faults;
};

const positionFaults = (value: unknown, path: string): Fault[] => {
  const fault = positionFault(value);
  return fault === undefined ? [] : [{ path, message: fault }];
};

const positionFault = (value: unknown): string | undefined => {
  if (!Array.isArray(value) || value.length < 2) {
    return Array.isArray(value) && value.length === 0
      ? 'is empty'
      : 'must be a position [longitude, latitude]';
  }
  if (!value.every((part) => typeof part === 'number' && Number.isFinite(part))) {
    return `${show(value)} must hold finite numbers only`;
  }
  const [lon = 0, lat = 0] = value as number[];
  if (Math.abs(lon) > 360 || Math.abs(lat) > 360) {
    return `[${lon}, ${lat}] is not in degrees; reproject the file to WGS-84 (EPSG:4326)`;
  }
  if (Math.abs(lat) > 90) {
    const swapped = Math.abs(lon) <= 90 && Math.abs(lat) <= 180;
    return `latitude ${lat} is not within -90 to 90${swapped ? '; longitude and latitude look swapped (GeoJSON has longitude first)' : ''}`;
  }
  if (Math.abs(lon) > 180) return `longitude ${lon} is not within -180 to 180`;
  if (lon === 0 && lat === 0) return '0/0 means an unknown position; give the real one';
  return undefined;
};

const lineFaults = (value: unknown, path: string): Fault[] => {
  const faults = each(value, path, positionFaults);
  if (faults.length > 0) return faults;
  const positions = value as Position[];
  if (positions.length < 2) return [{ path, message: 'a line needs at least 2 positions' }];
  return edgeFaults(positions, path);
};

const ringFaults = (value: unknown, path: string): Fault[] => {
  const faults = each(value, path, positionFaults);
  if (faults.length > 0) return faults;
  const ring = value as Position[];
  const [first, last] = [ring[0] ?? [], ring.at(-1) ?? []];
  if (first[0] !== last[0] || first[1] !== last[1]) {
    return [{ path, message: 'the ring is not closed: its last position must repeat its first' }];
  }
  if (ring.length < 4) {
    return [{ path, message: 'a ring needs at least 4 positions, the last repeating the first' }];
  }
  const edges = edgeFaults(ring, path);
  if (edges.length > 0) return edges;
  const crossing = ringCrossing(ring);
  if (crossing === undefined) return [];
  const at = crossing.map((degrees) => degrees.toFixed(6)).join(', ');
  return [
    {
      path,
      message: `the ring crosses itself near [${at}], so its inside is not clear; redraw it`,
    },
  ];
};

const DEG_KM = 111.32;

const edgeFaults = (positions: readonly Position[], path: string): Fault[] => {
  const faults: Fault[] = [];
  for (let i = 1; i < positions.length && faults.length < MAX_FAULTS; i++) {
    const [lonA = 0, latA = 0] = positions[i - 1] ?? [];
    const [lonB = 0, latB = 0] = positions[i] ?? [];
    const east = Math.abs(lonB - lonA);
    if (east > 180) {
      faults.push({
        path: `${path}[${i}]`,
        message:
          'the edge to here crosses the antimeridian; cut the geometry there (RFC 7946, 3.1.9)',
      });
      continue;
    }
    const parallel = Math.cos((((latA + latB) / 2) * Math.PI) / 180);
    const km = DEG_KM * Math.hypot(east * parallel, latB - latA);
    if (km > MAX_EDGE_KM) {
      faults.push({
        path: `${path}[${i}]`,
        message: `the edge to here is ${Math.round(km)} km long (at most ${MAX_EDGE_KM}); is a position wrong? If not, add positions between`,
      });
    }
  }
  return faults;
};

/** A value as it stands in the file, short enough for a message. */
export const show = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
};
