import type { PoolClient } from 'pg';
import type { CountyConfig } from '../shared/county-config.ts';
import type { Pool } from '../shared/db.ts';
import type { Fix, LonLat } from '../shared/geo.ts';
import { layersNear, type Suppression, suppressionsAt } from '../suppression/index.ts';
import type { Terrain } from '../terrain/index.ts';
import { type Alternatives, believe, fixOf, type ReportsOf } from './assess.ts';
import type { AlertLevel } from './confidence.ts';
import type { DetectionKind, Incident, StoredSuppression } from './incident.ts';
import { appendEvent, type IncidentEventType } from './incident-event-store.ts';
import { updateAssessed } from './incident-store.ts';
import { listTracks, type StoredTrack } from './track-store.ts';

export type Region = { id: string; code: string };

/** The detection people are told of: the newest of the incident. */
export type Seen = { deviceId: string; kind: DetectionKind; observedAt: Date; receivedAt: Date };

export type AlertReason = 'opened' | 'region_changed' | 'strong';

/** Told inside the transaction when somebody must hear of an incident; what it writes commits or rolls back with it. */
export type AlertHook = (
  tx: PoolClient,
  alert: {
    incident: Incident;
    seen: Seen;
    level: Exclude<AlertLevel, 'none'>;
    reason: AlertReason;
    now: Date;
  },
) => Promise<void>;

/** What the incident stage needs of the others. */
export type IncidentDeps = {
  pool: Pool;
  config: Pick<CountyConfig, 'association' | 'confidence' | 'locate'>;
  terrain: Terrain | undefined;
  timeZone: string;
  /** The most specific region at a point; never fails, since `default` covers everything. */
  regionAt(point: LonLat): Region;
  /** Whether a device's platform alarms once or reports every frame. */
  reportsOf: ReportsOf;
  onAlert: AlertHook;
  /** Stops further sending, in the same transaction: somebody has the incident, or it was merged into another. */
  onTakenOver: (tx: PoolClient, incidentId: string, now: Date) => Promise<void>;
};

export type Assessment = {
  incident: Incident;
  seen: Seen;
  /** Who caused it, for the timeline. */
  actor: string;
  now: Date;
  /** New readings of its detections; absent = those it has. */
  alternatives?: Alternatives | undefined;
};

/**
 * Looks at an incident anew after anything about it changed (a detection joined, left or was labelled, a layer came or
 * went): fix, readings, suppression, confidence, region; writes it, keeps each change in the timeline, and
 * alerts when it has become more than people were told. `incident` is as it shall be otherwise: counts, times and
 * severity are taken from it.
 */
export const assessIncident = async (
  deps: IncidentDeps,
  tx: PoolClient,
  assessment: Assessment,
): Promise<Incident> => {
  const { incident: before, now } = assessment;
  const tracks = await listTracks(tx, [before.id]);
  const made = fixOf(tracks, assessment.alternatives ?? before.hypotheses, deps.config.locate);
  const fix = made?.fix ?? before.fix;
  const hypotheses = made?.hypotheses ?? [];
  const suppressions = await findSuppressions(tx, { incident: before, fix, tracks, now });
  const { probability, factors, level } = believe(
    tracks,
    { hypotheses, suppressions },
    { config: deps.config.confidence, reportsOf: deps.reportsOf },
  );
  const region = deps.regionAt([fix.lon, fix.lat]);
  const after: Incident = {
    ...before,
    fix,
    hypotheses,
    suppressions: suppressions.map(toStored),
    confidence: probability,
    factors,
    regionId: region.id,
    updatedAt: now,
  };
  const reason = alertReason(before, after, level);
  const alertLevel = reason === undefined ? before.alertLevel : highest(before.alertLevel, level);
  const result: Incident = { ...after, alertLevel };
  await updateAssessed(tx, result);
  for (const { type, data } of changesBetween(before, after, level)) {
    await appendEvent(tx, { incidentId: after.id, type, actor: assessment.actor, at: now, data });
  }
  if (reason !== undefined && level !== 'none') {
    await deps.onAlert(tx, { incident: result, seen: assessment.seen, level, reason, now });
  }
  return result;
};

