import type { Queryable } from '../shared/db.ts';

/** An alert that has not reached its person. */
export type Stranded = {
  id: string;
  incidentId: string;
  personId: string;
  channel: string;
  step: number;
  occurrence: number;
  round: number;
  createdAt: Date;
};

type StrandedRow = {
  incident_id: string;
  person_id: string;
  channel: string;
  step: number;
  occurrence: string;
  round: number;
  created_at: Date;
};

export type Waiting = { id: string; reason: string };

/**
 * Alerts that have failed so often, or that nobody has taken to send or got rid of for so long. What waits for its time
 * (the person has had many messages) is not late, and time counts from the first attempt, so that a backlog of our own is
 * not taken for a provider's trouble twice.
 */
export const listStranded = async (
  db: Queryable,
  { now, afterFailures, afterS }: { now: Date; afterFailures: number; afterS: number },
): Promise<Waiting[]> => {
  const { rows } = await db.query<{ id: string; last_error: string | null }>(
    `select n.id, n.last_error from notification n
     where n.kind = 'alert' and n.fallback_at is null and n.status in ('queued', 'sending')
       and (n.failures >= $2 or coalesce((select min(a.started_at) from delivery_attempt a
         where a.notification_id = n.id), n.due_at) <= $1::timestamptz - make_interval(secs => $3))
     order by n.id limit 100`,
    [now, afterFailures, afterS],
  );
  return rows.map(({ id, last_error }) => ({
    id,
    reason: last_error ?? `not sent in ${afterS} s`,
  }));
};

/** Marks it, once: undefined when that was done before, when it got through meanwhile, or is not wanted any more. */
export const takeStranded = async (
  tx: Queryable,
  id: string,
  now: Date,
): Promise<Stranded | undefined> => {
  const { rows } = await tx.query<StrandedRow>(
    `update notification set fallback_at = $2
     where id = $1 and fallback_at is null and kind = 'alert' and status in ('queued', 'sending', 'failed')
     returning incident_id, person_id, channel, step, occurrence, round, created_at`,
    [id, now],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  const { incident_id, person_id, created_at, occurrence, ...rest } = row;
  return {
    ...rest,
    id,
    incidentId: incident_id,
    personId: person_id,
    createdAt: created_at,
    occurrence: Number(occurrence),
  };
};

/** Channels that the same word to the same person was sent over, or tried. */
export const listUsedChannels = async (
  tx: Queryable,
  { incidentId, personId, step, occurrence, round }: Stranded,
): Promise<Set<string>> => {
  const { rows } = await tx.query<{ channel: string }>(
    `select channel from notification
     where incident_id = $1 and person_id = $2 and kind = 'alert' and step = $3 and occurrence = $4 and round = $5`,
    [incidentId, personId, step, occurrence, round],
  );
  return new Set(rows.map(({ channel }) => channel));
};
