import type { Queryable } from '../shared/db.ts';
import { one } from '../shared/db.ts';
import { toJsonb } from '../shared/safe-json.ts';
import type { IncidentStatus } from './candidate.ts';

/** What happened to an incident; the console and the timeline show these. */
export type IncidentEventType =
  | 'opened'
  | 'detection_added'
  | 'fix_updated'
  | 'region_changed'
  | 'confidence_changed'
  | 'suppressed'
  | 'suppression_ended'
  | 'ambiguous'
  | 'ambiguity_resolved'
  | 'detection_left'
  | 'detection_labelled'
  | 'merged'
  | 'absorbed'
  | 'split'
  | 'undone'
  | 'acknowledged'
  | 'verified'
  | 'responding'
  | 'arrived'
  | 'contained'
  | 'closed'
  | 'dismissed'
  | 'notified'
  | 'escalated'
  | 'declined'
  | 'escalation_stuck'
  | 'report_due'
  | 'reported_up'
  | 'nobody_to_notify'
  | 'notification_failed'
  | 'fallback'
  | 'foreign_aircraft';

export type NewIncidentEvent = {
  incidentId: string;
  type: IncidentEventType;
  /** `system`, `device:{id}`, `person:{id}` or `user:{name}`. */
  actor: string;
  at: Date;
  data: Record<string, unknown>;
};

export type IncidentEvent = NewIncidentEvent & {
  /** Rises in commit order, as a decimal string (bigint). */
  id: string;
};

/** Appends to the timeline. The transaction must hold the incident writer's lock (`lockIncidents`). */
export const appendEvent = async (tx: Queryable, event: NewIncidentEvent): Promise<string> => {
  const { rows } = await tx.query<{ id: string }>(
    `insert into incident_event (incident_id, type, actor, at, data) values ($1, $2, $3, $4, $5) returning id`,
    [event.incidentId, event.type, event.actor, event.at, toJsonb(event.data)],
  );
  return one(rows).id;
};

/** A merge or split as its events tell it; both incidents have one with the same `operationId`. */
export type Operation = {
  operationId: string;
  type: 'merged' | 'absorbed' | 'split';
  /** Detections went from this incident to that. */
  from: string;
  to: string;
  detectionIds: string[];
  /** Of `from`, before. */
  status: IncidentStatus;
};

/** The last merge or split an incident took part in that was not undone. */
export const lastOperation = async (
  tx: Queryable,
  incidentId: string,
): Promise<Operation | undefined> => {
  const { rows } = await tx.query<{ type: Operation['type']; data: Omit<Operation, 'type'> }>(
    `select e.type, e.data from incident_event e
      where e.incident_id = $1 and e.type in ('merged', 'absorbed', 'split') and not exists (
        select from incident_event u where u.incident_id = $1 and u.type = 'undone'
          and u.data ->> 'operationId' = e.data ->> 'operationId')
      order by e.id desc limit 1`,
    [incidentId],
  );
  const row = rows[0];
  return row === undefined ? undefined : { ...row.data, type: row.type };
};

type EventRow = {
  id: string;
  incident_id: string;
  type: IncidentEventType;
  actor: string;
  at: Date;
  data: Record<string, unknown>;
};

/** The timeline of one incident, oldest first. */
export const listEvents = async (
  db: Queryable,
  query: { incidentId: string; afterId?: string | undefined; limit: number },
): Promise<IncidentEvent[]> => {
  const { rows } = await db.query<EventRow>(
    `select id, incident_id, type, actor, at, data from incident_event
      where incident_id = $1 and id > $2 order by id limit $3`,
    [query.incidentId, query.afterId ?? '0', query.limit],
  );
  return rows.map((row) => ({
    id: row.id,
    incidentId: row.incident_id,
    type: row.type,
    actor: row.actor,
    at: row.at,
    data: row.data,
  }));
};
