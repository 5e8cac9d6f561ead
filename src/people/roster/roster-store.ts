import type { Queryable } from '../../shared/db.ts';
import type { Roster } from './roster.ts';

type RosterRow = {
  id: string;
  region_id: string;
  name: string;
  time_zone: string;
  rotation: string[][];
  handover: string;
  days_per_turn: number;
  starts_on: string;
  ends_on: string | null;
};

/** Days as text: a Date would put them into the time zone of this process. */
const SELECT = `select r.id, r.region_id, r.name, r.time_zone, r.handover, r.days_per_turn,
    r.starts_on::text as starts_on, r.ends_on::text as ends_on,
    coalesce((select json_agg(s.person_ids order by s.slot) from (
        select m.slot, json_agg(m.person_id order by m.position) as person_ids
        from roster_member m where m.roster_id = r.id group by m.slot) s), '[]') as rotation
  from roster r`;

const toRoster = (row: RosterRow): Roster => ({
  id: row.id,
  regionId: row.region_id,
  name: row.name,
  timeZone: row.time_zone,
  rotation: row.rotation,
  handover: row.handover,
  daysPerTurn: row.days_per_turn,
  startsOn: row.starts_on,
  endsOn: row.ends_on,
});

export const findRoster = async (db: Queryable, id: string): Promise<Roster | undefined> => {
  const { rows } = await db.query<RosterRow>(`${SELECT} where r.id = $1`, [id]);
  return rows.map(toRoster)[0];
};

export type RosterFilter = {
  /** Null = every region. */
  regionIds: readonly string[] | null;
  after?: string;
  limit: number;
};

export const listRosters = async (db: Queryable, filter: RosterFilter): Promise<Roster[]> => {
  const { rows } = await db.query<RosterRow>(
    `${SELECT} where ($1::text[] is null or r.region_id = any($1)) and ($2::uuid is null or r.id > $2)
     order by r.id limit $3`,
    [filter.regionIds, filter.after ?? null, filter.limit],
  );
  return rows.map(toRoster);
};

/** False when the region has a roster of that name already. */
export const insertRoster = async (tx: Queryable, roster: Roster): Promise<boolean> => {
  const { rowCount } = await tx.query(
    `insert into roster (id, region_id, name, time_zone, handover, days_per_turn, starts_on, ends_on)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (region_id, name) do nothing`,
    [
      roster.id,
      roster.regionId,
      roster.name,
      roster.timeZone,
      roster.handover,
      roster.daysPerTurn,
      roster.startsOn,
      roster.endsOn,
    ],
  );
  if (rowCount !== 1) return false;
  await insertMembers(tx, roster);
  return true;
};

/** False when the region has another roster of that name. */
export const updateRoster = async (tx: Queryable, roster: Roster): Promise<boolean> => {
  const { rowCount } = await tx.query(
    `update roster set name = $2, time_zone = $3, handover = $4, days_per_turn = $5, starts_on = $6, ends_on = $7,
       updated_at = now()
     where id = $1 and not exists (select from roster o where o.region_id = roster.region_id and o.name = $2 and o.id <> $1)`,
    [
      roster.id,
      roster.name,
      roster.timeZone,
      roster.handover,
      roster.daysPerTurn,
      roster.startsOn,
      roster.endsOn,
    ],
  );
  if (rowCount !== 1) return false;
  await tx.query('delete from roster_member where roster_id = $1', [roster.id]);
  await insertMembers(tx, roster);
  return true;
};

const insertMembers = async (tx: Queryable, { id, rotation }: Roster): Promise<void> => {
  const members = rotation.flatMap((slot, index) =>
    slot.map((personId, position) => ({ slot: index, position, personId })),
  );
  await tx.query(
    `insert into roster_member (roster_id, slot, position, person_id)
     select $1, m.slot, m.position, m."personId"
     from jsonb_to_recordset($2::jsonb) as m (slot integer, position integer, "personId" text)`,
    [id, JSON.stringify(members)],
  );
};

export const deleteRoster = async (db: Queryable, id: string): Promise<void> => {
  await db.query('delete from roster where id = $1', [id]);
};
