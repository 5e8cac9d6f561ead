import { checkGeometry, type Fault, show } from '../shared/geometry-check.ts';
import { ringAreaM2 } from '../shared/ring-area.ts';
import { fieldsOf, windowFaults } from './layer-check.ts';
import { type BurnGeometry, partsOf } from './permitted-burn.ts';

/** More than is ever burnt off under one permit; a swapped digit must not cover the county. */
const MAX_AREA_KM2 = 100;
/** The incident's transaction reads the burns around a fire: an outline says all it has to in this many. */
const MAX_POSITIONS = 2_000;

/**
 * What a schema cannot tell of a permitted burn: its outline and its window. The body may be anything; what is
 * missing or of the wrong type is left to the schema.
 */
export const burnFaults = (body: unknown): Fault[] => {
  const { geometry, startsAt, endsAt } = fieldsOf(body);
  return [
    ...(geometry === undefined ? [] : areaFaults(geometry)),
    ...windowFaults(startsAt, endsAt),
  ];
};

const areaFaults = (geometry: unknown): Fault[] => {
  const { type, coordinates } = fieldsOf(geometry);
  if (type !== 'Polygon' && type !== 'MultiPolygon') {
    return [{ path: 'geometry.type', message: `${show(type)} is not Polygon or MultiPolygon` }];
  }
  // Counted before anything else is looked at: checking a ring takes longer the longer it is.
  const positions = countPositions(coordinates, type === 'Polygon' ? 1 : 2);
  if (positions > MAX_POSITIONS) {
    const message = `has ${positions} positions (at most ${MAX_POSITIONS}); simplify the outline`;
    return [{ path: 'geometry.coordinates', message }];
  }
  const checked = checkGeometry(geometry);
  if (!checked.ok) {
    return checked.faults.map(({ path, message }) => ({ path: `geometry${path}`, message }));
  }
  return sizeFaults(checked.geometry as BurnGeometry);
};

const countPositions = (coordinates: unknown, depth: number): number =>
  Array.isArray(coordinates) ? coordinates.flat(depth).length : 0;

/** Holes are not taken off: a hole drawn outside its ring would make any area small enough. */
const sizeFaults = (geometry: BurnGeometry): Fault[] => {
  const path = 'geometry.coordinates';
  const areas = partsOf(geometry).map(([outer = []]) => ringAreaM2(outer));
  if (areas.some((areaM2) => areaM2 < 1)) {
    return [{ path, message: 'encloses no area; draw the outline of the ground that is burnt' }];
  }
  const km2 = areas.reduce((sum, areaM2) => sum + areaM2, 0) / 1e6;
  if (km2 <= MAX_AREA_KM2) return [];
  const message = `encloses ${km2.toFixed(1)} km² (at most ${MAX_AREA_KM2}); is a position wrong?`;
  return [{ path, message }];
};
