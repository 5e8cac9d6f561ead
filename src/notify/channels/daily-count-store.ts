import type { Queryable } from '../../shared/db.ts';

export type DailyCount = {
  provider: string;
  address: string;
  /** Local, `yyyy-mm-dd`. */
  day: string;
};

/**
 * Counts one message to a number and says by which of the templates: the one it has had the least of today. Undefined when
 * it has had `limit` of each. Counted before it is sent, so that two processes together keep the limit.
 */
export const takeTemplate = async (
  db: Queryable,
  { provider, address, day }: DailyCount,
  { templates, limit }: { templates: readonly string[]; limit: number },
): Promise<string | undefined> => {
  // Who meets another at the limit's last message gets no row, though another template may be left: looks once more each.
  for (let tries = 0; tries <= templates.length; tries += 1) {
    const { rows } = await db.query<{ template: string }>(
      `insert into sms_daily_count as c (provider, address, day, template, sent)
       select $1, $2, $3::date, t.code, 1
       from unnest($4::text[]) with ordinality as t (code, place)
         left join sms_daily_count s on s.provider = $1 and s.address = $2 and s.day = $3::date and s.template = t.code
       where coalesce(s.sent, 0) < $5
       order by coalesce(s.sent, 0), t.place limit 1
       on conflict (day, provider, template, address) do update set sent = c.sent + 1 where c.sent < $5
       returning c.template`,
      [provider, address, day, templates, limit],
    );
    if (rows[0] !== undefined) return rows[0].template;
  }
  return undefined;
};

/** It was not sent after all. */
export const giveBackTemplate = async (
  db: Queryable,
  { provider, address, day }: DailyCount,
  template: string,
): Promise<void> => {
  await db.query(
    `update sms_daily_count set sent = greatest(sent - 1, 0)
     where provider = $1 and address = $2 and day = $3 and template = $4`,
    [provider, address, day, template],
  );
};

/** The carrier says that the number has had all it may of the template today, whatever we have counted. */
export const exhaustTemplate = async (
  db: Queryable,
  { provider, address, day }: DailyCount,
  { template, limit }: { template: string; limit: number },
): Promise<void> => {
  await db.query(
    `update sms_daily_count set sent = $5 where provider = $1 and address = $2 and day = $3 and template = $4`,
    [provider, address, day, template, limit],
  );
};

/** Counts of past days serve nothing. */
export const forgetDays = async (db: Queryable, before: string): Promise<void> => {
  await db.query(`delete from sms_daily_count where day < $1`, [before]);
};
