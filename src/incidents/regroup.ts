import type { PoolClient } from 'pg';
import { AppError } from '../shared/app-error.ts';
import { withTransaction } from '../shared/db.ts';
import { newId } from '../shared/ids.ts';
import { assessIncident, type IncidentDeps, type Seen } from './assess-incident.ts';
import { newestSeen, oldestOf } from './detection-store.ts';
import { isOpen } from './gate.ts';
import { type Incident, worse } from './incident.ts';
import { appendEvent, type IncidentEventType, lastOperation } from './incident-event-store.ts';
import { findIncident, insertIncident, lockIncidents, setMergedInto } from './incident-store.ts';
import { moveDetections, pinAll, recounted } from './move-detections.ts';
import { numberFor } from './number-incident.ts';

export type By = { actor: string; reason?: string | undefined; now: Date };

type Work = { deps: IncidentDeps; tx: PoolClient; by: By };

/**
 * A person says two incidents are one fire: all detections of `fromId` go to `intoId` and stay there, `fromId` becomes
 * `merged`. Returns the one that remains. Throws `not_found`, `conflict` when one is over, `unprocessable` for itself.
 */
export const mergeIncidents = async (
  deps: IncidentDeps,
  { fromId, intoId }: { fromId: string; intoId: string },
  by: By,
): Promise<Incident> => {
  if (fromId === intoId) {
    throw new AppError('unprocessable', 'an incident cannot be merged into itself', {
      errors: [{ path: 'intoId', message: 'is the incident itself' }],
    });
  }
  return withTransaction(deps.pool, async (tx) => {
    await lockIncidents(tx);
    const work: Work = { deps, tx, by };
    const from = await requireOpen(tx, fromId);
    const into = await requireOpen(tx, intoId);
    const detectionIds = await idsOf(tx, fromId);
    await moveDetections(deps, tx, { detectionIds, from: fromId, to: intoId });
    await setMergedInto(tx, { id: fromId, intoId, status: 'merged', at: by.now });
    await deps.onTakenOver(tx, fromId, by.now);
    const operation = {
      operationId: newId(),
      from: fromId,
      to: intoId,
      detectionIds,
      status: from.status,
    };
    await tell(work, fromId, 'merged', { ...operation, into: into.number });
    await tell(work, intoId, 'absorbed', { ...operation, number: from.number });
    await refresh(work, fromId);
    return refresh(work, intoId, {
      severity: worse(from.severity, into.severity),
      alertLevel: from.alertLevel === 'strong' ? 'strong' : into.alertLevel,
    });
  });
};

/**
 * A person says some detections of an incident are another fire: they go to a new one and stay there. Those on duty
 * are alerted of it as of any. Returns the new incident. Throws `not_found`, `conflict` when it is over,
 * `unprocessable` when the detections are not all its own or nothing would be left.
 */
export const splitIncident = async (
  deps: IncidentDeps,
  { incidentId, detectionIds }: { incidentId: string; detectionIds: readonly string[] },
  by: By,
): Promise<Incident> =>
  withTransaction(deps.pool, async (tx) => {
    await lockIncidents(tx);
    const work: Work = { deps, tx, by };
    const incident = await requireOpen(tx, incidentId);
    const own = await idsOf(tx, incidentId);
    const wanted = [...new Set(detectionIds)];
    const foreign = wanted.filter((id) => !own.includes(id));
    if (foreign.length > 0 || wanted.length === own.length) {
      throw new AppError('unprocessable', 'the incident cannot be split so', {
        errors: [
          foreign.length > 0
            ? { path: 'detectionIds', message: `not of this incident: ${foreign.join(', ')}` }
            : { path: 'detectionIds', message: 'are all of its detections; leave at least one' },
        ],
      });
    }
    const first = await oldestOf(tx, wanted);
    const region = deps.regionAt([first.fix.lon, first.fix.lat]);
    const created: Incident = {
      ...incident,
      id: newId(),
      number: await numberFor(tx, region.code, { now: by.now, timeZone: deps.timeZone }),
      status: 'reported',
      regionId: region.id,
      fix: first.fix,
      anchorDeviceId: first.deviceId,
      confidence: 0,
      factors: [],
      alertLevel: 'none',
      suppressions: [],
      hypotheses: [],
      openedAt: by.now,
      updatedAt: by.now,
      detectionCount: wanted.length,
    };
    await insertIncident(tx, created);
    await moveDetections(deps, tx, {
      detectionIds: wanted,
      from: incidentId,
      to: created.id,
    });
    const operation = {
      operationId: newId(),
      from: incidentId,
      to: created.id,
      detectionIds: wanted,
      status: incident.status,
    };
    await tell(work, incidentId, 'split', { ...operation, number: created.number });
    await tell(work, created.id, 'opened', {
      number: created.number,
      splitFrom: incident.number,
      fix: first.fix,
    });
    await tell(work, created.id, 'split', { ...operation, number: incident.number });
    await refresh(work, incidentId);
    return refresh(work, created.id);
  });

