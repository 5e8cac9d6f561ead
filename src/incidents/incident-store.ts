import type { Queryable } from '../shared/db.ts';
import { one } from '../shared/db.ts';
import type { Fix } from '../shared/geo.ts';
import { toJsonb } from '../shared/safe-json.ts';
import type { IncidentStatus } from './candidate.ts';
import type { AlertLevel, Factor } from './confidence.ts';
import type { Incident, Severity, StoredHypothesis, StoredSuppression } from './incident.ts';

/**
 * Held by every transaction that decides about incidents or writes an incident_event: two detections of
 * one fire at the same instant must not open two incidents, and event ids must be in commit order, or a
 * stream that resumes after the last id it saw would skip one that committed late.
 * Any constant does, as long as all processes use the same.
 */
const INCIDENT_WRITER_LOCK = 71_301;

/** Waits for the incident writer's lock; released at commit or rollback. */
export const lockIncidents = async (tx: Queryable): Promise<void> => {
  await tx.query('select pg_advisory_xact_lock($1)', [INCIDENT_WRITER_LOCK]);
};

const COLUMNS = `id, number, status, confidence, severity, region_id, fix, detection_count, source_ids, opened_at,
  updated_at, last_observed_at, last_received_at, acknowledged_at, verified_at, responding_at, contained_at, closed_at,
  dismissed_reason, merged_into_id, anchor_device_id, alert_level, factors, suppressions, hypotheses`;

type IncidentRow = {
  id: string;
  number: string;
  status: IncidentStatus;
  confidence: number;
  severity: Severity;
  region_id: string;
  fix: Fix;
  detection_count: number;
  source_ids: string[];
  opened_at: Date;
  updated_at: Date;
  last_observed_at: Date;
  last_received_at: Date;
  acknowledged_at: Date | null;
  verified_at: Date | null;
  responding_at: Date | null;
  contained_at: Date | null;
  closed_at: Date | null;
  dismissed_reason: string | null;
  merged_into_id: string | null;
  anchor_device_id: string;
  alert_level: AlertLevel;
  factors: Factor[];
  suppressions: StoredSuppression[];
  hypotheses: StoredHypothesis[] | null;
};

const toIncident = (row: IncidentRow): Incident => ({
  id: row.id,
  number: row.number,
  status: row.status,
  confidence: row.confidence,
  severity: row.severity,
  regionId: row.region_id,
  fix: row.fix,
  detectionCount: row.detection_count,
  sourceIds: row.source_ids,
  openedAt: row.opened_at,
  updatedAt: row.updated_at,
  lastObservedAt: row.last_observed_at,
  lastReceivedAt: row.last_received_at,
  acknowledgedAt: row.acknowledged_at,
  verifiedAt: row.verified_at,
  respondingAt: row.responding_at,
  containedAt: row.contained_at,
  closedAt: row.closed_at,
  dismissedReason: row.dismissed_reason,
  mergedIntoId: row.merged_into_id,
  anchorDeviceId: row.anchor_device_id,
  alertLevel: row.alert_level,
  factors: row.factors,
  suppressions: row.suppressions,
  hypotheses: row.hypotheses ?? [],
});

export type CandidateQuery = {
  /** The new detection's place and source. */
  near: Fix;
  deviceId: string;
  /** Touched since, by either clock: incidents people are at work on, and others. */
  activeSince: Date;
  since: Date;
};

/**
 * Two ellipses that touch have their centres no farther apart than their semi-axes. Beyond that one bearing of an
 * incident elsewhere may cross the new one: within the range of a camera.
 */
const SPARE_M = 15_000;

/**
 * Incidents that may take a detection: not over (a dismissed one only for a source it was dismissed for), touched
 * lately, and near enough for the two fixes to be of one place. In a dry week hundreds are open; most are elsewhere.
 */
export const listCandidates = async (
  tx: Queryable,
  { near, deviceId, activeSince, since }: CandidateQuery,
): Promise<Incident[]> => {
  const reachM = near.ellipse.semiMajorM + SPARE_M;
  const { rows } = await tx.query<IncidentRow>(
    `select ${COLUMNS} from incident
      where status in ('reported', 'acknowledged', 'verified', 'responding', 'contained', 'dismissed')
        and (status <> 'dismissed' or $1 = any(source_ids))
        and greatest(last_received_at, last_observed_at) >=
          case when status in ('verified', 'responding', 'contained') then $2::timestamptz else $3::timestamptz end
        and ($1 = any(source_ids)
          or abs(lat - $5::float8) * 110574 <= $6::float8 + (fix #>> '{ellipse,semiMajorM}')::float8
          and abs(lon - $4::float8) * 111320 * cos(radians($5::float8)) <= $6::float8 + (fix #>> '{ellipse,semiMajorM}')::float8)
      order by id`,
    [deviceId, activeSince, since, near.lon, near.lat, reachM],
  );
  return rows.map(toIncident);
};

/** Incidents nobody has judged yet: all, or those that a layer holds down. Oldest first. */
export const listUnjudged = async (
  db: Queryable,
  only: 'suppressed' | 'all',
): Promise<string[]> => {
  const { rows } = await db.query<{ id: string }>(
    `select id from incident
      where status in ('reported', 'acknowledged') and ($1 = 'all' or suppressions <> '[]') order by opened_at`,
    [only],
  );
  return rows.map(({ id }) => id);
};

/** The next number of a region and local day, from 1. Under the writer's lock, so without gaps. */
export const nextSequence = async (
  tx: Queryable,
  regionCode: string,
  day: string,
): Promise<number> => {
  const { rows } = await tx.query<{ last: number }>(
    `insert into incident_counter (region_code, day, last) values ($1, $2, 1)
     on conflict (region_code, day) do update set last = incident_counter.last + 1
     returning last`,
    [regionCode, day],
  );
  return one(rows).last;
};

