import type { Sighting } from '../locate/index.ts';
import type { Queryable } from '../shared/db.ts';
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
       azimuth_deg, elevation_deg, range_m, temperature_c, image_url, topic, raw, source, sighting)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
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
    ],
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
  }>(
    `select id, device_id, incident_id, kind, confidence, observed_at, received_at, fix, azimuth_deg, elevation_deg,
       range_m, temperature_c, image_url, label
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
  }));
};
