import type { Queryable } from '../shared/db.ts';
import { uuidOf } from '../shared/ids.ts';
import type { NotificationJson, NotificationKind, NotificationStatus } from './notification.ts';

type Row = {
  id: string;
  incident_id: string | null;
  incident_number: string | null;
  kind: NotificationKind;
  step: number;
  occurrence: number;
  round: number;
  person_id: string;
  person_name: string;
  channel: string;
  address: string;
  text: string;
  status: NotificationStatus;
  created_at: Date;
  due_at: Date;
  submitted_at: Date | null;
  finished_at: Date | null;
  last_error: string | null;
  bundle_id: string | null;
  fallback_for: string | null;
  attempts: NotificationJson['attempts'];
  receipts: NotificationJson['receipts'];
};

/** RFC 3339 in UTC with milliseconds, as Date.toISOString writes it. */
const iso = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

export type NotificationFilter = {
  /** An incident's id or number. */
  incident: string | null;
  /** What is about no incident is seen by those who see every region, and by whom it was for. */
  regionIds: readonly string[] | null;
  personId: string | null;
  /** Id of the last of the page before. */
  before: string | null;
  limit: number;
};

/** Newest first, each with every attempt and receipt. Ids are time-ordered, so they are the cursor. */
export const listNotifications = async (
  db: Queryable,
  filter: NotificationFilter,
): Promise<NotificationJson[]> => {
  const incidentId = filter.incident === null ? null : uuidOf(filter.incident);
  const { rows } = await db.query<Row>(
    `select n.id, n.incident_id, i.number as incident_number, n.kind, n.step,
       n.occurrence::int, n.round, n.person_id,
       p.name as person_name, n.channel, n.address,
       case n.kind when 'verification' then regexp_replace(n.text, '[0-9]{6}', '******') else n.text end as text, n.status, n.created_at, n.due_at, n.submitted_at,
       n.finished_at, n.last_error,
       case when exists (select from notification o where o.bundle_id = n.bundle_id and o.id <> n.id)
         then n.bundle_id end as bundle_id, n.payload ->> 'fallbackFor' as fallback_for,
       coalesce((select json_agg(json_strip_nulls(json_build_object('attempt', a.attempt, 'provider', a.provider,
           'startedAt', ${iso('a.started_at')}, 'finishedAt', ${iso('a.finished_at')}, 'outcome', a.outcome,
           'permanent', case when a.outcome = 'failed' then a.permanent end,
           'providerMessageIds', a.provider_message_ids, 'error', a.error)) order by a.attempt)
         from delivery_attempt a where a.notification_id = n.id), '[]') as attempts,
       coalesce((select json_agg(json_strip_nulls(json_build_object('event', r.event, 'at', ${iso('r.at')},
           'receivedAt', ${iso('r.received_at')}, 'provider', r.provider,
           'providerMessageId', r.provider_message_id, 'detail', r.detail)) order by r.id)
         from receipt r where r.notification_id = n.id), '[]') as receipts
     from notification n left join incident i on i.id = n.incident_id join person p on p.id = n.person_id
     where ($1::text is null
         or n.incident_id = any(array(select id from incident where id = $6::uuid or number = $1)))
       and ($2::text[] is null or i.region_id = any($2) or i.id is null and n.person_id = $5)
       and ($3::uuid is null or n.id < $3)
     order by n.id desc limit $4`,
    [filter.incident, filter.regionIds, filter.before, filter.limit, filter.personId, incidentId],
  );
  return rows.map((row) => ({
    id: row.id,
    ...(row.incident_id === null ? {} : { incidentId: row.incident_id }),
    ...(row.incident_number === null ? {} : { incidentNumber: row.incident_number }),
    kind: row.kind,
    step: row.step,
    occurrence: row.occurrence,
    round: row.round,
    personId: row.person_id,
    personName: row.person_name,
    channel: row.channel,
    address: row.address,
    text: row.text,
    status: row.status,
    createdAt: row.created_at.toISOString(),
    dueAt: row.due_at.toISOString(),
    ...(row.submitted_at === null ? {} : { submittedAt: row.submitted_at.toISOString() }),
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at.toISOString() }),
    ...(row.last_error === null ? {} : { lastError: row.last_error }),
    ...(row.status === 'queued' && row.attempts.length > 0
      ? { nextAttemptAt: row.due_at.toISOString() }
      : {}),
    ...(row.bundle_id === null ? {} : { bundleId: row.bundle_id }),
    ...(row.fallback_for === null ? {} : { fallbackFor: row.fallback_for }),
    attempts: row.attempts,
    receipts: row.receipts,
  }));
};
