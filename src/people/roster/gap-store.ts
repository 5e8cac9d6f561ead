import type { Queryable } from '../../shared/db.ts';
import type { DutyGap } from './duty-gaps.ts';

/** Why a gap is told of: it is new (or open again), it has grown since, or it begins in two hours. */
export type GapNews = DutyGap & { news: 'new' | 'grown' | 'near' };

export type GapLimits = {
  now: Date;
  /** How soon before its begin a gap is told of once more. */
  nearMs: number;
  /** How far on the end of a gap is looked for: one that reaches so far has no end yet, and does not grow. */
  aheadMs: number;
};

/** Less is a correction, no news. */
const GROWN_BY_MS = 60_000;

/**
 * Keeps what is known of gaps up to date. Returns those to be told of, and notes that they were: two processes that do so at
 * once tell once.
 */
export const recordGaps = async (
  tx: Queryable,
  gaps: readonly DutyGap[],
  limits: GapLimits,
): Promise<GapNews[]> => {
  const keys = gaps.map(({ regionId, from }) => [regionId, from.toISOString()]);
  await tx.query(
    `update duty_gap set filled_at = $2
     where filled_at is null and ends_at > $2 and not exists (
       select from jsonb_array_elements($1::jsonb) as k
       where k ->> 0 = region_id and (k ->> 1)::timestamptz = starts_at)`,
    [JSON.stringify(keys), limits.now],
  );
  const told: GapNews[] = [];
  for (const gap of gaps) {
    const news = await recordGap(tx, gap, limits);
    if (news !== null) told.push({ ...gap, news });
  }
  return told;
};

const recordGap = async (
  tx: Queryable,
  gap: DutyGap,
  { now, nearMs, aheadMs }: GapLimits,
): Promise<GapNews['news'] | null> => {
  const { regionId, from, to } = gap;
  const leftMs = from.getTime() - now.getTime();
  const nearAt = leftMs <= nearMs ? now : null;
  const { rowCount: isNew } = await tx.query(
    `insert into duty_gap (region_id, starts_at, ends_at, warned_at, told_ends_at, near_told_at)
     values ($1, $2, $3, $4, $3, $5)
     on conflict (region_id, starts_at) do update set warned_at = $4, filled_at = null, ends_at = excluded.ends_at,
         told_ends_at = excluded.told_ends_at, near_told_at = excluded.near_told_at
       where duty_gap.filled_at is not null`,
    [regionId, from, to, now, nearAt],
  );
  if (isNew === 1) return 'new';
  const { rows } = await tx.query<{
    warned_at: Date;
    told_ends_at: Date;
    near_told_at: Date | null;
  }>(
    `update duty_gap set ends_at = $3 where region_id = $1 and starts_at = $2
     returning warned_at, told_ends_at, near_told_at`,
    [regionId, from, to],
  );
  const [known] = rows;
  if (known === undefined) return null;
  const hadEnd = known.told_ends_at.getTime() < known.warned_at.getTime() + aheadMs - GROWN_BY_MS;
  const hasGrown = hadEnd && to.getTime() > known.told_ends_at.getTime() + GROWN_BY_MS;
  // One that has begun is no longer near: whoever could fill it has been told twice.
  const isNear = known.near_told_at === null && leftMs > 0 && leftMs <= nearMs;
  if (!hasGrown && !isNear) return null;
  await tx.query(
    `update duty_gap set warned_at = $3, told_ends_at = $4, near_told_at = coalesce(near_told_at, $5)
     where region_id = $1 and starts_at = $2`,
    [regionId, from, now, to, nearAt],
  );
  return hasGrown ? 'grown' : 'near';
};

/** When each gap that is open in the regions after `from` was warned of, by `gapKey`. */
export const listWarnings = async (
  db: Queryable,
  regionIds: readonly string[],
  from: Date,
): Promise<Map<string, Date>> => {
  const { rows } = await db.query<{ region_id: string; starts_at: Date; warned_at: Date }>(
    `select region_id, starts_at, warned_at from duty_gap where region_id = any($1) and ends_at > $2 and filled_at is null`,
    [regionIds, from],
  );
  return new Map(rows.map((row) => [gapKey(row.region_id, row.starts_at), row.warned_at]));
};

export const gapKey = (regionId: string, from: Date): string => `${regionId} ${from.toISOString()}`;