const findSuppressions = async (
  tx: PoolClient,
  found: { incident: Incident; fix: Fix; tracks: readonly StoredTrack[]; now: Date },
): Promise<Suppression[]> => {
  const { incident, fix, tracks, now } = found;
  const layers = await layersNear(tx, {
    point: [fix.lon, fix.lat],
    at: now,
    deviceIds: tracks.map(({ deviceId }) => deviceId),
  });
  const sightings = tracks.flatMap(({ deviceId, best, latestAzimuthDeg }) => {
    const elevationDeg = best.sighting.elevation?.elevationDeg ?? null;
    const azimuths = [best.sighting.bearing?.azimuthDeg ?? null, latestAzimuthDeg];
    return azimuths.map((azimuthDeg) => ({ deviceId, azimuthDeg, elevationDeg }));
  });
  return suppressionsAt({ fix, detectedAt: incident.openedAt, now, sightings }, layers);
};

const toStored = ({ kind, id, name, until }: Suppression): StoredSuppression => ({
  kind,
  id,
  name,
  until: until.toISOString(),
});

const LEVELS: readonly AlertLevel[] = ['none', 'review', 'strong'];
const isHigher = (a: AlertLevel, b: AlertLevel): boolean => LEVELS.indexOf(a) > LEVELS.indexOf(b);
const highest = (a: AlertLevel, b: AlertLevel): AlertLevel => (isHigher(a, b) ? a : b);

/** Whether people must hear of it (again): each level once, and where it is when nobody has taken it yet. */
const alertReason = (
  before: Incident,
  after: Incident,
  level: AlertLevel,
): AlertReason | undefined => {
  const { status, alertLevel } = before;
  if (status !== 'reported' && status !== 'acknowledged') return undefined;
  if (isHigher(level, alertLevel)) {
    if (alertLevel === 'none') return status === 'reported' ? 'opened' : undefined;
    return 'strong';
  }
  // The first bearing may have put the fire in the neighbour's valley; those on duty where it is must hear too.
  const moved = before.regionId !== after.regionId;
  return moved && status === 'reported' && level !== 'none' ? 'region_changed' : undefined;
};

type Change = { type: IncidentEventType; data: Record<string, unknown> };

const changesBetween = (before: Incident, after: Incident, level: AlertLevel): Change[] => {
  const changes: Change[] = [];
  if (!sameFix(before.fix, after.fix)) {
    changes.push({ type: 'fix_updated', data: { old: before.fix, new: after.fix } });
  }
  const readings = ({ hypotheses }: Incident): string =>
    JSON.stringify(hypotheses.map(({ deviceIds }) => deviceIds.toSorted().join()).toSorted());
  if (readings(before) !== readings(after)) {
    const type = after.hypotheses.length > 0 ? 'ambiguous' : 'ambiguity_resolved';
    changes.push({ type, data: { hypotheses: after.hypotheses } });
  }
  const layers = ({ suppressions }: Incident): string =>
    JSON.stringify(suppressions.map(({ kind, id }) => [kind, id]));
  if (layers(before) !== layers(after)) {
    const type = after.suppressions.length > 0 ? 'suppressed' : 'suppression_ended';
    changes.push({ type, data: { old: before.suppressions, new: after.suppressions } });
  }
  const why = ({ factors }: Incident): string => JSON.stringify(factors);
  // An incident that opens has no belief to change.
  if (before.confidence > 0 && why(before) !== why(after)) {
    changes.push({
      type: 'confidence_changed',
      data: { old: before.confidence, new: after.confidence, level, factors: after.factors },
    });
  }
  if (before.regionId !== after.regionId) {
    changes.push({
      type: 'region_changed',
      data: { old: before.regionId, new: after.regionId },
    });
  }
  return changes;
};

const sameFix = (a: Fix, b: Fix): boolean =>
  a.lon === b.lon &&
  a.lat === b.lat &&
  a.method === b.method &&
  a.ellipse.semiMajorM === b.ellipse.semiMajorM &&
  a.ellipse.semiMinorM === b.ellipse.semiMinorM;
