import { asCandidate, asNewTrack } from '../../../src/incidents/as-candidate.ts';
import type { Candidate } from '../../../src/incidents/candidate.ts';
import { extendTrack } from '../../../src/incidents/extend-track.ts';
import type { CostContext } from '../../../src/incidents/set-cost.ts';
import type { NewDetection, SourceClass, Track } from '../../../src/incidents/track.ts';
import type { StoredTrack, TrackDetection } from '../../../src/incidents/track-store.ts';
import type { Sighting } from '../../../src/locate/index.ts';
import { type CountyConfig, loadCountyConfig } from '../../../src/shared/county-config.ts';
import { type Fix, geodesicDirect, geodesicInverse, type LonLat } from '../../../src/shared/geo.ts';
import type { Terrain } from '../../../src/terrain/index.ts';
import { locateLine } from '../../support/sight-line.ts';

export const config: CountyConfig = await loadCountyConfig('config');
export const HOME: LonLat = [113.27, 26.71];
export const T0 = new Date('2026-04-05T03:00:00Z');
export const after = (seconds: number): Date => new Date(T0.getTime() + seconds * 1000);
export const bare: CostContext = { ...config, terrain: undefined };

/** The place `distanceM` from HOME, or from somewhere else, in a direction. */
export const place = (azimuthDeg: number, distanceM: number, from: LonLat = HOME): LonLat =>
  geodesicDirect(from, azimuthDeg, distanceM);

export type Mast = { id: string; at: LonLat; heightM: number | null };
export const mast = (id: string, at: LonLat, heightM: number | null = null): Mast => ({
  id,
  at,
  heightM,
});

let made = 0;

type Seeing = {
  atS?: number;
  /** Received; as observed when absent. */
  receivedS?: number;
  offDeg?: number;
  sigmaDeg?: number;
  /** As the camera measured it. */
  rangeM?: number;
  terrain?: Terrain | undefined;
};

/** What a camera on `mast` reports of smoke at `target`: its azimuth, `offDeg` wrong, and its elevation over terrain. */
export const sees = (from: Mast, target: LonLat, seeing: Seeing = {}): TrackDetection => {
  const { atS = 0, receivedS = atS, offDeg = 0, sigmaDeg = 0.5, rangeM = null, terrain } = seeing;
  const { distanceM, azimuthDeg } = geodesicInverse(from.at, target);
  const elevationDeg =
    terrain === undefined || from.heightM === null
      ? null
      : (Math.atan2(
          terrain.elevationM(target[0], target[1]) -
            from.heightM -
            (0.87 * distanceM ** 2) / 12_742_018,
          distanceM,
        ) *
          180) /
        Math.PI;
  const located = locateLine(
    { azimuthDeg: azimuthDeg + offDeg, elevationDeg, rangeM },
    { station: { lon: from.at[0], lat: from.at[1], heightM: from.heightM }, sigmaDeg },
    { config: config.locate, terrain },
  );
  made += 1;
  return {
    id: `d-${String(made)}`,
    deviceId: from.id,
    source: 'camera',
    fix: located.fix,
    sighting: located.sighting,
    azimuthDeg: located.sighting.bearing?.azimuthDeg ?? null,
    observedAt: after(atS),
    receivedAt: after(receivedS),
    seenAsFire: false,
    pinned: false,
  };
};

/** A position somebody or something reports, circular 95 % error. */
export const reports = (
  deviceId: string,
  [lon, lat]: LonLat,
  {
    source = 'caller',
    radiusM = 200,
    atS = 0,
    receivedS = atS,
    method = 'reported',
  }: {
    source?: SourceClass;
    radiusM?: number;
    atS?: number;
    receivedS?: number;
    method?: Fix['method'];
  } = {},
): TrackDetection => {
  const ellipse = { semiMajorM: radiusM, semiMinorM: radiusM, orientationDeg: 0 };
  const sighting: Sighting = {
    station: null,
    bearing: null,
    elevation: null,
    range: null,
    rangePrior: null,
    point: { lon, lat, ellipse },
  };
  made += 1;
  return {
    id: `d-${String(made)}`,
    deviceId,
    source,
    fix: { lon, lat, method, ellipse },
    sighting,
    azimuthDeg: null,
    observedAt: after(atS),
    receivedAt: after(receivedS),
    seenAsFire: false,
    pinned: false,
  };
};

export const newTrack = (detection: TrackDetection): NewDetection => asNewTrack(detection);

export const tracksOf = (
  detections: readonly TrackDetection[],
  incidentId = 'i-1',
): StoredTrack[] => {
  const tracks = new Map<string, StoredTrack>();
  for (const detection of detections) {
    const { deviceId } = detection;
    tracks.set(
      deviceId,
      extendTrack(tracks.get(deviceId), incidentId, detection, config.confidence),
    );
  }
  return [...tracks.values()];
};

/** An incident of these detections, opened by the first. `fix`: the first's unless told otherwise. */
export const incident = (
  detections: readonly TrackDetection[],
  over: Partial<Pick<Candidate, 'id' | 'status' | 'fix'>> = {},
): Candidate => {
  const [first] = detections;
  if (first === undefined) throw new Error('an incident has a detection');
  const { id = 'i-1', status = 'reported', fix = first.fix } = over;
  const latest = (times: Date[]): Date => new Date(Math.max(...times.map(Number)));
  return asCandidate(
    {
      id,
      status,
      fix,
      anchorDeviceId: first.deviceId,
      lastObservedAt: latest(detections.map(({ observedAt }) => observedAt)),
      lastReceivedAt: latest(detections.map(({ receivedAt }) => receivedAt)),
    },
    tracksOf(detections, id),
  );
};

export const asTracks = (detections: readonly TrackDetection[]): readonly Track[] =>
  incident(detections).tracks;
