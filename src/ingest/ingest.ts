import type { Device, DeviceRegistry } from '../devices/index.ts';
import type { Recorded } from '../incidents/index.ts';
import { errorMessage } from '../shared/app-error.ts';
import type { Logger } from '../shared/logger.ts';
import { isTransient } from '../shared/transient.ts';
import type { BatchWriter } from '../telemetry/index.ts';
import { decodeCameraMessage, takeCameraMessage } from './camera-intake.ts';
import type { CameraTopic } from './camera-topics.ts';
import type { DeadLetterCode } from './dead-letter-store.ts';
import { type Decoded, type Rejected, rejected } from './decoded.ts';
import { takeDeviceMessage } from './device-intake.ts';
import { decodeDeviceMessage, decodePersonMessage } from './dialects/native.ts';
import type { DjiGateway } from './dji-gateway.ts';
import { readDji } from './dji-reading.ts';
import type { Arrival, InboundMessage } from './inbound-message.ts';
import {
  type IngestMetrics,
  type IngestSinks,
  notRegistered,
  otherKind,
  type Taken,
} from './ingest-sinks.ts';
import type { MavlinkReceiver } from './mavlink-receiver.ts';
import { takePicture, takePicturesWith } from './picture-intake.ts';
import { refuseRevoked } from './refuse-revoked.ts';
import { type MavlinkSender, parseTopic, type Topic } from './topics.ts';

export type IngestDeps = {
  registry: DeviceRegistry;
  telemetry: Pick<BatchWriter, 'add'>;
  dji: DjiGateway;
  mavlink: Pick<MavlinkReceiver, 'take'>;
  /** 95 % radius of what an aircraft's laser measures, metres. */
  laserRadiusM: number;
  sinks: IngestSinks;
  metrics: IngestMetrics;
  /** Of the county: some equipment says local time without a zone. IANA name. */
  timeZone: string;
  now(): Date;
  logger: Logger;
};

/** How a message ended, for the log, the replay of a dead letter and `POST detections`. */
export type Outcome = { kind: 'taken' } | Recorded | (Rejected & { deadLetterId: string });

export type Ingest = {
  /**
   * Takes one message from wherever it came. Resolves when it may be acknowledged: detections, positions
   * and receipts are committed, what cannot be decoded is a dead letter, telemetry is in the batch (written
   * within 200 ms). Rejects only when nothing could be stored; then it must not be acknowledged.
   */
  handle(message: InboundMessage): Promise<Outcome>;
  /** A device that is not on the bus has shown that it is there. */
  seen(deviceId: string): Promise<void>;
  /** A publish that the access rules refused: kept as a dead letter. */
  refuse(message: InboundMessage): Promise<void>;
};

