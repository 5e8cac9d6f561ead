import { findIncidents, type IncidentJson, incidentJson } from '../incidents/index.ts';
import { one, type Queryable } from '../shared/db.ts';

/** One change of an incident. `id` grows in commit order, as everyone who writes events holds one lock. */
export type StreamEvent = {
  id: number;
  incidentId: string;
  number: string;
  type: string;
  actor: string;
  at: string;
  data: unknown;
  /** As it is when the event is read: enough to keep a list current without asking again. */
  incident: IncidentJson;
};

type EventRow = {
  id: string;
  incident_id: string;
  type: string;
  actor: string;
  at: Date;
  data: unknown;
};

/** Id of the newest event; 0 when there is none. */
export const lastEventId = async (db: Queryable): Promise<number> => {
  const { rows } = await db.query<{ id: string }>(
    'select coalesce(max(id), 0) as id from incident_event',
  );
  return Number(one(rows).id);
};

/** Events after `id` of every incident, oldest first. */
export const eventsAfter = async (
  db: Queryable,
  id: number,
  limit: number,
): Promise<StreamEvent[]> => {
  const { rows } = await db.query<EventRow>(
    `select id, incident_id, type, actor, at, data
       from incident_event where id > $1 order by id limit $2`,
    [id, limit],
  );
  if (rows.length === 0) return [];
  const incidents = await findIncidents(db, [...new Set(rows.map((row) => row.incident_id))]);
  return rows.flatMap((row) => {
    const incident = incidents.get(row.incident_id);
    return incident === undefined ? [] : [toStreamEvent(row, incidentJson(incident))];
  });
};

const toStreamEvent = (row: EventRow, incident: IncidentJson): StreamEvent => ({
  id: Number(row.id),
  incidentId: row.incident_id,
  number: incident.number,
  type: row.type,
  actor: row.actor,
  at: row.at.toISOString(),
  data: row.data,
  incident,
});
