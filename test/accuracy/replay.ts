import { asCandidate, asNewTrack } from '../../src/incidents/as-candidate.ts';
import { type Alternatives, believe, fixOf } from '../../src/incidents/assess.ts';
import { type Association, associate, type Reading } from '../../src/incidents/associate.ts';
import { extendTrack } from '../../src/incidents/extend-track.ts';
import type { Incident } from '../../src/incidents/incident.ts';
import type { StoredTrack, TrackDetection } from '../../src/incidents/track-store.ts';
import type { CountyConfig } from '../../src/shared/county-config.ts';
import type { Terrain } from '../../src/terrain/index.ts';

type Kept =
  | 'id'
  | 'status'
  | 'fix'
  | 'anchorDeviceId'
  | 'lastObservedAt'
  | 'lastReceivedAt'
  | 'hypotheses'
  | 'confidence'
  | 'alertLevel';
/** An incident in memory, with its detections by device. */
export type ReplayIncident = Pick<Incident, Kept> & {
  tracks: Map<string, StoredTrack>;
  detections: TrackDetection[];
};

export type Replay = {
  incidents: ReplayIncident[];
  /** Takes a detection as `recordDetection` does, without a database; returns what was decided and in what time. */
  record: (detection: TrackDetection) => { association: Association; tookMs: number };
};

const LEVELS = ['none', 'review', 'strong'] as const;

/** The association core over a stream of detections, in memory. */
export const createReplay = (
  config: Pick<CountyConfig, 'association' | 'confidence' | 'locate'>,
  terrain: Terrain | undefined,
): Replay => {
  const incidents: ReplayIncident[] = [];
  let opened = 0;
  const context = { ...config, terrain };

  const add = (incident: ReplayIncident, detection: TrackDetection): void => {
    const { tracks, detections, id } = incident;
    detections.push(detection);
    const before = tracks.get(detection.deviceId);
    tracks.set(detection.deviceId, extendTrack(before, id, detection, config.confidence));
    incident.lastObservedAt = later(incident.lastObservedAt, detection.observedAt);
    incident.lastReceivedAt = later(incident.lastReceivedAt, detection.receivedAt);
  };

  const open = (detection: TrackDetection): ReplayIncident => {
    opened += 1;
    const incident: ReplayIncident = {
      id: `i-${String(opened)}`,
      status: 'reported',
      fix: detection.fix,
      anchorDeviceId: detection.deviceId,
      lastObservedAt: detection.observedAt,
      lastReceivedAt: detection.receivedAt,
      hypotheses: [],
      confidence: 0,
      alertLevel: 'none',
      tracks: new Map(),
      detections: [],
    };
    incidents.push(incident);
    return incident;
  };

  /** All at once: two tracks of one device may change places. */
  const moveAll = (
    moves: readonly { deviceId: string; from: ReplayIncident; to: ReplayIncident }[],
  ) => {
    const taken = moves.map(({ deviceId, from, to }) => {
      const isMoved = (detection: TrackDetection): boolean => detection.deviceId === deviceId;
      const detections = from.detections.filter(isMoved);
      from.detections = from.detections.filter((detection) => !isMoved(detection));
      from.tracks.delete(deviceId);
      return { detections, to };
    });
    for (const { detections, to } of taken) {
      for (const detection of detections) add(to, detection);
    }
  };

  const assess = (incident: ReplayIncident, alternatives: Alternatives | undefined): void => {
    const tracks = [...incident.tracks.values()].toSorted((a, b) =>
      a.deviceId < b.deviceId ? -1 : 1,
    );
    if (tracks.length === 0) return;
    const made = fixOf(tracks, alternatives ?? incident.hypotheses, config.locate);
    incident.fix = made?.fix ?? incident.fix;
    incident.hypotheses = made?.hypotheses ?? [];
    const { probability, level } = believe(
      tracks,
      { hypotheses: incident.hypotheses, suppressions: [] },
      { config: config.confidence, reportsOf: () => 'alarms' },
    );
    incident.confidence = probability;
    if (LEVELS.indexOf(level) > LEVELS.indexOf(incident.alertLevel)) incident.alertLevel = level;
  };

  const record: Replay['record'] = (detection) => {
    const stored = incidents.flatMap(({ tracks }) => [...tracks.values()]);
    const candidates = incidents.map((incident) => asCandidate(incident, stored));
    const start = performance.now();
    const association = associate(asNewTrack(detection), candidates, context);
    const tookMs = performance.now() - start;
    const find = (id: string | null): ReplayIncident | undefined =>
      incidents.find((incident) => incident.id === id);
    const known = find(association.incidentId);
    const target = known ?? open(detection);
    const touched = new Set([target]);
    const moves = association.moves.map(({ deviceId, from, to }) => {
      const [source, sink] = [find(from), to === null ? target : find(to)];
      if (source === undefined || sink === undefined) throw new Error('moved from or to nowhere');
      touched.add(source).add(sink);
      return { deviceId, from: source, to: sink };
    });
    moveAll(moves);
    add(target, detection);
    for (const { from } of association.absorbed) {
      const emptied = find(from);
      if (emptied === undefined || emptied.tracks.size > 0) throw new Error('absorbed, not empty');
      emptied.status = 'merged';
    }
    const alternativesOf = (incident: ReplayIncident): Alternatives | undefined =>
      association.readings
        .get(incident === target && known === undefined ? null : incident.id)
        ?.map(toAlternative);
    for (const [id] of association.readings) touched.add(find(id) ?? target);
    for (const incident of touched) assess(incident, alternativesOf(incident));
    return { association, tookMs };
  };
  return { incidents, record };
};

const toAlternative = ({ probability, tracks }: Reading): Alternatives[number] => ({
  probability,
  deviceIds: tracks.map((track) => track.deviceId),
});

const later = (a: Date, b: Date): Date => (a.getTime() >= b.getTime() ? a : b);
