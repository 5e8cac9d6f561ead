import type { PoolClient } from 'pg';
import { fuse } from '../locate/index.ts';
import type { CountyConfig } from '../shared/county-config.ts';
import { type Pool, withTransaction } from '../shared/db.ts';
import type { Fix, LonLat } from '../shared/geo.ts';
import { newId } from '../shared/ids.ts';
import { localDay } from '../shared/local-time.ts';
import { associate } from './associate.ts';
import {
  bestFixPerDevice,
  findByDedupeKey,
  insertDetection,
  type NewDetectionRow,
} from './detection-store.ts';
import { type Incident, severityOf, worse } from './incident.ts';
import { appendEvent } from './incident-event-store.ts';
import {
  insertIncident,
  listCandidates,
  lockIncidents,
  nextSequence,
  updateFromDetection,
} from './incident-store.ts';

/**
 * A located detection, ready to be recorded. `dedupeKey` is the source's own event id, else a hash of the
 * content: with the device id, what makes a repeat a repeat.
 */
export type LocatedDetection = Omit<NewDetectionRow, 'id' | 'incidentId'>;

export type Region = { id: string; code: string };

/** Told inside the transaction when somebody must hear of an incident; what it writes commits or rolls back with it. */
export type AlertHook = (
  tx: PoolClient,
  alert: {
    incident: Incident;
    detection: LocatedDetection;
    reason: 'opened' | 'region_changed';
    now: Date;
  },
) => Promise<void>;

export type RecordDeps = {
  pool: Pool;
  config: CountyConfig['association'];
  timeZone: string;
  /** The most specific region at a point; never fails, since `default` covers everything. */
  regionAt(point: LonLat): Region;
  onAlert: AlertHook;
};

export type Recorded =
  | { kind: 'recorded'; detectionId: string; incidentId: string; number: string; opened: boolean }
  | { kind: 'duplicate'; detectionId: string; incidentId: string };

/**
 * The one transaction of an alarm: insert the detection once, join or open its incident, append to the
 * timeline, write the notifications. When this resolves, all of it is committed; the caller acknowledges
 * the message only then. A repeat of a stored detection changes nothing.
 */
export const recordDetection = async (
  deps: RecordDeps,
  detection: LocatedDetection,
  now: Date,
): Promise<Recorded> =>
  withTransaction(deps.pool, async (tx) => {
    await lockIncidents(tx);
    const known = await findByDedupeKey(tx, detection.deviceId, detection.dedupeKey);
    if (known !== undefined)
      return { kind: 'duplicate', detectionId: known.id, incidentId: known.incidentId };

    const candidates = await listCandidates(tx, candidatesSince(detection, deps.config.windowS));
    const decision = associate(detection, candidates, deps.config);
    const joined =
      decision.kind === 'join' ? candidates.find((c) => c.id === decision.incidentId) : undefined;
    const work = { tx, detection, detectionId: newId(), now };
    const incident =
      joined === undefined
        ? await openIncident(deps, work)
        : await joinIncident(deps, work, joined);
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

const candidatesSince = ({ observedAt, receivedAt }: LocatedDetection, windowS: number): Date => {
  const received = receivedAt.getTime();
  const earliest = Math.max(Math.min(received, observedAt.getTime()), received - MAX_LATE_MS);
  return new Date(earliest - windowS * 1000);
};

type Work = { tx: PoolClient; detection: LocatedDetection; detectionId: string; now: Date };

const openIncident = async (deps: RecordDeps, work: Work): Promise<Incident> => {
  const { tx, detection, now } = work;
  const region = deps.regionAt([detection.fix.lon, detection.fix.lat]);
  const day = localDay(now, deps.timeZone);
  const sequence = await nextSequence(tx, region.code, day);
  const incident: Incident = {
    id: newId(),
    number: `${region.code}-${day.replaceAll('-', '')}-${String(sequence).padStart(3, '0')}`,
    status: 'reported',
    confidence: detection.confidence,
    severity: severityOf(detection.kind),
    regionId: region.id,
    fix: detection.fix,
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
  await storeDetection(work, incident.id);
  await appendEvent(tx, {
    incidentId: incident.id,
    type: 'opened',
    actor: `device:${detection.deviceId}`,
    at: now,
    data: {
      number: incident.number,
      detectionId: work.detectionId,
      kind: detection.kind,
      fix: incident.fix,
    },
  });
  await deps.onAlert(tx, { incident, detection, reason: 'opened', now });
  return incident;
};

const joinIncident = async (deps: RecordDeps, work: Work, before: Incident): Promise<Incident> => {
  const { tx, detection, now } = work;
  await storeDetection(work, before.id);
  const fix = fuse(await bestFixPerDevice(tx, before.id));
  const region = deps.regionAt([fix.lon, fix.lat]);
  const incident: Incident = {
    ...before,
    confidence: Math.max(before.confidence, detection.confidence),
    severity: worse(before.severity, severityOf(detection.kind)),
    regionId: region.id,
    fix,
    detectionCount: before.detectionCount + 1,
    sourceIds: [...new Set([...before.sourceIds, detection.deviceId])],
    updatedAt: now,
    lastObservedAt: later(before.lastObservedAt, detection.observedAt),
    lastReceivedAt: later(before.lastReceivedAt, detection.receivedAt),
  };
  await updateFromDetection(tx, incident);
  const event = { incidentId: incident.id, actor: `device:${detection.deviceId}`, at: now };
  await appendEvent(tx, {
    ...event,
    type: 'detection_added',
    data: {
      detectionId: work.detectionId,
      kind: detection.kind,
      detectionCount: incident.detectionCount,
    },
  });
  if (!sameFix(before.fix, fix)) {
    await appendEvent(tx, { ...event, type: 'fix_updated', data: { old: before.fix, new: fix } });
  }
  if (incident.regionId !== before.regionId) {
    await appendEvent(tx, {
      ...event,
      type: 'region_changed',
      data: { old: before.regionId, new: incident.regionId },
    });
    // The first bearing may have put the fire in the neighbour's valley; those on duty where it is must hear too.
    if (incident.status === 'reported') {
      await deps.onAlert(tx, { incident, detection, reason: 'region_changed', now });
    }
  }
  return incident;
};

const storeDetection = async (work: Work, incidentId: string): Promise<void> => {
  await insertDetection(work.tx, { ...work.detection, id: work.detectionId, incidentId });
};

const later = (a: Date, b: Date): Date => (a.getTime() >= b.getTime() ? a : b);

const sameFix = (a: Fix, b: Fix): boolean =>
  a.lon === b.lon &&
  a.lat === b.lat &&
  a.ellipse.semiMajorM === b.ellipse.semiMajorM &&
  a.ellipse.semiMinorM === b.ellipse.semiMinorM;
