import type { Device } from '../devices/index.ts';
import type { Recorded } from '../incidents/index.ts';
import type { Logger } from '../shared/logger.ts';
import type { BatchWriter, SignOfLife } from '../telemetry/index.ts';
import type { Decoded, DetectionReport, Rejected } from './decoded.ts';
import type { Arrival } from './inbound-message.ts';
import type { IngestMetrics, IngestSinks, Taken } from './ingest-sinks.ts';

export type DeviceIntakeDeps = {
  telemetry: Pick<BatchWriter, 'add'>;
  sinks: Pick<IngestSinks, 'detection' | 'online' | 'heard' | 'aircraft'>;
  metrics: Pick<IngestMetrics, 'committed'>;
  logger: Logger;
};

/** Hands on what one message says of one device. Resolves when what must be kept is kept. */
export const takeDeviceMessage = async (
  deps: DeviceIntakeDeps,
  device: Device,
  decoded: Decoded,
  arrival: Arrival,
): Promise<Taken> => {
  const { sinks } = deps;
  const { receivedAt } = arrival;
  switch (decoded.kind) {
    case 'detection':
      return takeDetectionReport(deps, device, decoded.report, arrival);
    case 'telemetry':
      await deps.telemetry.add({ deviceId: device.id, receivedAt, reading: decoded.reading });
      return { kind: 'taken' };
    case 'status':
      await sinks.online(device.id, { online: decoded.online, at: receivedAt, link: 'bus' });
      return { kind: 'taken' };
    case 'aircraft':
      await sinks.aircraft(decoded.sighting, device.id, receivedAt);
      return { kind: 'taken' };
    case 'rejected':
      return decoded;
    case 'nothing':
    case 'position':
    case 'receipt':
      return { kind: 'taken' };
  }
};

const takeDetectionReport = async (
  { sinks, metrics, logger }: DeviceIntakeDeps,
  device: Device,
  report: DetectionReport,
  { message, receivedAt }: Arrival,
): Promise<Recorded | Rejected> => {
  const started = performance.now();
  const origin = { topic: message.topic, raw: message.payload, receivedAt };
  const result = await sinks.detection(report, device, origin);
  if (result.kind === 'rejected') return result;
  sinks.heard(signOf(report, device, receivedAt));
  const { detectionId, incidentId } = result;
  const log = { deviceId: device.id, detectionId, incidentId };
  if (result.kind === 'duplicate') {
    logger.debug(log, 'detection already known');
    return result;
  }
  metrics.committed(performance.now() - started);
  logger.info(
    { ...log, number: result.number },
    result.opened ? 'incident opened' : 'detection joined an incident',
  );
  return result;
};

const signOf = (
  { frameSha256, observedAt }: DetectionReport,
  { id }: Device,
  receivedAt: Date,
): SignOfLife => ({
  deviceId: id,
  at: receivedAt,
  frame:
    frameSha256 === undefined ? null : { sha256: frameSha256, since: observedAt, at: observedAt },
});
