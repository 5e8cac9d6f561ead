import { booleanPointInPolygon } from '@turf/turf';
import type { Pool } from '../shared/db.ts';
import type { LonLat } from '../shared/geo.ts';
import type { Listener } from '../shared/listener.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';
import { DEFAULT_REGION_ID, levelRank, type Region } from './region.ts';
import { type Bbox, bboxOf } from './region-geometry.ts';
import { listRegions } from './region-store.ts';

/** Questions about regions, answered from memory. */
export type RegionLookup = {
  get(id: string): Region | undefined;
  /** Every region, ordered by id. */
  all(): Region[];
  /**
   * The regions that contain the point, most specific first (grid, village, township, county), within a level by
   * id, and always `default` last. A point on a border belongs to both sides, so the smaller id comes first.
   */
  regionsAt(point: LonLat): Region[];
  /** The region, its parents upwards, and `default`: the order in which responsibility is looked for. */
  chain(regionId: string): string[];
  /** The regions and everything below them; `default` holds all. What a person responsible for them may see. */
  descendants(regionIds: readonly string[]): Set<string>;
  /** Names from coarse to fine without `default`: ['安仁县', '灵官镇']. */
  placeNames(regionId: string): string[];
};

export type RegionIndex = Part &
  RegionLookup & {
    /** Resolves when the answers show what is committed now; NOTIFY brings it a moment later in any case. */
    refresh(): Promise<void>;
  };

const DEFAULT_REGION: Region = {
  id: DEFAULT_REGION_ID,
  name: DEFAULT_REGION_ID,
  level: 'county',
  parentId: null,
  code: DEFAULT_REGION_ID,
  geometry: null,
  properties: {},
};

const byId = (a: Region, b: Region): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** The same answers from a fixed list: pure, so that they can be tested and reasoned about without a database. */
export const createRegionLookup = (list: readonly Region[]): RegionLookup => {
  const regions = new Map(list.map((region) => [region.id, region]));
  const children = new Map<string, string[]>();
  for (const { id, parentId } of list) {
    if (parentId !== null) children.set(parentId, [...(children.get(parentId) ?? []), id]);
  }
  const ordered = [...list].sort(byId);
  const areas = ordered
    .flatMap((region) => {
      const { geometry } = region;
      return geometry === null ? [] : [{ region, geometry, bbox: bboxOf(geometry) }];
    })
    .sort((a, b) => levelRank(b.region.level) - levelRank(a.region.level));
  const everywhere = regions.get(DEFAULT_REGION_ID) ?? DEFAULT_REGION;

  const chain = (regionId: string): string[] => {
    const ids = new Set<string>();
    for (let id: string | null = regionId; id !== null && !ids.has(id); ) {
      ids.add(id);
      id = regions.get(id)?.parentId ?? null;
    }
    ids.delete(DEFAULT_REGION_ID);
    return [...ids, DEFAULT_REGION_ID];
  };

  return {
    get: (id) => regions.get(id),
    all: () => ordered,
    regionsAt: (point) => [
      ...areas
        .filter(
          ({ bbox, geometry }) =>
            inBbox(point, bbox) && booleanPointInPolygon([...point], geometry),
        )
        .map(({ region }) => region),
      everywhere,
    ],
    chain,
    descendants(regionIds) {
      if (regionIds.includes(DEFAULT_REGION_ID))
        return new Set([DEFAULT_REGION_ID, ...regions.keys()]);
      const found = new Set<string>();
      const queue = [...regionIds];
      for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
        if (found.has(id)) continue;
        found.add(id);
        queue.push(...(children.get(id) ?? []));
      }
      return found;
    },
    placeNames: (regionId) =>
      chain(regionId)
        .filter((id) => id !== DEFAULT_REGION_ID)
        .map((id) => regions.get(id)?.name ?? id)
        .reverse(),
  };
};

const inBbox = ([lon, lat]: LonLat, [minLon, minLat, maxLon, maxLat]: Bbox): boolean =>
  lon >= minLon && lon <= maxLon && lat >= minLat && lat <= maxLat;

const RETRY_MS = 1_000;

/** All regions in memory, reloaded as a whole on any change: an import changes many at once, a county has hundreds. */
export const createRegionIndex = (deps: {
  pool: Pool;
  listener: Listener;
  logger: Logger;
}): RegionIndex => {
  const { pool, listener, logger } = deps;
  let current = createRegionLookup([]);
  let unsubscribe: (() => void) | undefined;
  let stopped = false;
  let retryTimer: NodeJS.Timeout | undefined;
  let loading: Promise<void> | undefined;
  let dirty = false;

  const load = async (): Promise<void> => {
    current = createRegionLookup(await listRegions(pool));
  };

  /** Changes that come while a load runs cause one more, not one each. */
  const reload = (): void => {
    dirty = true;
    loading ??= (async () => {
      while (dirty && !stopped) {
        dirty = false;
        try {
          await load();
        } catch (error) {
          logger.warn({ err: error }, 'regions could not be reloaded, trying again');
          clearTimeout(retryTimer);
          if (!stopped) retryTimer = setTimeout(reload, RETRY_MS);
        }
      }
      loading = undefined;
    })();
  };

  return {
    name: 'region-index',
    async start() {
      unsubscribe = listener.on('region_changed', { changed: reload, reconnected: reload });
      loading = load();
      await loading;
      loading = undefined;
      if (dirty) reload();
    },
    async stop() {
      stopped = true;
      unsubscribe?.();
      clearTimeout(retryTimer);
      await loading;
    },
    async refresh() {
      reload();
      await loading;
    },
    get: (id) => current.get(id),
    all: () => current.all(),
    regionsAt: (point) => current.regionsAt(point),
    chain: (regionId) => current.chain(regionId),
    descendants: (regionIds) => current.descendants(regionIds),
    placeNames: (regionId) => current.placeNames(regionId),
  };
};
