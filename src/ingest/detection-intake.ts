import { createHash } from 'node:crypto';
import { type Device, type DeviceProblem, lensOf } from '../devices/index.ts';
import {
  type IncidentDeps,
  type Recorded,
  recordDetection,
  sourceClassOf,
} from '../incidents/index.ts';
import {
  areaEllipse,
  type Frame,
  locate,
  type Observation,
  type ReportedFrame,
} from '../locate/index.ts';
import type { Clock } from '../shared/clock.ts';
import type { Fix, FixFlag } from '../shared/geo.ts';
import type { Geometry } from '../shared/geometry.ts';
import { aimAt, lastPose } from '../telemetry/index.ts';
import { aimOf, frameOfAim } from './camera-frame.ts';
import { type DetectionReport, type Rejected, rejected } from './decoded.ts';
import { frameOfReport } from './frame-field-of-view.ts';
import { observerOf } from './observer.ts';

export type DetectionIntakeDeps = IncidentDeps & {
  clock: Clock;
  /** What is wrong with the source of an alarm, from memory. */
  problemsOf: (alarm: { deviceId: string; observedAt: Date; receivedAt: Date }) => DeviceProblem[];
  /** The outline of a region; null = it has none; undefined = there is no such region. */
  regionGeometry: (id: string) => Geometry | null | undefined;
};

/** Where a report came from, kept with the detection as it was received. */
export type Origin = { topic: string; raw: Buffer; receivedAt: Date };

/** Locates a decoded detection and records it. Resolves after COMMIT; rejects when it could not be stored. */
export const takeDetection = async (
  deps: DetectionIntakeDeps,
  report: DetectionReport,
  device: Device,
  origin: Origin,
): Promise<Recorded | Rejected> => {
  const { terrain, config } = deps;
  const { kind } = device;
  if (kind === 'gateway') {
    return rejected('wrong_device', `"${device.id}" is a gateway: it sees nothing itself`);
  }
  const frame = report.frame ?? (await frameByAim(deps, report, device));
  const resolved = frameOfReport({ ...report, frame }, lensOf(device));
  const isFlying = kind === 'drone' || kind === 'dock';
  const pose = isFlying ? await lastPose(deps.pool, device.id) : null;
  const observer = observerOf(
    { ...device, kind },
    { pose, terrain, observedAt: report.observedAt },
  );
  const located = locate(observationOf(deps, report, resolved.frame), observer, {
    config: config.locate,
    terrain,
  });
  if (located.kind === 'unlocated') return rejected('unlocated', located.reason);
  const { sighting } = located;
  const { observedAt } = report;
  const { receivedAt } = origin;
  const problems = deps.problemsOf({ deviceId: device.id, observedAt, receivedAt });
  const fix = resolved.missing === null ? located.fix : flagged(located.fix, 'no_field_of_view');
  return recordDetection(
    deps,
    {
      deviceId: device.id,
      source: sourceClassOf(kind, observer.sensor),
      dedupeKey: dedupeKey(report, origin.raw),
      kind: report.kind,
      confidence: report.confidence,
      observedAt,
      receivedAt,
      fix,
      sighting,
      azimuthDeg: sighting.bearing?.azimuthDeg ?? null,
      elevationDeg: sighting.elevation?.elevationDeg ?? null,
      rangeM: report.rangeM,
      temperatureC: report.temperatureC,
      imageUrl: report.imageUrl,
      deviceProblems: problems.length === 0 ? null : problems,
      topic: origin.topic,
      raw: origin.raw,
    },
    deps.clock.now(),
  );
};

/** An alarm without its frame was seen in the direction in which the camera looked then, where that is known. */
const frameByAim = async (
  { pool }: DetectionIntakeDeps,
  { azimuthDeg, position, observedAt }: DetectionReport,
  device: Device,
): Promise<ReportedFrame | null> => {
  if (device.kind !== 'camera' || azimuthDeg !== null || position !== null) return null;
  const aim = aimOf(device) ?? (await aimAt(pool, device.id, observedAt));
  return aim === null ? null : frameOfAim(device, aim);
};

const flagged = (fix: Fix, flag: FixFlag): Fix => ({ ...fix, flags: [...(fix.flags ?? []), flag] });

/** What was seen; a report that only names a region is somewhere in it. */
const observationOf = (
  { regionGeometry }: DetectionIntakeDeps,
  report: DetectionReport,
  frame: Frame | null,
): Observation => {
  const { position, positionRadiusM, azimuthDeg, elevationDeg, rangeM, box, regionId } = report;
  const seen = { azimuthDeg, elevationDeg, rangeM, box, frame };
  const geometry = position === null && regionId !== null ? regionGeometry(regionId) : undefined;
  const area = geometry === undefined || geometry === null ? undefined : areaEllipse(geometry);
  return area === undefined
    ? { ...seen, position, positionRadiusM, positionEllipse: null }
    : { ...seen, position: area.at, positionRadiusM: null, positionEllipse: area.ellipse };
};

/** The prefix keeps a source's id from ever equalling a hash. */
const dedupeKey = (report: DetectionReport, raw: Buffer): string =>
  report.sourceEventId === null
    ? `sha256:${createHash('sha256').update(raw).digest('hex')}`
    : `id:${report.sourceEventId}`;
