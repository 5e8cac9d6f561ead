import type { Queryable } from '../../shared/db.ts';
import type { PlanFilter } from './duty-plan-store.ts';
import type { DutyOverride } from './roster.ts';

type OverrideRow = {
  id: string;
  region_id: string;
  person_id: string;
  instead_of: string;
  starts_at: Date;
  ends_at: Date;
  reason: string | null;
};

const SELECT =
  'select id, region_id, person_id, instead_of, starts_at, ends_at, reason from duty_override';

const toOverride = (row: OverrideRow): DutyOverride => ({
  id: row.id,
  regionId: row.region_id,
  personId: row.person_id,
  insteadOf: row.instead_of,
  from: row.starts_at,
  to: row.ends_at,
  reason: row.reason,
});

export const findOverride = async (
  db: Queryable,
  id: string,
): Promise<DutyOverride | undefined> => {
  const { rows } = await db.query<OverrideRow>(`${SELECT} where id = $1`, [id]);
  return rows.map(toOverride)[0];
};

/** Those that overlap [from, to), by start. */
export const listOverridesBetween = async (
  db: Queryable,
  { regionIds, from, to }: PlanFilter,
): Promise<DutyOverride[]> => {
  const { rows } = await db.query<OverrideRow>(
    `${SELECT} where ($1::text[] is null or region_id = any($1)) and ends_at > $2 and starts_at < $3
     order by starts_at, id`,
    [regionIds, from, to],
  );
  return rows.map(toOverride);
};

/**
 * Null when stored; else the override of the same person's duty that it overlaps. The region's row is locked, so that two
 * of them cannot be entered at once.
 */
export const insertOverride = async (
  tx: Queryable,
  override: DutyOverride,
  createdBy: string,
): Promise<DutyOverride | null> => {
  const { id, regionId, personId, insteadOf, from, to, reason } = override;
  await tx.query('select from region where id = $1 for no key update', [regionId]);
  const { rows } = await tx.query<OverrideRow>(
    `${SELECT} where region_id = $1 and instead_of = $2 and ends_at > $3 and starts_at < $4
     order by starts_at limit 1`,
    [regionId, insteadOf, from, to],
  );
  const twin = rows.map(toOverride)[0];
  if (twin !== undefined) return twin;
  await tx.query(
    `insert into duty_override (id, region_id, person_id, instead_of, starts_at, ends_at, reason, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, regionId, personId, insteadOf, from, to, reason, createdBy],
  );
  return null;
};

export const deleteOverride = async (db: Queryable, id: string): Promise<void> => {
  await db.query('delete from duty_override where id = $1', [id]);
};
