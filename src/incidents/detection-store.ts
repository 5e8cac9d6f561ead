import type { DeviceProblem } from '../devices/index.ts';
import type { Sighting } from '../locate/index.ts';
import { one, type Queryable } from '../shared/db.ts';
import type { Fix } from '../shared/geo.ts';
import { toJsonb } from '../shared/safe-json.ts';
import type { DetectionKind } from './incident.ts';
import type { SourceClass } from './track.ts';

/** What a person says a detection really shows. */
export type DetectionLabel = 'wildfire_smoke' | 'other_smoke' | 'other';

export type StoredDetection = {
  id: string;
  deviceId: string;
  incidentId: string;
  kind: DetectionKind;
  confidence: number;
  /** Device clock. */
  observedAt: Date;
  /** Our clock. */
  receivedAt: Date;
  /** What this detection alone says of the place. */
  fix: Fix;
  azimuthDeg: number | null;
  elevationDeg: number | null;
  rangeM: number | null;
  temperatureC: number | null;
  imageUrl: string | null;
  label: DetectionLabel | null;
  /** What was wrong with the device then; null = nothing known. */
  deviceProblems: DeviceProblem[] | null;
};

/** The detection already stored under this key, if it was. */
export const findByDedupeKey = async (
  db: Queryable,
  deviceId: string,
  dedupeKey: string,
): Promise<{ id: string; incidentId: string } | undefined> => {
  const { rows } = await db.query<{ id: string; incident_id: string }>(
    `select id, incident_id from detection where device_id = $1 and dedupe_key = $2`,
    [deviceId, dedupeKey],
  );
  const row = rows[0];
  return row === undefined ? undefined : { id: row.id, incidentId: row.incident_id };
};

export type NewDetectionRow = Omit<StoredDetection, 'label'> & {
  source: SourceClass;
  sighting: Sighting;
  dedupeKey: string;
  topic: string;
  raw: Buffer;
};

export const insertDetection = async (tx: Queryable, d: NewDetectionRow): Promise<void> => {
  await tx.query(
    `insert into detection (id, device_id, dedupe_key, incident_id, kind, confidence, observed_at, received_at, fix,
       azimuth_deg, elevation_deg, range_m, temperature_c, image_url, topic, raw, source, sighting, device_problems)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
    [
      d.id,
      d.deviceId,
      d.dedupeKey,
      d.incidentId,
      d.kind,
      d.confidence,
      d.observedAt,
      d.receivedAt,
      toJsonb(d.fix),
      d.azimuthDeg,
      d.elevationDeg,
      d.rangeM,
      d.temperatureC,
      d.imageUrl,
      d.topic,
      d.raw,
      d.source,
      toJsonb(d.sighting),
      d.deviceProblems === null ? null : toJsonb(d.deviceProblems),
    ],
  );
};

/** What some satellites reported between two times, by their own clocks. */
export const listSatelliteDetections = async (
  db: Queryable,
  { deviceIds, from, to }: { deviceIds: readonly string[]; from: Date; to: Date },
): Promise<Pick<StoredDetection, 'deviceId' | 'observedAt' | 'fix'>[]> => {
  const { rows } = await db.query<Pick<StoredDetection, 'deviceId' | 'observedAt' | 'fix'>>(
    `select device_id as "deviceId", observed_at as "observedAt", fix from detection
     where source in ('viirs', 'modis', 'himawari') and device_id = any($1) and observed_at between $2 and $3`,
    [deviceIds, from, to],
  );
  return rows;
};

/** The newest detection of an incident: what people are told of. */
export const newestSeen = async (
  db: Queryable,
  incidentId: string,
): Promise<
  Pick<StoredDetection, 'deviceId' | 'kind' | 'observedAt' | 'receivedAt'> | undefined
> => {
  const [newest] = await listDetections(db, incidentId, 1);
  return newest;
};

/** The first received of some detections; throws when there is none. */
export const oldestOf = async (
  db: Queryable,
  ids: readonly string[],
): Promise<{ deviceId: string; fix: Fix }> => {
  const { rows } = await db.query<{ device_id: string; fix: Fix }>(
    `select device_id, fix from detection where id = any($1::uuid[]) order by received_at, id limit 1`,
    [ids],
  );
  const { device_id: deviceId, fix } = one(rows);
  return { deviceId, fix };
};

export type LabelledDetection = Pick<
  StoredDetection,
  'incidentId' | 'deviceId' | 'kind' | 'observedAt' | 'receivedAt' | 'label'
>;

export const findDetection = async (
  db: Queryable,
  id: string,
): Promise<LabelledDetection | undefined> => {
  const { rows } = await db.query<LabelledDetection>(
    `select incident_id as "incidentId", device_id as "deviceId", kind, observed_at as "observedAt",
       received_at as "receivedAt", label
     from detection where id = $1`,
    [id],
  );
  return rows[0];
};

/** null takes the label back. */
export const setLabel = async (
  tx: Queryable,
  change: { detectionId: string; label: DetectionLabel | null; actor: string; now: Date },
): Promise<void> => {
  const { detectionId, label, actor, now } = change;
  await tx.query(
    `update detection set label = $2, labelled_by = $3, labelled_at = $4 where id = $1`,
    [detectionId, label, label === null ? null : actor, label === null ? null : now],
  );
};

/** Newest first. */
export const listDetections = async (
  db: Queryable,
  incidentId: string,
  limit: number,
): Promise<StoredDetection[]> => {
  const { rows } = await db.query<{
    id: string;
    device_id: string;
    incident_id: string;
    kind: DetectionKind;
    confidence: number;
    observed_at: Date;
    received_at: Date;
    fix: Fix;
    azimuth_deg: number | null;
    elevation_deg: number | null;
    range_m: number | null;
    temperature_c: number | null;
    image_url: string | null;
    label: DetectionLabel | null;
    device_problems: DeviceProblem[] | null;
  }>(
    `select id, device_id, incident_id, kind, confidence, observed_at, received_at, fix, azimuth_deg, elevation_deg,
       range_m, temperature_c, image_url, label, device_problems
     from detection where incident_id = $1 order by observed_at desc, id desc limit $2`,
    [incidentId, limit],
  );
  return rows.map((row) => ({
    id: row.id,
    deviceId: row.device_id,
    incidentId: row.incident_id,
    kind: row.kind,
    confidence: row.confidence,
    observedAt: row.observed_at,
    receivedAt: row.received_at,
    fix: row.fix,
    azimuthDeg: row.azimuth_deg,
    elevationDeg: row.elevation_deg,
    rangeM: row.range_m,
    temperatureC: row.temperature_c,
    imageUrl: row.image_url,
    label: row.label,
    deviceProblems: row.device_problems,
  }));
};
