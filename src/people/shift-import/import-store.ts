import type { Queryable } from '../../shared/db.ts';
import { newId } from '../../shared/ids.ts';

export type ImportedShift = {
  personId: string;
  from: Date;
  to: Date;
  /** `yyyy-mm-01`. */
  month: string;
};

/** Lets one import into a region in at a time, so that two of the same month do not add up. */
export const lockRegion = async (tx: Queryable, regionId: string): Promise<boolean> => {
  const { rowCount } = await tx.query('select from region where id = $1 for no key update', [
    regionId,
  ]);
  return rowCount === 1;
};

/** Ids of persons with one of the numbers, or one of the names (compared without spaces). */
export const findCandidateIds = async (
  db: Queryable,
  { phones, names }: { phones: readonly string[]; names: readonly string[] },
): Promise<string[]> => {
  const { rows } = await db.query<{ id: string }>(
    `select person_id as id from contact_method where channel in ('sms', 'voice') and address = any($1)
     union select id from person where regexp_replace(name, '[\\s\\u3000\\u00a0]', '', 'g') = any($2)`,
    [phones, names],
  );
  return rows.map((row) => row.id);
};

export const countImported = async (
  db: Queryable,
  regionId: string,
  months: readonly string[],
): Promise<number> => {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::integer as count from shift where region_id = $1 and imported_month = any($2::date[])`,
    [regionId, months],
  );
  return rows[0]?.count ?? 0;
};

/** Puts the shifts in the place of all imported before for these months. */
export const replaceImported = async (
  tx: Queryable,
  regionId: string,
  { months, shifts }: { months: readonly string[]; shifts: readonly ImportedShift[] },
): Promise<void> => {
  await tx.query('delete from shift where region_id = $1 and imported_month = any($2::date[])', [
    regionId,
    months,
  ]);
  const rows = shifts.map((shift) => ({ id: newId(), ...shift }));
  await tx.query(
    `insert into shift (id, person_id, region_id, starts_at, ends_at, imported_month)
     select s.id, s."personId", $1, s."from", s."to", s.month
     from jsonb_to_recordset($2::jsonb) as s (id uuid, "personId" text, "from" timestamptz, "to" timestamptz, month date)`,
    [regionId, JSON.stringify(rows)],
  );
};
