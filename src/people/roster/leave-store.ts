import type { Queryable } from '../../shared/db.ts';
import type { Leave } from './roster.ts';

type LeaveRow = {
  id: string;
  person_id: string;
  starts_at: Date;
  ends_at: Date;
  reason: string | null;
};

const SELECT = 'select id, person_id, starts_at, ends_at, reason from person_leave';

const toLeave = (row: LeaveRow): Leave => ({
  id: row.id,
  personId: row.person_id,
  from: row.starts_at,
  to: row.ends_at,
  reason: row.reason,
});

export const findLeave = async (db: Queryable, id: string): Promise<Leave | undefined> => {
  const { rows } = await db.query<LeaveRow>(`${SELECT} where id = $1`, [id]);
  return rows.map(toLeave)[0];
};

/** Everybody's leave that overlaps [from, to), by start: whoever is asked for when nobody is on duty may be on leave, too. */
export const listLeavesBetween = async (
  db: Queryable,
  { from, to }: { from: Date; to: Date },
): Promise<Leave[]> => {
  const { rows } = await db.query<LeaveRow>(
    `${SELECT} where ends_at > $1 and starts_at < $2 order by starts_at, id`,
    [from, to],
  );
  return rows.map(toLeave);
};

export const insertLeave = async (
  db: Queryable,
  { id, personId, from, to, reason }: Leave,
  createdBy: string,
): Promise<void> => {
  await db.query(
    `insert into person_leave (id, person_id, starts_at, ends_at, reason, created_by)
     values ($1, $2, $3, $4, $5, $6)`,
    [id, personId, from, to, reason, createdBy],
  );
};

export const deleteLeave = async (db: Queryable, id: string): Promise<void> => {
  await db.query('delete from person_leave where id = $1', [id]);
};
