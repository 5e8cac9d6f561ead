import { one, type Queryable } from '../shared/db.ts';
import type { Fix } from '../shared/geo.ts';

/** The incident as it is when the event is read, enough to show a list without asking again. */
export type StreamIncident = {
  id: string;
  number: string;
  status: string;
  confidence: number;
  severity: string;
  regionId: string;
  openedAt: string;
  updatedAt: string;
  acknowledgedAt?: string;
  fix: Fix;
  detectionCount: number;
  sources: string[];
};

/** One change of an incident. `id` grows in commit order, as everyone who writes events holds one lock. */
export type StreamEvent = {
  id: number;
  incidentId: string;
  number: string;
  type: string;
  actor: string;
  at: string;
  data: unknown;
  incident: StreamIncident;
};

type EventRow = {
  id: string;
  incident_id: string;
  type: string;
  actor: string;
  at: Date;
  data: unknown;
  number: string;
  status: string;
  confidence: number;
  severity: string;
  region_id: string;
  opened_at: Date;
  updated_at: Date;
  acknowledged_at: Date | null;
  fix: Fix;
  detection_count: number;
  source_ids: string[];
};

/** Id of the newest event; 0 when there is none. */
export const lastEventId = async (db: Queryable): Promise<number> => {
  const { rows } = await db.query<{ id: string }>(
    'select coalesce(max(id), 0) as id from incident_event',
  );
  return Number(one(rows).id);
};

/** Events after `id`, oldest first. */
export const eventsAfter = async (
  db: Queryable,
  id: number,
  limit: number,
): Promise<StreamEvent[]> => {
  const { rows } = await db.query<EventRow>(
    `select e.id, e.incident_id, e.type, e.actor, e.at, e.data,
            i.number, i.status, i.confidence, i.severity, i.region_id, i.opened_at, i.updated_at,
            i.acknowledged_at, i.fix, i.detection_count, i.source_ids
       from incident_event e
       join incident i on i.id = e.incident_id
      where e.id > $1
      order by e.id
      limit $2`,
    [id, limit],
  );
  return rows.map(toEvent);
};

const toEvent = (row: EventRow): StreamEvent => ({
  id: Number(row.id),
  incidentId: row.incident_id,
  number: row.number,
  type: row.type,
  actor: row.actor,
  at: row.at.toISOString(),
  data: row.data,
  incident: {
    id: row.incident_id,
    number: row.number,
    status: row.status,
    confidence: row.confidence,
    severity: row.severity,
    regionId: row.region_id,
    openedAt: row.opened_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    ...(row.acknowledged_at === null ? {} : { acknowledgedAt: row.acknowledged_at.toISOString() }),
    fix: row.fix,
    detectionCount: row.detection_count,
    sources: row.source_ids,
  },
});
