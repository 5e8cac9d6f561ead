import { createHash } from 'node:crypto';
import { type Device, lensOf } from '../devices/index.ts';
import { type RecordDeps, type Recorded, recordDetection } from '../incidents/index.ts';
import { type Frame, locate, resolveFrame } from '../locate/index.ts';
import type { Clock } from '../shared/clock.ts';
import type { CountyConfig } from '../shared/county-config.ts';
import type { LonLat } from '../shared/geo.ts';
import { lastPosition } from '../telemetry/index.ts';
import { type DetectionReport, type Rejected, rejected } from './decoded.ts';

export type DetectionIntakeDeps = RecordDeps & { locate: CountyConfig['locate']; clock: Clock };

/** Where a report came from, kept with the detection as it was received. */
export type Origin = { topic: string; raw: Buffer; receivedAt: Date };

/** Locates a decoded detection and records it. Resolves after COMMIT; rejects when it could not be stored. */
export const takeDetection = async (
  deps: DetectionIntakeDeps,
  report: DetectionReport,
  device: Device,
  origin: Origin,
): Promise<Recorded | Rejected> => {
  const resolved = frameOf(report, device);
  if (resolved.kind === 'unknown') return rejected('unlocated', resolved.reason);
  const located = locate(
    { ...report, frame: resolved.frame },
    {
      kind: device.kind === 'camera' ? 'camera' : 'drone',
      origin: await whereIs(deps, device),
      azimuthOffsetDeg: device.azimuthOffsetDeg,
      azimuthSigmaDeg: device.azimuthSigmaDeg,
    },
    deps.locate,
  );
  if (located.kind === 'unlocated') return rejected('unlocated', located.reason);
  return recordDetection(
    deps,
    {
      deviceId: device.id,
      dedupeKey: dedupeKey(report, origin.raw),
      kind: report.kind,
      confidence: report.confidence,
      observedAt: report.observedAt,
      receivedAt: origin.receivedAt,
      fix: located.fix,
      azimuthDeg: located.azimuthDeg,
      elevationDeg: located.elevationDeg,
      rangeM: report.rangeM,
      temperatureC: report.temperatureC,
      imageUrl: report.imageUrl,
      topic: origin.topic,
      raw: origin.raw,
    },
    deps.clock.now(),
  );
};

/** A frame whose field of view nobody knows matters only to a report without a direction or place of its own. */
const frameOf = (
  { frame, azimuthDeg, position }: DetectionReport,
  device: Device,
): { kind: 'frame'; frame: Frame | null } | { kind: 'unknown'; reason: string } => {
  if (frame === null) return { kind: 'frame', frame };
  const resolved = resolveFrame(frame, lensOf(device));
  const isNeeded = azimuthDeg === null && position === null;
  return resolved.kind === 'unknown' && !isNeeded ? { kind: 'frame', frame: null } : resolved;
};

/** A camera stands where it was surveyed; a drone is where it last said it was. */
const whereIs = async (deps: DetectionIntakeDeps, device: Device): Promise<LonLat | null> => {
  const surveyed: LonLat | null =
    device.lon === null || device.lat === null ? null : [device.lon, device.lat];
  if (device.kind === 'camera') return surveyed;
  const last = await lastPosition(deps.pool, device.id);
  return last === null ? surveyed : [last.lon, last.lat];
};

/** The prefix keeps a source's id from ever equalling a hash. */
const dedupeKey = (report: DetectionReport, raw: Buffer): string =>
  report.sourceEventId === null
    ? `sha256:${createHash('sha256').update(raw).digest('hex')}`
    : `id:${report.sourceEventId}`;