/**
 * Takes back the last merge or split of an incident that was not taken back yet: its detections return, the
 * incident that was merged away gets back its status, the one that was split off is merged away. Detections that
 * came since stay where they are. Returns the incident asked about. Throws `conflict` when there is nothing to undo.
 */
export const undoRegrouping = async (
  deps: IncidentDeps,
  incidentId: string,
  by: By,
): Promise<Incident> =>
  withTransaction(deps.pool, async (tx) => {
    await lockIncidents(tx);
    const work: Work = { deps, tx, by };
    const incident = await findIncident(tx, incidentId);
    if (incident === undefined) throw notFound(incidentId);
    const operation = await lastOperation(tx, incidentId);
    if (operation === undefined) {
      throw new AppError('conflict', 'no merge or split of this incident is left to undo');
    }
    const { operationId, type, from, to, detectionIds, status } = operation;
    // What was moved from one to the other goes back; for a split the new one ends, for a merge the old one returns.
    const moved = await moveDetections(deps, tx, {
      detectionIds,
      from: to,
      to: from,
    });
    if (moved === 0) {
      throw new AppError(
        'conflict',
        'its detections have gone to a third incident since; merge or split those',
      );
    }
    const wasSplit = type === 'split';
    if (wasSplit) {
      const left = await idsOf(tx, to);
      await moveDetections(deps, tx, { detectionIds: left, from: to, to: from });
      await setMergedInto(tx, { id: to, intoId: from, status: 'merged', at: by.now });
      await deps.onTakenOver(tx, to, by.now);
    } else {
      await setMergedInto(tx, { id: from, intoId: null, status, at: by.now });
    }
    for (const id of [from, to]) {
      await tell(work, id, 'undone', {
        operationId,
        what: wasSplit ? 'split' : 'merge',
        detectionIds,
      });
    }
    const results = [await refresh(work, from), await refresh(work, to)];
    return results.find(({ id }) => id === incidentId) ?? incident;
  });

/**
 * An incident whose tracks have all turned out to be another's ends in that one, as if a person had merged it (and can
 * be undone as such): nothing more is sent for it. Its detections have been moved already.
 */
export const absorb = async (
  deps: IncidentDeps,
  tx: PoolClient,
  { from: fromId, into: intoId, now }: { from: string; into: string; now: Date },
): Promise<void> => {
  const from = await requireOpen(tx, fromId);
  const into = await requireOpen(tx, intoId);
  const by: By = { actor: 'system', now };
  const work: Work = { deps, tx, by };
  const { rows } = await tx.query<{ id: string }>(
    `select id from detection where incident_id = $1 and device_id = $2 order by received_at, id`,
    [intoId, from.anchorDeviceId],
  );
  const operation = {
    operationId: newId(),
    from: fromId,
    to: intoId,
    detectionIds: rows.map(({ id }) => id),
    status: from.status,
  };
  await setMergedInto(tx, { id: fromId, intoId, status: 'merged', at: now });
  await deps.onTakenOver(tx, fromId, now);
  await tell(work, fromId, 'merged', { ...operation, into: into.number });
  await tell(work, intoId, 'absorbed', { ...operation, number: from.number });
};

/** Assesses an incident with the detections a person has given it: that decides between its readings. */
const refresh = async (
  { deps, tx, by }: Work,
  incidentId: string,
  over: Partial<Incident> = {},
): Promise<Incident> => {
  const incident = await findIncident(tx, incidentId);
  if (incident === undefined) throw notFound(incidentId);
  await pinAll(tx, incidentId);
  const counted = await recounted(tx, { ...incident, ...over });
  const seen: Seen | undefined = await newestSeen(tx, incidentId);
  return assessIncident(deps, tx, {
    incident: counted,
    seen: seen ?? {
      deviceId: counted.anchorDeviceId,
      kind: 'smoke',
      observedAt: incident.lastObservedAt,
      receivedAt: incident.lastReceivedAt,
    },
    actor: by.actor,
    now: by.now,
    alternatives: [],
  });
};

const tell = async (
  { tx, by: { actor, now: at, reason } }: Work,
  incidentId: string,
  type: IncidentEventType,
  data: Record<string, unknown>,
): Promise<void> => {
  const why = reason === undefined ? {} : { reason };
  await appendEvent(tx, { incidentId, type, actor, at, data: { ...data, ...why } });
};

const requireOpen = async (tx: PoolClient, id: string): Promise<Incident> => {
  const incident = await findIncident(tx, id);
  if (incident === undefined) throw notFound(id);
  if (!isOpen(incident.status)) {
    throw new AppError('conflict', `incident ${incident.number} is ${incident.status}, it is over`);
  }
  return incident;
};

const notFound = (id: string): AppError =>
  new AppError('not_found', `incident "${id}" does not exist`);

const idsOf = async (tx: PoolClient, incidentId: string): Promise<string[]> => {
  const { rows } = await tx.query<{ id: string }>(
    `select id from detection where incident_id = $1 order by received_at, id`,
    [incidentId],
  );
  return rows.map(({ id }) => id);
};
