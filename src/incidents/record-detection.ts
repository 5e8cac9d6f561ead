import type { PoolClient } from 'pg';
import { problemJson } from '../devices/index.ts';
import { withTransaction } from '../shared/db.ts';
import { newId } from '../shared/ids.ts';
import { asCandidate, asNewTrack } from './as-candidate.ts';
import type { Alternatives } from './assess.ts';
import { assessIncident, type IncidentDeps } from './assess-incident.ts';
import { type Association, associate } from './associate.ts';
import { findByDedupeKey, insertDetection, type NewDetectionRow } from './detection-store.ts';
import { extendTrack } from './extend-track.ts';
import { type Incident, severityOf, worse } from './incident.ts';
import { appendEvent } from './incident-event-store.ts';
import {
  type CandidateQuery,
  findIncident,
  insertIncident,
  listCandidates,
  lockIncidents,
} from './incident-store.ts';
import { moveTracks, recounted, type TrackMove } from './move-detections.ts';
import { numberFor } from './number-incident.ts';
import { absorb } from './regroup.ts';
import { listTracks, putTrack } from './track-store.ts';

/**
 * A located detection, ready to be recorded. `dedupeKey` is the source's own event id, else a hash of the
 * content: with the device id, what makes a repeat a repeat.
 */
export type LocatedDetection = Omit<NewDetectionRow, 'id' | 'incidentId'>;

export type Recorded =
  | { kind: 'recorded'; detectionId: string; incidentId: string; number: string; opened: boolean }
  | { kind: 'duplicate'; detectionId: string; incidentId: string };

/**
 * The one transaction of an alarm: insert the detection once, join or open its incident, append to the
 * timeline, write the notifications. When this resolves, all of it is committed; the caller acknowledges
 * the message only then. A repeat of a stored detection changes nothing.
 */
export const recordDetection = async (
  deps: IncidentDeps,
  detection: LocatedDetection,
  now: Date,
): Promise<Recorded> =>
  withTransaction(deps.pool, async (tx) => {
    await lockIncidents(tx);
    const known = await findByDedupeKey(tx, detection.deviceId, detection.dedupeKey);
    if (known !== undefined)
      return { kind: 'duplicate', detectionId: known.id, incidentId: known.incidentId };

    const work: Work = { tx, detection, detectionId: newId(), now };
    const incidents = await listCandidates(tx, candidatesOf(deps, detection));
    const tracks = await listTracks(
      tx,
      incidents.map(({ id }) => id),
    );
    const association = associate(
      asNewTrack({ ...detection, id: work.detectionId }),
      incidents.map((incident) => asCandidate(incident, tracks)),
      { ...deps.config, terrain: deps.terrain },
    );
    const joined = incidents.find(({ id }) => id === association.incidentId);
    const incident = joined === undefined ? await openIncident(deps, work) : addTo(work, joined);
    const moves = association.moves.map((move) => ({ ...move, to: move.to ?? incident.id }));
    await moveTracks(deps, tx, moves, { actor: 'system', now });
    await storeDetection(deps, work, incident.id);
    if (joined !== undefined) await tellAdded(work, incident);
    await settle(deps, work, { association, moves, incident, others: incidents });
    return {
      kind: 'recorded',
      detectionId: work.detectionId,
      incidentId: incident.id,
      number: incident.number,
      opened: joined === undefined,
    };
  });

/** A message may have waited a day for its link; a clock that says 1970 must not load every incident there ever was. */
const MAX_LATE_MS = 24 * 3_600_000;

const candidatesOf = (
  { config: { association } }: IncidentDeps,
  { deviceId, fix, observedAt, receivedAt }: LocatedDetection,
): CandidateQuery => {
  const received = receivedAt.getTime();
  const earliest = Math.max(Math.min(received, observedAt.getTime()), received - MAX_LATE_MS);
  const windowS = Math.max(...Object.values(association.windowS));
  return {
    near: fix,
    deviceId,
    since: new Date(earliest - windowS * 1000),
    activeSince: new Date(earliest - Math.max(association.activeWindowS, windowS) * 1000),
  };
};

type Work = { tx: PoolClient; detection: LocatedDetection; detectionId: string; now: Date };

