import type { Sighting } from '../locate/index.ts';
import type { Queryable } from '../shared/db.ts';
import type { Fix } from '../shared/geo.ts';
import { toJsonb } from '../shared/safe-json.ts';
import type { SourceClass } from './track.ts';

/** All detections of one device in one incident, summed up; one row of `incident_track`. */
export type StoredTrack = {
  incidentId: string;
  deviceId: string;
  source: SourceClass;
  detectionCount: number;
  best: { id: string; fix: Fix; sighting: Sighting; receivedAt: Date };
  latestAzimuthDeg: number | null;
  latestObservedAt: Date;
  /** Times of the newest detections. */
  recentAt: readonly Date[];
  /** The most detections within `framesWithinS` so far. */
  frames: number;
  seenAsFire: boolean;
  /** A person has put it there. */
  pinned: boolean;
};

const COLUMNS = `incident_id, device_id, source, detection_count, best_detection_id, best_fix, best_sighting,
  best_received_at, latest_azimuth_deg, latest_observed_at, recent_at, frames, seen_as_fire, pinned`;

type TrackRow = {
  incident_id: string;
  device_id: string;
  source: SourceClass;
  detection_count: number;
  best_detection_id: string;
  best_fix: Fix;
  best_sighting: Sighting | null;
  best_received_at: Date;
  latest_azimuth_deg: number | null;
  latest_observed_at: Date;
  recent_at: Date[];
  frames: number;
  seen_as_fire: boolean;
  pinned: boolean;
};

/** A detection from before sightings were kept stands for its own fix. */
export const sightingOr = (sighting: Sighting | null, { lon, lat, ellipse }: Fix): Sighting =>
  sighting ?? {
    station: null,
    bearing: null,
    elevation: null,
    range: null,
    rangePrior: null,
    point: { lon, lat, ellipse },
  };

const toTrack = (row: TrackRow): StoredTrack => ({
  incidentId: row.incident_id,
  deviceId: row.device_id,
  source: row.source,
  detectionCount: row.detection_count,
  best: {
    id: row.best_detection_id,
    fix: row.best_fix,
    sighting: sightingOr(row.best_sighting, row.best_fix),
    receivedAt: row.best_received_at,
  },
  latestAzimuthDeg: row.latest_azimuth_deg,
  latestObservedAt: row.latest_observed_at,
  recentAt: row.recent_at,
  frames: row.frames,
  seenAsFire: row.seen_as_fire,
  pinned: row.pinned,
});

export const listTracks = async (
  tx: Queryable,
  incidentIds: readonly string[],
): Promise<StoredTrack[]> => {
  const { rows } = await tx.query<TrackRow>(
    `select ${COLUMNS} from incident_track where incident_id = any($1::uuid[]) order by incident_id, device_id`,
    [incidentIds],
  );
  return rows.map(toTrack);
};

export const putTrack = async (tx: Queryable, track: StoredTrack): Promise<void> => {
  await tx.query(
    `insert into incident_track (${COLUMNS})
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
     on conflict (incident_id, device_id) do update set source = excluded.source,
       detection_count = excluded.detection_count, best_detection_id = excluded.best_detection_id,
       best_fix = excluded.best_fix, best_sighting = excluded.best_sighting,
       best_received_at = excluded.best_received_at, latest_azimuth_deg = excluded.latest_azimuth_deg,
       latest_observed_at = excluded.latest_observed_at, recent_at = excluded.recent_at,
       frames = excluded.frames, seen_as_fire = excluded.seen_as_fire, pinned = excluded.pinned`,
    [
      track.incidentId,
      track.deviceId,
      track.source,
      track.detectionCount,
      track.best.id,
      toJsonb(track.best.fix),
      toJsonb(track.best.sighting),
      track.best.receivedAt,
      track.latestAzimuthDeg,
      track.latestObservedAt,
      track.recentAt,
      track.frames,
      track.seenAsFire,
      track.pinned,
    ],
  );
};

export type TrackKey = { incidentId: string; deviceId: string };

export const deleteTrack = async (
  tx: Queryable,
  { incidentId, deviceId }: TrackKey,
): Promise<void> => {
  await tx.query(`delete from incident_track where incident_id = $1 and device_id = $2`, [
    incidentId,
    deviceId,
  ]);
};

export type TrackDetection = {
  id: string;
  deviceId: string;
  source: SourceClass;
  fix: Fix;
  sighting: Sighting;
  azimuthDeg: number | null;
  observedAt: Date;
  receivedAt: Date;
  seenAsFire: boolean;
  pinned: boolean;
};

/** The detections of one device in one incident that count (not labelled as something else), oldest first. */
export const listTrackDetections = async (
  tx: Queryable,
  { incidentId, deviceId }: TrackKey,
): Promise<TrackDetection[]> => {
  const { rows } = await tx.query<{
    id: string;
    source: SourceClass;
    fix: Fix;
    sighting: Sighting | null;
    azimuth_deg: number | null;
    observed_at: Date;
    received_at: Date;
    seen_as_fire: boolean;
    pinned: boolean;
  }>(
    `select id, source, fix, sighting, azimuth_deg, observed_at, received_at,
       label is not null as seen_as_fire, pinned
     from detection
     where incident_id = $1 and device_id = $2 and coalesce(label, 'wildfire_smoke') = 'wildfire_smoke'
     order by observed_at, id`,
    [incidentId, deviceId],
  );
  return rows.map((row) => ({
    id: row.id,
    deviceId,
    source: row.source,
    fix: row.fix,
    sighting: sightingOr(row.sighting, row.fix),
    azimuthDeg: row.azimuth_deg,
    observedAt: row.observed_at,
    receivedAt: row.received_at,
    seenAsFire: row.seen_as_fire,
    pinned: row.pinned,
  }));
};
