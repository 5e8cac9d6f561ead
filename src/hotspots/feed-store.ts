import type { Queryable } from '../shared/db.ts';

export type FeedState = {
  name: string;
  polledAt: Date;
  succeededAt: Date | null;
  /** Why the last poll failed; null = it did not. */
  error: string | null;
};

/** Takes the turn to poll a feed; false when some process has had it since `before`. Atomic. */
export const claimFeed = async (
  db: Queryable,
  { name, now, before }: { name: string; now: Date; before: Date },
): Promise<boolean> => {
  const { rowCount } = await db.query(
    `insert into hotspot_feed (name, polled_at) values ($1, $2)
     on conflict (name) do update set polled_at = excluded.polled_at where hotspot_feed.polled_at <= $3`,
    [name, now, before],
  );
  return rowCount === 1;
};

/** How the poll ended; a success forgets the failure before it. Returns when the last one succeeded. */
export const endPoll = async (
  db: Queryable,
  { name, now, error }: { name: string; now: Date; error: string | null },
): Promise<Date | null> => {
  const { rows } = await db.query<{ succeeded_at: Date | null }>(
    `update hotspot_feed set error = $2, succeeded_at = case when $2::text is null then $3 else succeeded_at end
     where name = $1 returning succeeded_at`,
    [name, error, now],
  );
  return rows[0]?.succeeded_at ?? null;
};

export const listFeeds = async (db: Queryable, names: readonly string[]): Promise<FeedState[]> => {
  const { rows } = await db.query<FeedState>(
    `select name, polled_at as "polledAt", succeeded_at as "succeededAt", error
     from hotspot_feed where name = any($1) order by name`,
    [names],
  );
  return rows;
};