export const insertIncident = async (tx: Queryable, incident: Incident): Promise<void> => {
  await tx.query(
    `insert into incident (id, number, status, severity, region_id, opened_at, anchor_device_id, confidence,
       factors, alert_level, suppressions, hypotheses, lon, lat, fix, detection_count, source_ids, updated_at,
       last_observed_at, last_received_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
    [
      incident.id,
      incident.number,
      incident.status,
      incident.severity,
      incident.regionId,
      incident.openedAt,
      incident.anchorDeviceId,
      ...assessedValues(incident),
    ],
  );
};

/** Writes what an assessment may change: all but status, number and the times of people's acts. */
export const updateAssessed = async (tx: Queryable, incident: Incident): Promise<void> => {
  await tx.query(
    `update incident set severity = $2, region_id = $3, confidence = $4, factors = $5, alert_level = $6,
       suppressions = $7, hypotheses = $8, lon = $9, lat = $10, fix = $11, detection_count = $12, source_ids = $13,
       updated_at = $14, last_observed_at = $15, last_received_at = $16, anchor_device_id = $17
     where id = $1`,
    [
      incident.id,
      incident.severity,
      incident.regionId,
      ...assessedValues(incident),
      incident.anchorDeviceId,
    ],
  );
};

const assessedValues = (incident: Incident): unknown[] => [
  incident.confidence,
  toJsonb(incident.factors),
  incident.alertLevel,
  toJsonb(incident.suppressions),
  incident.hypotheses.length === 0 ? null : toJsonb(incident.hypotheses),
  incident.fix.lon,
  incident.fix.lat,
  toJsonb(incident.fix),
  incident.detectionCount,
  incident.sourceIds,
  incident.updatedAt,
  incident.lastObservedAt,
  incident.lastReceivedAt,
];

/** Column that keeps when a status was first reached. */
const TIME_COLUMN: Partial<Record<IncidentStatus, string>> = {
  acknowledged: 'acknowledged_at',
  verified: 'verified_at',
  responding: 'responding_at',
  contained: 'contained_at',
  closed: 'closed_at',
  dismissed: 'closed_at',
};

export type StatusChange = { id: string; status: IncidentStatus; at: Date; reason: string | null };

/** Merges an incident into another, or (null) gives it back the status it had. Its detections are moved apart from this. */
export const setMergedInto = async (
  tx: Queryable,
  change: { id: string; intoId: string | null; status: IncidentStatus; at: Date },
): Promise<void> => {
  await tx.query(
    `update incident set status = $2, merged_into_id = $3, updated_at = $4,
       detection_count = (select count(*) from detection where incident_id = $1)
     where id = $1`,
    [change.id, change.status, change.intoId, change.at],
  );
};

/**
 * Sets the status and the time it was reached. Verifying, dispatching or dismissing an incident nobody
 * acknowledged also sets `acknowledged_at`: somebody has seen it.
 */
export const updateStatus = async (tx: Queryable, change: StatusChange): Promise<Incident> => {
  const column = TIME_COLUMN[change.status];
  const setTime = column === undefined ? '' : `${column} = coalesce(${column}, $3),`;
  const setSeen =
    change.status === 'acknowledged' ? '' : 'acknowledged_at = coalesce(acknowledged_at, $3),';
  const { rows } = await tx.query<IncidentRow>(
    `update incident set status = $2, ${setTime} ${setSeen} dismissed_reason = $4, updated_at = $3
      where id = $1 returning ${COLUMNS}`,
    [change.id, change.status, change.at, change.reason],
  );
  return toIncident(one(rows));
};

export const findIncident = async (db: Queryable, id: string): Promise<Incident | undefined> => {
  const { rows } = await db.query<IncidentRow>(`select ${COLUMNS} from incident where id = $1`, [
    id,
  ]);
  return rows[0] === undefined ? undefined : toIncident(rows[0]);
};

/** Those of the given ids that exist, by id. */
export const findIncidents = async (
  db: Queryable,
  ids: readonly string[],
): Promise<Map<string, Incident>> => {
  const { rows } = await db.query<IncidentRow>(
    `select ${COLUMNS} from incident where id = any($1::uuid[])`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, toIncident(row)]));
};

export type IncidentQuery = {
  statuses?: readonly IncidentStatus[] | undefined;
  /** [west, south, east, north] in degrees. */
  bbox?: readonly [number, number, number, number] | undefined;
  /** Changed at or after. */
  since?: Date | undefined;
  /** undefined = all. */
  regionIds?: readonly string[] | undefined;
  /** The last incident of the page before. */
  after?: { openedAt: Date; id: string } | undefined;
  limit: number;
};

/** Newest first. */
export const listIncidents = async (db: Queryable, query: IncidentQuery): Promise<Incident[]> => {
  const [west, south, east, north] = query.bbox ?? [null, null, null, null];
  const { rows } = await db.query<IncidentRow>(
    `select ${COLUMNS} from incident
      where ($1::text[] is null or status = any($1))
        and ($2::float8 is null or (lon between $2 and $4 and lat between $3 and $5))
        and ($6::timestamptz is null or updated_at >= $6)
        and ($7::text[] is null or region_id = any($7))
        and ($8::timestamptz is null or (opened_at, id) < ($8, $9::uuid))
      order by opened_at desc, id desc limit $10`,
    [
      query.statuses ?? null,
      west,
      south,
      east,
      north,
      query.since ?? null,
      query.regionIds ?? null,
      query.after?.openedAt ?? null,
      query.after?.id ?? null,
      query.limit,
    ],
  );
  return rows.map(toIncident);
};
