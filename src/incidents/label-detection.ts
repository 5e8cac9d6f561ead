import { AppError } from '../shared/app-error.ts';
import { withTransaction } from '../shared/db.ts';
import { assessIncident, type IncidentDeps } from './assess-incident.ts';
import { type DetectionLabel, findDetection, newestSeen, setLabel } from './detection-store.ts';
import type { Incident } from './incident.ts';
import { appendEvent } from './incident-event-store.ts';
import { findIncident, lockIncidents } from './incident-store.ts';
import { rebuildTrack } from './move-detections.ts';

export type Labelling = {
  detectionId: string;
  /** null takes a wrong label back. */
  label: DetectionLabel | null;
  actor: string;
  now: Date;
};

/**
 * A person says what a detection really shows; its incident is assessed anew. What is `other_smoke` or `other` no longer
 * counts for the fix or the confidence (it stays listed); `wildfire_smoke` counts as seen by a person. The same
 * label again changes nothing. Throws `not_found`.
 */
export const labelDetection = async (
  deps: IncidentDeps,
  { detectionId, label, actor, now }: Labelling,
): Promise<Incident> =>
  withTransaction(deps.pool, async (tx) => {
    await lockIncidents(tx);
    const detection = await findDetection(tx, detectionId);
    const incident =
      detection === undefined ? undefined : await findIncident(tx, detection.incidentId);
    if (detection === undefined || incident === undefined) {
      throw new AppError('not_found', `detection "${detectionId}" does not exist`);
    }
    if (detection.label === label) return incident;
    await setLabel(tx, { detectionId, label, actor, now });
    await rebuildTrack(deps, tx, { incidentId: incident.id, deviceId: detection.deviceId });
    await appendEvent(tx, {
      incidentId: incident.id,
      type: 'detection_labelled',
      actor,
      at: now,
      data: { detectionId, deviceId: detection.deviceId, old: detection.label, new: label },
    });
    const seen = (await newestSeen(tx, incident.id)) ?? detection;
    return assessIncident(deps, tx, { incident, seen, actor, now });
  });
