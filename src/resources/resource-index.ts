import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage } from '../shared/app-error.ts';
import type { Pool } from '../shared/db.ts';
import type { LonLat } from '../shared/geo.ts';
import type { Listener } from '../shared/listener.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';
import {
  createNearbyIndex,
  type NearbyHit,
  type NearbyIndex,
  type NearbyQuery,
} from './nearby/nearby-index.ts';
import type { Resource } from './resource.ts';
import { findResources, listResources } from './resource-store.ts';
import { runInSlices } from './slices.ts';

/** Changes arriving together are read together; a person cannot tell this from at once. */
const GATHER_MS = 15;
/** Rows read at a time: few enough that parsing them holds nothing else up. */
const ROWS_PER_READ = 500;
const RETRY_MIN_MS = 200;
const RETRY_MAX_MS = 5_000;

/** `loading`: no answers yet. `stale`: answers may lack recent changes, and a reload is under way. */
export type IndexState = 'loading' | 'current' | 'stale';

export type ResourceIndex = Part & {
  /** The nearest resources of each kind. Throws when nothing has been loaded yet. */
  nearby(point: LonLat, query: NearbyQuery): NearbyHit[];
  /**
   * Reads these rows again and resolves when the answers show them: who has just changed a resource through this
   * process should find it so. Does not wait for ever: what takes longer still arrives by NOTIFY.
   */
  refresh(ids: Iterable<string>): Promise<void>;
  state(): { state: IndexState; resources: number };
};

export type ResourceIndexDeps = { pool: Pool; listener: Listener; logger: Logger };

/** Longer than a hundred thousand rows take to be read again on a busy machine. */
const REFRESH_MAX_MS = 15_000;

/**
 * This process's copy of all resources, searched by distance. Changes made by any process arrive by NOTIFY and
 * are read back by id, usually within 50 ms. While a lost connection kept changes from being heard, the old
 * copy goes on answering until a new one is complete.
 */
export const createResourceIndex = ({
  pool,
  listener,
  logger,
}: ResourceIndexDeps): ResourceIndex => {
  let index: NearbyIndex | undefined;
  let state: IndexState = 'loading';
  const changed = new Set<string>();
  let reloadWanted = false;
  let unsubscribe = (): void => undefined;
  /** Work goes on one piece at a time: a reload and a change must not overtake each other. */
  let working: Promise<void> = Promise.resolve();
  let scheduled = false;
  const stopping = new AbortController();

  const load = async (): Promise<void> => {
    const next = createNearbyIndex();
    let afterId: string | undefined;
    do {
      const rows = await listResources(pool, { limit: ROWS_PER_READ, afterId });
      for (const row of rows) put(next, row);
      afterId = rows.length === ROWS_PER_READ ? rows.at(-1)?.id : undefined;
      if (stopping.signal.aborted) return;
    } while (afterId !== undefined);
    await runInSlices(next.pack(0));
    index = next;
    // Notices that came meanwhile are still in `changed`, and their rows are read again next.
    state = reloadWanted ? 'stale' : 'current';
    logger.info({ resources: next.size() }, 'resources loaded');
  };

  const put = (into: NearbyIndex, resource: Resource): void => {
    try {
      into.put(resource);
    } catch (error) {
      // Only a row written past the import's checks; the others must still be found.
      into.remove(resource.id);
      logger.error({ err: error, resourceId: resource.id }, 'resource has no usable geometry');
    }
  };

  const applyChanges = async (into: NearbyIndex): Promise<void> => {
    while (changed.size > 0 && !reloadWanted && !stopping.signal.aborted) {
      const ids = take(changed, ROWS_PER_READ);
      try {
        const gone = new Set(ids);
        for (const resource of await findResources(pool, ids)) {
          gone.delete(resource.id);
          put(into, resource);
        }
        for (const id of gone) into.remove(id);
      } catch (error) {
        for (const id of ids) changed.add(id);
        throw error;
      }
      await runInSlices(into.pack());
    }
  };

  const work = async (): Promise<void> => {
    for (let delayMs = RETRY_MIN_MS; !stopping.signal.aborted; ) {
      try {
        if (reloadWanted || index === undefined) {
          reloadWanted = false;
          await load();
        }
        if (index !== undefined) await applyChanges(index);
        if (!reloadWanted) return;
      } catch (error) {
        reloadWanted = true;
        if (index !== undefined) state = 'stale';
        logger.warn(
          { reason: errorMessage(error), retryInMs: delayMs },
          'reading resources failed',
        );
        await sleep(delayMs, undefined, { signal: stopping.signal }).catch(() => undefined);
        delayMs = Math.min(2 * delayMs, RETRY_MAX_MS);
      }
    }
  };

  const schedule = (afterMs: number): void => {
    if (scheduled || stopping.signal.aborted) return;
    scheduled = true;
    working = working
      .then(() => sleep(afterMs, undefined, { signal: stopping.signal }).catch(() => undefined))
      .then(() => {
        scheduled = false;
        return work();
      });
  };

  return {
    name: 'resource-index',
    async start() {
      // Listening first: a change between reading and listening would be missed.
      unsubscribe = listener.on('resource_changed', {
        changed(id) {
          changed.add(id);
          schedule(GATHER_MS);
        },
        reconnected() {
          reloadWanted = true;
          if (index !== undefined) state = 'stale';
          schedule(0);
        },
      });
      const first = load();
      // A change heard meanwhile waits its turn behind the first load.
      working = first.catch(() => undefined);
      try {
        await first;
      } catch (error) {
        unsubscribe();
        stopping.abort();
        throw error;
      }
    },
    async stop() {
      unsubscribe();
      stopping.abort();
      await working;
    },
    nearby(point, query) {
      if (index === undefined) throw new Error('nearby was asked before the resources were loaded');
      return index.nearby(point, query);
    },
    async refresh(ids) {
      for (const id of ids) changed.add(id);
      schedule(0);
      const limit = new AbortController();
      await Promise.race([
        working,
        sleep(REFRESH_MAX_MS, undefined, { signal: limit.signal }).catch(() => undefined),
      ]);
      limit.abort();
    },
    state: () => ({ state, resources: index?.size() ?? 0 }),
  };
};

/** Takes up to `count` items out of the set. */
const take = (from: Set<string>, count: number): string[] => {
  const taken: string[] = [];
  for (const item of from) {
    if (taken.length === count) break;
    taken.push(item);
  }
  for (const item of taken) from.delete(item);
  return taken;
};
