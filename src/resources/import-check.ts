import { createHash } from 'node:crypto';
import type { GeometryType } from '../shared/geometry.ts';
import { checkGeometry, type Fault, show } from '../shared/geometry-check.ts';
import { isResourceKind, RESOURCE_KINDS, type ResourceInput } from './resource.ts';
import type { Steps } from './slices.ts';

/** More in one file than any province has; they would fill the memory of every process. */
export const MAX_FEATURES = 200_000;
const MAX_ID_LENGTH = 100;
const MAX_NAME_LENGTH = 200;
/** Path segments the API uses itself below /resources. */
const RESERVED_IDS = new Set(['nearby', 'import']);

export type ImportCheck = { ok: true; resources: ResourceInput[] } | { ok: false; errors: Fault[] };

/**
 * A GeoJSON FeatureCollection as resources, or every mistake in it, by feature (`features[3].geometry…`).
 * All or nothing: one bad feature refuses the file. Pauses between features, as a file may hold very many.
 */
export function* checkImport(value: unknown): Steps<ImportCheck> {
  const collection = checkCollection(value);
  if (!collection.ok) return collection;
  const errors: Fault[] = [];
  const resources: ResourceInput[] = [];
  const firstWithId = new Map<string, number>();
  const timesSeen = new Map<string, number>();

  for (const [index, feature] of collection.features.entries()) {
    yield;
    const at = `features[${index}]`;
    const checked = checkFeature(feature);
    if (!checked.ok) {
      errors.push(...checked.faults.map((fault) => below(at, fault)));
      continue;
    }
    const id = checked.id ?? contentId(checked.rest, timesSeen);
    const first = firstWithId.get(id);
    if (first !== undefined) {
      errors.push({
        path: `${at}.id`,
        message: `${show(id)} is already the id of features[${first}]`,
      });
      continue;
    }
    firstWithId.set(id, index);
    resources.push({ id, ...checked.rest });
  }
  return errors.length === 0 ? { ok: true, resources } : { ok: false, errors };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const checkCollection = (
  value: unknown,
): { ok: true; features: unknown[] } | { ok: false; errors: Fault[] } => {
  const refuse = (path: string, message: string) => ({
    ok: false as const,
    errors: [{ path, message }],
  });
  if (!isObject(value)) return refuse('', 'must be a GeoJSON FeatureCollection');
  if (value['type'] !== 'FeatureCollection') {
    return refuse('type', `must be "FeatureCollection", not ${show(value['type'])}`);
  }
  const { features } = value;
  if (!Array.isArray(features)) return refuse('features', 'must be an array of features');
  if (features.length > MAX_FEATURES) {
    return refuse(
      'features',
      `holds ${features.length}, more than ${MAX_FEATURES}; split the file`,
    );
  }
  const crs = foreignCrs(value['crs']);
  if (crs !== undefined) {
    return refuse('crs', `${crs} is not WGS-84; reproject the file to EPSG:4326`);
  }
  return { ok: true, features };
};

/** The name of a reference system other than WGS-84. CGCS2000 (4490) is taken as WGS-84: they differ by less than 1 m. */
const foreignCrs = (crs: unknown): string | undefined => {
  if (crs === undefined || crs === null) return undefined;
  const properties = isObject(crs) && isObject(crs['properties']) ? crs['properties'] : {};
  const name = typeof properties['name'] === 'string' ? properties['name'] : show(crs);
  return /(CRS84|EPSG:[\d.]*:?(4326|4490|4979))$/i.test(name) ? undefined : name;
};

type Checked =
  | { ok: true; id: string | undefined; rest: Omit<ResourceInput, 'id'> }
  | { ok: false; faults: Fault[] };

const checkFeature = (feature: unknown): Checked => {
  if (!isObject(feature) || feature['type'] !== 'Feature') {
    return { ok: false, faults: [{ path: '', message: 'must be a GeoJSON Feature' }] };
  }
  if (!isObject(feature['properties'])) {
    const message = 'must be an object with at least kind and name';
    return { ok: false, faults: [{ path: '.properties', message }] };
  }
  const { id: ownId, kind, name, personId, ...properties } = feature['properties'];
  const geometry = checkGeometry(feature['geometry']);
  const id = checkId(feature['id'], ownId);
  const person = checkPersonId(personId, geometry.ok ? geometry.geometry.type : undefined);
  const faults: Fault[] = [
    ...(geometry.ok ? [] : geometry.faults.map((fault) => below('.geometry', fault))),
    ...id.faults,
    ...textFaults('.properties.name', name, MAX_NAME_LENGTH),
    ...kindFaults(kind),
    ...person.faults,
  ];
  if (faults.length > 0 || !geometry.ok || !isResourceKind(kind) || typeof name !== 'string') {
    return { ok: false, faults };
  }
  return {
    ok: true,
    id: id.id,
    rest: {
      kind,
      name: name.trim(),
      geometry: geometry.geometry,
      properties,
      personId: person.personId,
    },
  };
};

const below = (path: string, fault: Fault): Fault => ({ ...fault, path: path + fault.path });

const kindFaults = (kind: unknown): Fault[] => {
  if (isResourceKind(kind)) return [];
  const given = kind === undefined ? 'is missing; it must be' : `${show(kind)} is not`;
  return [{ path: '.properties.kind', message: `${given} one of ${RESOURCE_KINDS.join(', ')}` }];
};

const checkPersonId = (
  value: unknown,
  geometryType: GeometryType | undefined,
): { personId: string | null; faults: Fault[] } => {
  if (value === undefined || value === null) return { personId: null, faults: [] };
  const path = '.properties.personId';
  const refuse = (message: string) => ({ personId: null, faults: [{ path, message }] });
  if (typeof value !== 'string' || value.length > MAX_ID_LENGTH || !ID_PATTERN.test(value)) {
    return refuse(`${show(value)} is not the id of a person`);
  }
  if (geometryType !== undefined && geometryType !== 'Point') {
    return refuse('only a Point can move with a person');
  }
  return { personId: value, faults: [] };
};

const textFaults = (path: string, value: unknown, maxLength: number): Fault[] => {
  if (value === undefined || value === null) return [{ path, message: 'is missing' }];
  if (typeof value !== 'string') return [{ path, message: `${show(value)} must be a text` }];
  if (value.trim() === '') return [{ path, message: 'is empty' }];
  if (value.length > maxLength)
    return [{ path, message: `is longer than ${maxLength} characters` }];
  return [];
};

/** Slashes, blanks at the ends and control characters would make an id that cannot be written in a URL or read aloud. */
const ID_PATTERN = /^(?!\s)[^/\p{Cc}\p{Cs}]+(?<!\s)$/u;

/** `properties.id` before the feature's own: programs that export GeoJSON often number features by row. */
const checkId = (
  featureId: unknown,
  ownId: unknown,
): { id: string | undefined; faults: Fault[] } => {
  const isOwn = ownId !== undefined && ownId !== null;
  const [value, path] = isOwn ? [ownId, '.properties.id'] : [featureId, '.id'];
  const refuse = (message: string) => ({ id: undefined, faults: [{ path, message }] });
  if (value === undefined || value === null) return { id: undefined, faults: [] };
  if (typeof value !== 'string' && typeof value !== 'number') {
    return refuse(`${show(value)} must be a text or a number`);
  }
  const id = String(value);
  if (id.length > MAX_ID_LENGTH) return refuse(`is longer than ${MAX_ID_LENGTH} characters`);
  if (!ID_PATTERN.test(id)) {
    return refuse(
      `${show(id)} may not be empty, begin or end with a blank, or hold "/" or control characters`,
    );
  }
  if (RESERVED_IDS.has(id)) return refuse(`${show(id)} is reserved; choose another`);
  return { id, faults: [] };
};

/**
 * A feature without an id gets one made from its kind, name and geometry, so that importing the same file
 * again updates instead of doubling. Equal features in one file (two pumps in one store) are counted apart.
 */
const contentId = (
  { kind, name, geometry }: Omit<ResourceInput, 'id'>,
  timesSeen: Map<string, number>,
): string => {
  const hash = createHash('sha256').update(
    JSON.stringify([kind, name, geometry.type, geometry.coordinates]),
  );
  const base = `${kind}-${hash.digest('hex').slice(0, 24)}`;
  const times = (timesSeen.get(base) ?? 0) + 1;
  timesSeen.set(base, times);
  return times === 1 ? base : `${base}-${times}`;
};
