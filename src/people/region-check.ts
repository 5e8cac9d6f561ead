import {
  DEFAULT_REGION_ID,
  levelRank,
  REGION_LEVELS,
  type Region,
  type RegionLevel,
} from './region.ts';
import { defaultRegionCode, MAX_REGION_CODE_LENGTH } from './region-code.ts';
import { checkRegionGeometry } from './region-geometry.ts';

export type FeatureError = { path: string; message: string };
export type RegionCheck = { ok: true; regions: Region[] } | { ok: false; errors: FeatureError[] };

/** A region already stored: what a file's `parentId` may refer to. */
export type KnownRegion = Pick<Region, 'id' | 'level' | 'parentId'>;

const MAX_ID_LENGTH = 100;

/**
 * Checks the features of a regions file against each other and against what is stored. Every bad feature is
 * reported with its index; one bad feature refuses the whole file. An id that is stored already is replaced.
 */
export const checkRegions = (
  features: readonly unknown[],
  stored: readonly KnownRegion[],
): RegionCheck => {
  const errors: FeatureError[] = [];
  const regions = new Map<string, { region: Region; index: number }>();
  for (const [index, feature] of features.entries()) {
    const result = checkFeature(feature);
    const reasons = result.ok ? [] : [...result.reasons];
    const earlier = result.ok ? regions.get(result.region.id) : undefined;
    if (result.ok && earlier !== undefined) {
      reasons.push(`id "${result.region.id}" is also the id of features[${earlier.index}]`);
    } else if (result.ok) {
      regions.set(result.region.id, { region: result.region, index });
    }
    for (const message of reasons) errors.push({ path: `features[${index}]`, message });
  }
  const tree = new Map<string, KnownRegion>(stored.map((region) => [region.id, region]));
  for (const { region } of regions.values()) tree.set(region.id, region);
  // Features with other faults are missing from the tree: blaming their children too would be noise.
  const unusable = new Set(errors.length > 0 ? features.map(idOf) : []);
  for (const { region, index } of regions.values()) {
    const message = parentFault(region, tree, unusable);
    if (message !== undefined) errors.push({ path: `features[${index}]`, message });
  }
  errors.push(...storedChildFaults(stored, regions, tree));
  if (errors.length > 0) return { ok: false, errors };
  return { ok: true, regions: [...regions.values()].map(({ region }) => region) };
};

const propertiesOf = (feature: unknown): Record<string, unknown> => {
  const { properties } = (feature ?? {}) as { properties?: unknown };
  return typeof properties === 'object' && properties !== null && !Array.isArray(properties)
    ? (properties as Record<string, unknown>)
    : {};
};

/** GeoJSON from a GIS often carries the id as a number, or beside the properties. */
const idOf = (feature: unknown): string | undefined => {
  const id = propertiesOf(feature).id ?? ((feature ?? {}) as { id?: unknown }).id;
  return typeof id === 'number' && Number.isFinite(id)
    ? String(id)
    : typeof id === 'string'
      ? id.trim()
      : undefined;
};

const isLevel = (value: unknown): value is RegionLevel =>
  REGION_LEVELS.some((level) => level === value);

const checkFeature = (
  feature: unknown,
): { ok: true; region: Region } | { ok: false; reasons: string[] } => {
  if ((feature as { type?: unknown } | null)?.type !== 'Feature') {
    return { ok: false, reasons: ['is not a GeoJSON Feature'] };
  }
  const { id: _id, name, level, parentId, code, ...rest } = propertiesOf(feature);
  const id = idOf(feature);
  const parent = typeof parentId === 'number' ? String(parentId) : parentId;
  const geometry = checkRegionGeometry((feature as { geometry?: unknown }).geometry);
  const reasons: string[] = [];
  if (id === undefined || id === '' || id.length > MAX_ID_LENGTH) {
    reasons.push(`properties.id must be a text of 1 to ${MAX_ID_LENGTH} characters`);
  }
  if (id === DEFAULT_REGION_ID) {
    reasons.push(`id "${DEFAULT_REGION_ID}" is reserved for the region that covers everything`);
  }
  if (typeof name !== 'string' || name.trim() === '') reasons.push('properties.name is missing');
  if (!isLevel(level)) {
    reasons.push(`properties.level must be one of ${REGION_LEVELS.join(', ')}`);
  }
  if (parent !== undefined && parent !== null && typeof parent !== 'string') {
    reasons.push('properties.parentId must be the id of a region');
  }
  const codeFault = checkCode(code);
  if (codeFault !== undefined) reasons.push(codeFault);
  if (!geometry.ok) reasons.push(geometry.reason);
  if (reasons.length > 0 || id === undefined || !isLevel(level) || !geometry.ok) {
    return { ok: false, reasons };
  }
  return {
    ok: true,
    region: {
      id,
      name: String(name).trim(),
      level,
      parentId: typeof parent === 'string' && parent !== '' ? parent : null,
      code: typeof code === 'string' ? code : defaultRegionCode(id),
      geometry: geometry.geometry,
      properties: rest,
    },
  };
};

const checkCode = (code: unknown): string | undefined => {
  if (code === undefined || code === null) return undefined;
  const valid = typeof code === 'string' && /^[A-Za-z0-9_]+$/.test(code);
  return valid && code.length <= MAX_REGION_CODE_LENGTH
    ? undefined
    : `properties.code must be 1 to ${MAX_REGION_CODE_LENGTH} letters, digits or _`;
};

const parentFault = (
  region: Region,
  tree: ReadonlyMap<string, KnownRegion>,
  unusable: ReadonlySet<string | undefined>,
): string | undefined => {
  const { id, parentId, level } = region;
  if (parentId === null || parentId === DEFAULT_REGION_ID) return undefined;
  const cycle = cycleFrom(id, tree);
  if (cycle !== undefined) return `its parents form a circle: ${cycle.join(' → ')}`;
  const parent = tree.get(parentId);
  if (parent === undefined) {
    return unusable.has(parentId)
      ? undefined
      : `parentId "${parentId}" is neither in the file nor imported before`;
  }
  return levelRank(parent.level) < levelRank(level)
    ? undefined
    : `a ${level} cannot lie in the ${parent.level} "${parentId}"`;
};

const cycleFrom = (id: string, tree: ReadonlyMap<string, KnownRegion>): string[] | undefined => {
  const path = [id];
  for (let next = tree.get(id)?.parentId ?? null; next !== null; ) {
    if (next === id) return [...path, id];
    if (path.includes(next)) return undefined;
    path.push(next);
    next = tree.get(next)?.parentId ?? null;
  }
  return undefined;
};

/** Replacing a stored region by one of another level must not leave stored children above their parent. */
const storedChildFaults = (
  stored: readonly KnownRegion[],
  regions: ReadonlyMap<string, { region: Region; index: number }>,
  tree: ReadonlyMap<string, KnownRegion>,
): FeatureError[] =>
  stored.flatMap((child) => {
    const parent = child.parentId === null ? undefined : regions.get(child.parentId);
    if (parent === undefined || tree.get(child.id) !== child) return [];
    if (levelRank(parent.region.level) < levelRank(child.level)) return [];
    const message = `level ${parent.region.level} does not fit: the ${child.level} "${child.id}" lies in it`;
    return [{ path: `features[${parent.index}]`, message }];
  });
