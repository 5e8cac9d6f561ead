import type { Queryable } from '../shared/db.ts';
import type { Fix } from '../shared/geo.ts';
import type { OpenVisit, WatchedFire } from './watch-airspace.ts';

/** Fires that are not over and that people were told of, or have taken. */
export const listFires = async (db: Queryable): Promise<WatchedFire[]> => {
  const { rows } = await db.query<{ id: string; fix: Fix }>(
    `select id, fix from incident
      where status in ('acknowledged', 'verified', 'responding', 'contained')
         or (status = 'reported' and alert_level <> 'none')
      order by id`,
  );
  return rows.map(({ id, fix }) => ({ incidentId: id, fix }));
};

export const listOpenVisits = async (db: Queryable): Promise<OpenVisit[]> => {
  const { rows } = await db.query<{
    id: string;
    incident_id: string;
    aircraft_id: string;
    last_inside_at: Date;
  }>(
    'select id, incident_id, aircraft_id, last_inside_at from airspace_visit where left_at is null',
  );
  return rows.map((row) => ({
    id: row.id,
    incidentId: row.incident_id,
    aircraftId: row.aircraft_id,
    lastInsideAt: row.last_inside_at,
  }));
};

/** The visit's id; undefined when the aircraft is known to be in there. */
export const openVisit = async (
  tx: Queryable,
  visit: { incidentId: string; aircraftId: string; distanceM: number; at: Date },
): Promise<string | undefined> => {
  const { rows } = await tx.query<{ id: string }>(
    `insert into airspace_visit (incident_id, aircraft_id, entered_at, last_inside_at, closest_m)
     values ($1, $2, $3, $3, $4)
     on conflict (incident_id, aircraft_id) where left_at is null do nothing returning id`,
    [visit.incidentId, visit.aircraftId, visit.at, visit.distanceM],
  );
  return rows[0]?.id;
};

export const noteInside = async (
  db: Queryable,
  { visitId, at, distanceM }: { visitId: string; at: Date; distanceM: number },
): Promise<void> => {
  await db.query(
    `update airspace_visit set last_inside_at = greatest(last_inside_at, $2), closest_m = least(closest_m, $3)
      where id = $1 and left_at is null and (last_inside_at < $2 or closest_m > $3)`,
    [visitId, at, distanceM],
  );
};

export type EndedVisit = { enteredAt: Date; lastInsideAt: Date; closestM: number };

/** What it was; undefined when another process has ended it. */
export const endVisit = async (
  tx: Queryable,
  visitId: string,
  at: Date,
): Promise<EndedVisit | undefined> => {
  const { rows } = await tx.query<{ entered_at: Date; last_inside_at: Date; closest_m: number }>(
    `update airspace_visit set left_at = $2 where id = $1 and left_at is null
     returning entered_at, last_inside_at, closest_m`,
    [visitId, at],
  );
  return rows.map((row) => ({
    enteredAt: row.entered_at,
    lastInsideAt: row.last_inside_at,
    closestM: row.closest_m,
  }))[0];
};

/** Incidents in whose airspace they are, by aircraft. */
export const incidentsVisited = async (
  db: Queryable,
  aircraftIds: readonly string[],
): Promise<Map<string, string[]>> => {
  const { rows } = await db.query<{ aircraft_id: string; incident_ids: string[] }>(
    `select aircraft_id, array_agg(incident_id order by incident_id) as incident_ids from airspace_visit
      where left_at is null and aircraft_id = any($1) group by aircraft_id`,
    [aircraftIds],
  );
  return new Map(rows.map((row) => [row.aircraft_id, row.incident_ids]));
};