const openIncident = async (deps: IncidentDeps, work: Work): Promise<Incident> => {
  const { tx, detection, now } = work;
  const region = deps.regionAt([detection.fix.lon, detection.fix.lat]);
  const incident: Incident = {
    id: newId(),
    number: await numberFor(tx, region.code, { now, timeZone: deps.timeZone }),
    status: 'reported',
    // Assessed once its detection is stored, in this transaction.
    confidence: 0,
    factors: [],
    alertLevel: 'none',
    suppressions: [],
    hypotheses: [],
    anchorDeviceId: detection.deviceId,
    severity: severityOf(detection.kind),
    regionId: region.id,
    fix: { ...detection.fix, detectionIds: [work.detectionId] },
    detectionCount: 1,
    sourceIds: [detection.deviceId],
    openedAt: now,
    updatedAt: now,
    lastObservedAt: detection.observedAt,
    lastReceivedAt: detection.receivedAt,
    acknowledgedAt: null,
    verifiedAt: null,
    respondingAt: null,
    containedAt: null,
    closedAt: null,
    dismissedReason: null,
    mergedIntoId: null,
  };
  await insertIncident(tx, incident);
  await tellOpened(work, incident);
  return incident;
};

const addTo = ({ detection }: Work, before: Incident): Incident => ({
  ...before,
  severity: worse(before.severity, severityOf(detection.kind)),
  detectionCount: before.detectionCount + 1,
  sourceIds: [...new Set([...before.sourceIds, detection.deviceId])],
  lastObservedAt: later(before.lastObservedAt, detection.observedAt),
  lastReceivedAt: later(before.lastReceivedAt, detection.receivedAt),
});

const storeDetection = async (
  deps: IncidentDeps,
  { tx, detection, detectionId: id }: Work,
  incidentId: string,
): Promise<void> => {
  await insertDetection(tx, { ...detection, id, incidentId });
  const known = await listTracks(tx, [incidentId]);
  const track = known.find(({ deviceId }) => deviceId === detection.deviceId);
  const added = { ...detection, id, seenAsFire: false, pinned: false };
  await putTrack(tx, extendTrack(track, incidentId, added, deps.config.confidence));
};

const tellOpened = async (work: Work, incident: Incident): Promise<void> => {
  const { tx, detection, detectionId, now: at } = work;
  const { number, fix } = incident;
  await appendEvent(tx, {
    incidentId: incident.id,
    type: 'opened',
    actor: actorOf(work),
    at,
    data: { number, detectionId, kind: detection.kind, fix, ...doubtsOf(detection) },
  });
};

const tellAdded = async (work: Work, { id, detectionCount }: Incident): Promise<void> => {
  const { tx, detection, detectionId, now: at } = work;
  await appendEvent(tx, {
    incidentId: id,
    type: 'detection_added',
    actor: actorOf(work),
    at,
    data: { detectionId, kind: detection.kind, detectionCount, ...doubtsOf(detection) },
  });
};

/** That its source was not well belongs in the timeline beside it. */
const doubtsOf = ({ deviceProblems }: LocatedDetection): Record<string, unknown> =>
  deviceProblems === null ? {} : { deviceProblems: deviceProblems.map(problemJson) };

const actorOf = ({ detection }: Work): string => `device:${detection.deviceId}`;

/** Ends the incidents that turned out to be another's, and looks at every one anew that this touches. */
const settle = async (
  deps: IncidentDeps,
  work: Work,
  {
    association: { absorbed, readings },
    moves,
    incident,
    others,
  }: {
    association: Association;
    moves: readonly TrackMove[];
    incident: Incident;
    others: readonly Incident[];
  },
): Promise<void> => {
  const { tx, now, detection } = work;
  for (const { from, into } of absorbed) {
    await absorb(deps, tx, { from, into: into ?? incident.id, now });
  }
  const moved = new Set(moves.flatMap(({ from, to }) => [from, to]));
  const alternativesOf = (id: string | null): Alternatives | undefined =>
    readings.get(id)?.map(({ probability, tracks }) => ({
      probability,
      deviceIds: tracks.map((track) => track.deviceId),
    }));
  const seen = detection;
  const actor = actorOf(work);
  await assessIncident(deps, tx, {
    incident: moved.has(incident.id) ? await recounted(tx, incident) : incident,
    seen,
    actor,
    now,
    alternatives:
      alternativesOf(incident.id) ??
      (incident.detectionCount === 1 ? alternativesOf(null) : undefined),
  });
  for (const other of others) {
    if (other.id === incident.id) continue;
    const alternatives = alternativesOf(other.id);
    const isUndecided = other.hypotheses.length > 0 || (alternatives?.length ?? 0) > 0;
    if (!moved.has(other.id) && (alternatives === undefined || !isUndecided)) continue;
    const fresh = moved.has(other.id)
      ? await recounted(tx, (await findIncident(tx, other.id)) ?? other)
      : other;
    await assessIncident(deps, tx, { incident: fresh, seen, actor: 'system', now, alternatives });
  }
};

const later = (a: Date, b: Date): Date => (a.getTime() >= b.getTime() ? a : b);