export const createIngest = (deps: IngestDeps): Ingest => {
  const { sinks, metrics, logger } = deps;

  const bury = async (
    message: InboundMessage,
    { code, reason }: { code: DeadLetterCode; reason: string },
    receivedAt: Date,
  ): Promise<string> => {
    const { topic, payload, publisherId: publisher } = message;
    const id = await sinks.deadLetter({ receivedAt, topic, publisher, code, reason, payload });
    metrics.deadLetter(code);
    // A dead letter on an alarm topic may be a fire nobody hears of: louder than the rest.
    const level = isAlarm(topic) ? 'error' : 'warn';
    logger[level]({ topic, publisher, code, reason, deadLetterId: id }, 'message not taken');
    return id;
  };

  const take = async (message: InboundMessage, receivedAt: Date): Promise<Outcome> => {
    const parsed = parseTopic(message.topic);
    if (parsed.kind === 'ignored') return { kind: 'taken' };
    const result =
      parsed.kind === 'unknown'
        ? rejected('unknown_topic', parsed.reason)
        : await dispatch(parsed.topic, message, receivedAt);
    if (result.kind !== 'rejected') return result;
    return { ...result, deadLetterId: await bury(message, result, receivedAt) };
  };

  const dispatch = async (
    topic: Topic,
    message: InboundMessage,
    receivedAt: Date,
  ): Promise<Taken> => {
    const arrival = { message, receivedAt };
    metrics.received(topic.lane, topic.dialect, topic.message);
    const revoked = refuseRevoked(topic, message, deps.registry);
    if (revoked !== undefined) return revoked;
    if (topic.dialect === 'native' && topic.publisher === 'person') {
      const decoded = decodePersonMessage(topic.message, message.payload);
      return takePersonMessage(sinks, topic.id, decoded, receivedAt);
    }
    if (topic.dialect === 'mavlink') return takeMavlink(topic.from, message.payload, receivedAt);
    const device = await deps.registry.resolve(topic.id);
    if (device === undefined) return notRegistered(topic.id);
    if (topic.message === 'image' || topic.message === 'snapshot') {
      return takePicture(deps, topic, device, arrival);
    }
    if (topic.dialect !== 'native' && topic.dialect !== 'dji') {
      return takeOfCamera(topic, device, arrival);
    }
    if (topic.dialect === 'dji') {
      if (topic.lane === 'control') {
        return deps.dji.take(topic.message, device, { payload: message.payload, receivedAt });
      }
      const read = readDji(topic.message, device, arrival, deps);
      return takeDeviceMessage(deps, read.device, read.decoded, arrival);
    }
    if (topic.kind !== device.kind) return otherKind(device, topic.kind);
    const decoded = decodeDeviceMessage(device.id, topic.message, message.payload);
    return takeDeviceMessage(deps, device, decoded, arrival);
  };

  const takeMavlink = async (
    from: MavlinkSender,
    payload: Buffer,
    receivedAt: Date,
  ): Promise<{ kind: 'taken' } | Rejected> => {
    if ('address' in from) return deps.mavlink.take(payload, from, receivedAt);
    const device = await deps.registry.resolve(from.deviceId);
    if (device === undefined) return notRegistered(from.deviceId);
    return device.kind === 'drone'
      ? deps.mavlink.take(payload, { device }, receivedAt)
      : otherKind(device, 'drone');
  };

  const takeOfCamera = async (
    topic: CameraTopic,
    sender: Device,
    arrival: Arrival,
  ): Promise<Taken> => {
    const { message, receivedAt } = arrival;
    const reception = { receivedAt, timeZone: deps.timeZone, sender };
    const decoded = decodeCameraMessage(topic, message.payload, reception);
    const detectionIds: string[] = [];
    const take = async (device: Device, said: Decoded) => {
      const taken = await takeDeviceMessage(deps, device, said, arrival);
      if ('detectionId' in taken) detectionIds.push(taken.detectionId);
      return taken;
    };
    const taken = await takeCameraMessage(
      { registry: deps.registry, take, bury: (problem) => bury(message, problem, receivedAt) },
      sender,
      decoded,
    );
    await takePicturesWith({ sinks, bury, logger }, arrival, {
      deviceId: sender.id,
      detectionIds,
    });
    return taken;
  };

  return {
    async handle(message) {
      const receivedAt = deps.now();
      try {
        return await take(message, receivedAt);
      } catch (error) {
        if (isTransient(error)) throw error;
        logger.error({ err: error, topic: message.topic }, 'message failed and would fail again');
        const problem = { code: 'internal_error' as const, reason: errorMessage(error) };
        const deadLetterId = await bury(message, problem, receivedAt);
        return { ...rejected('invalid_payload', problem.reason), deadLetterId };
      }
    },
    seen: (deviceId) => sinks.online(deviceId, { online: true, at: deps.now(), link: 'http' }),
    async refuse(message) {
      const reason = `"${message.publisherId ?? 'unknown'}" may not publish on this topic`;
      await bury(message, { code: 'topic_not_allowed', reason }, deps.now());
    },
  };
};

const takePersonMessage = async (
  sinks: Pick<IngestSinks, 'personPosition' | 'receipt'>,
  personId: string,
  decoded: Decoded,
  receivedAt: Date,
): Promise<{ kind: 'taken' } | Rejected> => {
  if (decoded.kind === 'rejected') return decoded;
  if (decoded.kind === 'position')
    await sinks.personPosition(personId, decoded.position, receivedAt);
  if (decoded.kind === 'receipt') {
    const refused = await sinks.receipt(personId, decoded.receipt, receivedAt);
    if (refused !== undefined) return refused;
  }
  return { kind: 'taken' };
};

const isAlarm = (topic: string): boolean => {
  const parsed = parseTopic(topic);
  return parsed.kind === 'known' ? parsed.topic.lane === 'alarm' : topic.endsWith('/detection');
};
