import type { Queryable } from '../../shared/db.ts';
import type { DutyGap } from './duty-gaps.ts';

/**
 * Keeps what is known of gaps up to date. Returns those to be warned of: new ones, and those that were filled and are open
 * again. Two processes that do so at once warn once.
 */
export const recordGaps = async (
  tx: Queryable,
  gaps: readonly DutyGap[],
  now: Date,
): Promise<DutyGap[]> => {
  const keys = gaps.map(({ regionId, from }) => [regionId, from.toISOString()]);
  await tx.query(
    `update duty_gap set filled_at = $2
     where filled_at is null and ends_at > $2 and not exists (
       select from jsonb_array_elements($1::jsonb) as k
       where k ->> 0 = region_id and (k ->> 1)::timestamptz = starts_at)`,
    [JSON.stringify(keys), now],
  );
  const fresh: DutyGap[] = [];
  for (const gap of gaps) {
    const { rowCount } = await tx.query(
      `insert into duty_gap (region_id, starts_at, ends_at, warned_at) values ($1, $2, $3, $4)
       on conflict (region_id, starts_at) do update set warned_at = $4, filled_at = null, ends_at = excluded.ends_at
         where duty_gap.filled_at is not null`,
      [gap.regionId, gap.from, gap.to, now],
    );
    if (rowCount === 1) fresh.push(gap);
    else {
      await tx.query(
        'update duty_gap set ends_at = $3 where region_id = $1 and starts_at = $2 and ends_at <> $3',
        [gap.regionId, gap.from, gap.to],
      );
    }
  }
  return fresh;
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
