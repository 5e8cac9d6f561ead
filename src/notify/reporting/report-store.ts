import type { Queryable } from '../../shared/db.ts';

export type Report = {
  warnedAt: Date | null;
  reportedAt: Date | null;
  reportedBy: string | null;
  reportedTo: string | null;
};

export const findReport = async (
  db: Queryable,
  incidentId: string,
): Promise<Report | undefined> => {
  const { rows } = await db.query<{
    warned_at: Date | null;
    reported_at: Date | null;
    reported_by: string | null;
    reported_to: string | null;
  }>(
    'select warned_at, reported_at, reported_by, reported_to from incident_report where incident_id = $1',
    [incidentId],
  );
  return rows.map((row) => ({
    warnedAt: row.warned_at,
    reportedAt: row.reported_at,
    reportedBy: row.reported_by,
    reportedTo: row.reported_to,
  }))[0];
};

/**
 * Fires people are at work on for at least `afterS` seconds that were neither reported nor warned about. What is older
 * than a day is past warning: it was from before there was a rule.
 */
export const listUnreported = async (
  db: Queryable,
  now: Date,
  afterS: number,
): Promise<string[]> => {
  const { rows } = await db.query<{ id: string }>(
    `select i.id from incident i
     where i.status in ('verified', 'responding')
       and least(i.verified_at, i.responding_at) between $1::timestamptz - interval '1 day'
         and $1::timestamptz - $2 * interval '1 second'
       and not exists (select from incident_report r where r.incident_id = i.id)
     order by i.id`,
    [now, afterS],
  );
  return rows.map(({ id }) => id);
};

/** True when this call noted it: nobody was warned of it before, and it was not reported. */
export const noteWarned = async (
  tx: Queryable,
  incidentId: string,
  now: Date,
): Promise<boolean> => {
  const { rowCount } = await tx.query(
    'insert into incident_report (incident_id, warned_at) values ($1, $2) on conflict (incident_id) do nothing',
    [incidentId, now],
  );
  return rowCount === 1;
};

/** True when this call noted it; a second report leaves the first as it is. */
export const noteReported = async (
  tx: Queryable,
  incidentId: string,
  { at, by, to }: { at: Date; by: string; to: string | null },
): Promise<boolean> => {
  const { rowCount } = await tx.query(
    `insert into incident_report (incident_id, reported_at, reported_by, reported_to) values ($1, $2, $3, $4)
     on conflict (incident_id) do update set reported_at = $2, reported_by = $3, reported_to = $4
       where incident_report.reported_at is null`,
    [incidentId, at, by, to],
  );
  return rowCount === 1;
};

/** When the first forces arrived; null while none have. */
export const findArrival = async (db: Queryable, incidentId: string): Promise<Date | null> => {
  const { rows } = await db.query<{ at: Date | null }>(
    `select min(at) as at from incident_event where incident_id = $1 and type = 'arrived'`,
    [incidentId],
  );
  return rows[0]?.at ?? null;
};
