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

export type TrackMove = { deviceId: string; from: string; to: string; actor: string; now: Date };

/** Gives all of a device's detections in one incident to another; both timelines say so. */
export const moveTrack = async (
  deps: Pick<IncidentDeps, 'config'>,
  tx: PoolClient,
  { deviceId, from, to, actor, now }: TrackMove,
): Promise<void> => {
  const { rows } = await tx.query<{ id: string }>(
    `update detection set incident_id = $3 where incident_id = $1 and device_id = $2 returning id`,
    [from, deviceId, to],
  );
  await rebuildTrack(deps, tx, { incidentId: from, deviceId });
  await rebuildTrack(deps, tx, { incidentId: to, deviceId });
  const detectionIds = rows.map(({ id }) => id);
  await appendEvent(tx, {
    incidentId: from,
    type: 'detection_left',
    actor,
    at: now,
    data: { deviceId, detectionIds, to },
  });
  await appendEvent(tx, {
    incidentId: to,
    type: 'detection_added',
    actor,
    at: now,
    data: { deviceId, detectionIds, from },
  });
};

/**
 * Moves single detections by a person's decision; association leaves them there (`pinned`). Tracks of both incidents
 * are summed up again. Returns how many were moved.
 */
export const moveDetections = async (
  deps: Pick<IncidentDeps, 'config'>,
  tx: PoolClient,
  move: { detectionIds: readonly string[]; from: string; to: string; pinned: boolean },
): Promise<number> => {
  const { rows } = await tx.query<{ device_id: string }>(
    `update detection set incident_id = $3, pinned = $4
      where incident_id = $1 and id = any($2::uuid[]) returning device_id`,
    [move.from, move.detectionIds, move.to, move.pinned],
  );
  for (const deviceId of new Set(rows.map((row) => row.device_id))) {
    await rebuildTrack(deps, tx, { incidentId: move.from, deviceId });
    await rebuildTrack(deps, tx, { incidentId: move.to, deviceId });
  }
  return rows.length;
};

/** What an incident's detections say of counts, sources and times, after some came or went. */
export const recount = async (
  tx: PoolClient,
  incidentId: string,
): Promise<
  Pick<Incident, 'detectionCount' | 'sourceIds' | 'lastObservedAt' | 'lastReceivedAt'>
> => {
  const { rows } = await tx.query<{
    count: number;
    source_ids: string[];
    last_observed_at: Date | null;
    last_received_at: Date | null;
    opened_at: Date;
  }>(
    `select count(d.id)::integer as count, max(d.observed_at) as last_observed_at,
       max(d.received_at) as last_received_at, i.opened_at,
       array(select device_id from detection where incident_id = $1 group by device_id
         order by min(received_at), device_id) as source_ids
     from incident i left join detection d on d.incident_id = i.id where i.id = $1 group by i.opened_at`,
    [incidentId],
  );
  const row = one(rows);
  return {
    detectionCount: row.count,
    sourceIds: row.source_ids,
    lastObservedAt: row.last_observed_at ?? row.opened_at,
    lastReceivedAt: row.last_received_at ?? row.opened_at,
  };
};
