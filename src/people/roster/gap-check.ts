import type { PoolClient } from 'pg';
import type { Clock } from '../../shared/clock.ts';
import { type Pool, type Queryable, withTransaction } from '../../shared/db.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Part } from '../../shared/part.ts';
import { listReachableIds } from '../person-store.ts';
import type { RegionLookup } from '../region-index.ts';
import { type DutyGap, dutyGaps, gapReadWindow } from './duty-gaps.ts';
import { readDutyPlan } from './duty-plan-store.ts';
import { type GapNews, recordGaps } from './gap-store.ts';
import type { Interval } from './interval.ts';

const HOUR_MS = 3_600_000;
/** A gap is warned of this long before it begins: time to find somebody by telephone in the daytime. */
const WARN_AHEAD_MS = 24 * HOUR_MS;
/** And once more when so little is left: who has let it lie so far has to act now. */
const NEAR_MS = 2 * HOUR_MS;
/** How far on the end of a gap is looked for. */
const LOOK_AHEAD_MS = 8 * 24 * HOUR_MS;
const CHECK_EVERY_MS = 600_000;
/** Looked at in one go: alerts are sent and requests answered in between, at most some 50 ms late. */
const BATCH_REGIONS = 100;

export type GapCheckDeps = {
  pool: Pool;
  regions: Pick<RegionLookup, 'all' | 'chain'>;
  clock: Clock;
  logger: Logger;
  /** Tells those who can fill the gaps, in the transaction that notes they were told. `openEnded`: no end is in sight. */
  onGaps: (tx: PoolClient, gaps: readonly ToldGap[], now: Date) => Promise<void>;
};

export type ToldGap = GapNews & { openEnded: boolean };

export type GapCheck = Part & {
  /** Checks now; returns the gaps that were told of. */
  check(): Promise<ToldGap[]>;
};

type GapQuery = {
  regionIds: readonly string[];
  chainOf: (regionId: string) => readonly string[];
  window: Interval;
};

/** Gaps of the regions that overlap `window`. */
export const readDutyGaps = async (
  db: Queryable,
  { regionIds, ...query }: GapQuery,
): Promise<DutyGap[]> => {
  const gaps: DutyGap[] = [];
  for (let start = 0; start < regionIds.length; start += BATCH_REGIONS) {
    const batch = regionIds.slice(start, start + BATCH_REGIONS);
    gaps.push(...(await readBatch(db, { ...query, regionIds: batch })));
  }
  return gaps;
};

const readBatch = async (
  db: Queryable,
  { regionIds, chainOf, window }: GapQuery,
): Promise<DutyGap[]> => {
  const read = [...new Set(regionIds.flatMap(chainOf))];
  const plan = await readDutyPlan(db, { regionIds: read, ...gapReadWindow(window) });
  const reachable = await listReachableIds(db);
  const gaps = dutyGaps({ plan, reachable, chainOf }, window);
  const asked = new Set(regionIds);
  return gaps.filter(({ regionId }) => asked.has(regionId));
};

/** Looks every 10 minutes, and at start, for stretches within the next 24 h in which nobody is on duty. Warns of each once, again when it grows and when two hours are left. */
export const createGapCheck = (deps: GapCheckDeps): GapCheck => {
  const { pool, regions, clock, logger, onGaps } = deps;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;

  const check = async (): Promise<ToldGap[]> => {
    const now = clock.now();
    const window = { from: now, to: new Date(now.getTime() + LOOK_AHEAD_MS) };
    const chainOf = (id: string): string[] => regions.chain(id);
    const regionIds = regions.all().map(({ id }) => id);
    const gaps = await readDutyGaps(pool, { regionIds, chainOf, window });
    const near = gaps.filter(({ from }) => from.getTime() <= now.getTime() + WARN_AHEAD_MS);
    const fresh = await withTransaction(pool, async (tx) => {
      const limits = { now, nearMs: NEAR_MS, aheadMs: LOOK_AHEAD_MS };
      const told = (await recordGaps(tx, near, limits)).map((gap) => {
        return { ...gap, openEnded: gap.to >= window.to };
      });
      if (told.length > 0) await onGaps(tx, told, now);
      return told;
    });
    for (const gap of fresh) warn(gap);
    return fresh;
  };

  const warn = ({ regionId, from, to, news, coveredAbove }: ToldGap): void => {
    const gap = { regionId, from, to, news };
    if (coveredAbove) {
      logger.info(gap, 'nobody is on duty in this region; alerts go to those on duty above');
    } else {
      logger.warn(
        gap,
        'NOBODY is on duty in this region or above it: alerts go to all its officers',
      );
    }
  };

  const run = (): void => {
    running ??= check()
      .then(() => undefined)
      .catch((error: unknown) =>
        logger.error({ err: error }, 'gaps in the roster could not be looked for'),
      )
      .finally(() => {
        running = undefined;
      });
  };

  return {
    name: 'duty-gap-check',
    async start() {
      run();
      timer = setInterval(run, CHECK_EVERY_MS);
    },
    async stop() {
      clearInterval(timer);
      await running;
    },
    check,
  };
};
