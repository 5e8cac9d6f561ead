import type { PoolClient } from 'pg';
import { one } from '../shared/db.ts';
import type { IncidentDeps } from './assess-incident.ts';
import { extendTrack } from './extend-track.ts';
import type { Incident } from './incident.ts';
import { appendEvent } from './incident-event-store.ts';
import {
  deleteTrack,
  listTrackDetections,
  putTrack,
  type StoredTrack,
  type TrackKey,
} from './track-store.ts';

/** Sums up a device's detections in an incident again, after one of them left, came or was labelled. */
export const rebuildTrack = async (
  { config }: Pick<IncidentDeps, 'config'>,
  tx: PoolClient,
  key: TrackKey,
): Promise<void> => {
  const detections = await listTrackDetections(tx, key);
  const track = detections.reduce<StoredTrack | undefined>(
    (sum, detection) => extendTrack(sum, key.incidentId, detection, config.confidence),
    undefined,
  );
  if (track === undefined) await deleteTrack(tx, key);
  else await putTrack(tx, track);
};

export type TrackMove = { deviceId: string; from: string; to: string };

/**
 * Gives all of a device's detections in one incident to another, for each of `moves`, all at once: two tracks of one
 * device may change places. The timelines of both say so.
 */
export const moveTracks = async (
  deps: Pick<IncidentDeps, 'config'>,
  tx: PoolClient,
  moves: readonly TrackMove[],
  { actor, now: at }: { actor: string; now: Date },
): Promise<void> => {
  const taken: (TrackMove & { detectionIds: string[] })[] = [];
  for (const move of moves) {
    const { rows } = await tx.query<{ id: string }>(
      `select id from detection where incident_id = $1 and device_id = $2 order by received_at, id`,
      [move.from, move.deviceId],
    );
    taken.push({ ...move, detectionIds: rows.map(({ id }) => id) });
  }
  for (const { detectionIds, to } of taken) {
    await tx.query(`update detection set incident_id = $2 where id = any($1::uuid[])`, [
      detectionIds,
      to,
    ]);
  }
  for (const { deviceId, from, to, detectionIds } of taken) {
    await rebuildTrack(deps, tx, { incidentId: from, deviceId });
    await rebuildTrack(deps, tx, { incidentId: to, deviceId });
    const event = { actor, at };
    const left = { deviceId, detectionIds, to };
    await appendEvent(tx, { ...event, incidentId: from, type: 'detection_left', data: left });
    const added = { deviceId, detectionIds, from };
    await appendEvent(tx, { ...event, incidentId: to, type: 'detection_added', data: added });
  }
};

/** Moves single detections; tracks of both incidents are summed up again. Returns how many were moved. */
export const moveDetections = async (
  deps: Pick<IncidentDeps, 'config'>,
  tx: PoolClient,
  move: { detectionIds: readonly string[]; from: string; to: string },
): Promise<number> => {
  const { rows } = await tx.query<{ device_id: string }>(
    `update detection set incident_id = $3
      where incident_id = $1 and id = any($2::uuid[]) returning device_id`,
    [move.from, move.detectionIds, move.to],
  );
  for (const deviceId of new Set(rows.map((row) => row.device_id))) {
    await rebuildTrack(deps, tx, { incidentId: move.from, deviceId });
    await rebuildTrack(deps, tx, { incidentId: move.to, deviceId });
  }
  return rows.length;
};

/**
 * What a person has grouped stays grouped: where two incidents stand close together after a split, association would
 * else see each of their tracks as possibly the other's, and dissolve a good fix into readings.
 */
export const pinAll = async (tx: PoolClient, incidentId: string): Promise<void> => {
  await tx.query('update detection set pinned = true where incident_id = $1 and not pinned', [
    incidentId,
  ]);
  await tx.query('update incident_track set pinned = true where incident_id = $1', [incidentId]);
};

/**
 * An incident with what its detections say of counts, sources and times, after some came or went. Where what it was
 * opened with has left, it is about the oldest that stays.
 */
export const recounted = async (tx: PoolClient, incident: Incident): Promise<Incident> => {
  const { rows } = await tx.query<{
    count: number;
    source_ids: string[];
    last_observed_at: Date | null;
    last_received_at: Date | null;
  }>(
    `select count(*)::integer as count, max(observed_at) as last_observed_at,
       max(received_at) as last_received_at,
       array(select device_id from detection where incident_id = $1 group by device_id
         order by min(received_at), device_id) as source_ids
     from detection where incident_id = $1`,
    [incident.id],
  );
  const row = one(rows);
  const { source_ids: sourceIds } = row;
  const { anchorDeviceId } = incident;
  return {
    ...incident,
    detectionCount: row.count,
    sourceIds,
    lastObservedAt: row.last_observed_at ?? incident.lastObservedAt,
    lastReceivedAt: row.last_received_at ?? incident.lastReceivedAt,
    anchorDeviceId: sourceIds.includes(anchorDeviceId)
      ? anchorDeviceId
      : (sourceIds[0] ?? anchorDeviceId),
  };
};
