import type { Queryable } from '../shared/db.ts';
import type { Shift } from './shift.ts';

type ShiftRow = {
  id: string;
  person_id: string;
  person_name: string;
  region_id: string;
  starts_at: Date;
  ends_at: Date;
};

const SELECT = `select s.id, s.person_id, p.name as person_name, s.region_id, s.starts_at, s.ends_at
  from shift s join person p on p.id = s.person_id`;

const toShift = (row: ShiftRow): Shift => ({
  id: row.id,
  personId: row.person_id,
  personName: row.person_name,
  regionId: row.region_id,
  from: row.starts_at,
  to: row.ends_at,
});

/** A shift of the person in the region that overlaps the span, if there is one. */
export const findOverlappingShift = async (
  db: Queryable,
  { personId, regionId, from, to }: Pick<Shift, 'personId' | 'regionId' | 'from' | 'to'>,
): Promise<Shift | undefined> => {
  const { rows } = await db.query<ShiftRow>(
    `${SELECT} where s.person_id = $1 and s.region_id = $2 and s.ends_at > $3 and s.starts_at < $4
     order by s.starts_at limit 1`,
    [personId, regionId, from, to],
  );
  return rows.map(toShift)[0];
};

export const insertShift = async (
  db: Queryable,
  shift: Omit<Shift, 'personName'>,
): Promise<void> => {
  await db.query(
    'insert into shift (id, person_id, region_id, starts_at, ends_at) values ($1, $2, $3, $4, $5)',
    [shift.id, shift.personId, shift.regionId, shift.from, shift.to],
  );
};

export const findShift = async (db: Queryable, id: string): Promise<Shift | undefined> => {
  const { rows } = await db.query<ShiftRow>(`${SELECT} where s.id = $1`, [id]);
  return rows.map(toShift)[0];
};

export const deleteShift = async (db: Queryable, id: string): Promise<boolean> => {
  const { rowCount } = await db.query('delete from shift where id = $1', [id]);
  return rowCount === 1;
};

export type ShiftFilter = {
  /** Shifts that overlap [from, to); either end may be open. */
  from: Date | null;
  to: Date | null;
  regionIds: readonly string[] | null;
  personId: string | null;
  /** The last row of the page before. */
  after: { from: string; id: string } | null;
  limit: number;
};

export const listShifts = async (db: Queryable, filter: ShiftFilter): Promise<Shift[]> => {
  const { rows } = await db.query<ShiftRow>(
    `${SELECT}
     where ($1::timestamptz is null or s.ends_at > $1) and ($2::timestamptz is null or s.starts_at < $2)
       and ($3::text[] is null or s.region_id = any($3)) and ($4::text is null or s.person_id = $4)
       and ($5::timestamptz is null or (s.starts_at, s.id) > ($5, $6::uuid))
     order by s.starts_at, s.id limit $7`,
    [
      filter.from,
      filter.to,
      filter.regionIds,
      filter.personId,
      filter.after?.from ?? null,
      filter.after?.id ?? null,
      filter.limit,
    ],
  );
  return rows.map(toShift);
};
