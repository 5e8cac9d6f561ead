import type { AircraftSighting } from '../airspace/index.ts';
import type { Device, DeviceRegistry } from '../devices/index.ts';
import type { SentImage } from '../images/index.ts';
import type { Recorded } from '../incidents/index.ts';
import { errorMessage } from '../shared/app-error.ts';
import type { Logger } from '../shared/logger.ts';
import { isTransient } from '../shared/transient.ts';
import type { BatchWriter, SignOfLife } from '../telemetry/index.ts';
import { decodeCameraMessage, noCamera, takeCameraMessage } from './camera-intake.ts';
import type { CameraTopic } from './camera-topics.ts';
import type { DeadLetterCode, NewDeadLetter } from './dead-letter-store.ts';
import {
  type Decoded,
  type DetectionReport,
  type PersonPosition,
  type PersonReceipt,
  type Rejected,
  rejected,
} from './decoded.ts';
import type { Origin } from './detection-intake.ts';
import { decodeDrcUp } from './dialects/dji-drc.ts';
import { readDjiMessage } from './dialects/dji-envelope.ts';
import { djiMaker } from './dialects/dji-mode.ts';
import { decodeDjiOsd, refuseForeign } from './dialects/dji-osd.ts';
import { decodeDeviceMessage, decodePersonMessage } from './dialects/native.ts';
import { type DjiGateway, soleAircraft } from './dji-gateway.ts';
import type { MavlinkReceiver } from './mavlink-receiver.ts';
import {
  type DjiReading,
  type MavlinkSender,
  type PictureTopic,
  parseTopic,
  type Topic,
} from './topics.ts';

export type InboundMessage = {
  topic: string;
  payload: Buffer;
  /** The login that published it, where the broker tells us. */
  publisherId: string | null;
  /** That came with it, of all the detections in it. */
  pictures?: readonly Buffer[];
};

export type IngestMetrics = {
  received(lane: string, dialect: string, message: string): void;
  deadLetter(code: DeadLetterCode): void;
  /** From our receipt to COMMIT. */
  committed(delayMs: number): void;
};

/** What ingest hands its decoded messages to. Each resolves when what it must keep is kept. */
export type IngestSinks = {
  detection(report: DetectionReport, device: Device, origin: Origin): Promise<Recorded | Rejected>;
  online(
    deviceId: string,
    change: { online: boolean; at: Date; link: 'bus' | 'http' },
  ): Promise<void>;
  /** It is there, for it has just reported; written down later. */
  heard(sign: SignOfLife): void;
  aircraft(sighting: AircraftSighting, receiverId: string, receivedAt: Date): Promise<void>;
  personPosition(personId: string, position: PersonPosition, receivedAt: Date): Promise<void>;
  /** Rejected when the notification is not that person's. */
  receipt(personId: string, receipt: PersonReceipt, receivedAt: Date): Promise<void | Rejected>;
  /** Rejected when it is no picture, or too large. */
  picture(sent: SentImage): Promise<void | Rejected>;
  deadLetter(letter: NewDeadLetter): Promise<string>;
};

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
  ): Promise<{ kind: 'taken' } | Recorded | Rejected> => {
    metrics.received(topic.lane, topic.dialect, topic.message);
    if (topic.dialect === 'native' && topic.publisher === 'person') {
      const decoded = decodePersonMessage(topic.message, message.payload);
      return takePersonMessage(topic.id, decoded, receivedAt);
    }
    if (topic.dialect === 'mavlink') return takeMavlink(topic.from, message.payload, receivedAt);
    const device = await deps.registry.resolve(topic.id);
    if (device === undefined) return notRegistered(topic.id);
    if (topic.message === 'image' || topic.message === 'snapshot') {
      return takePicture(topic, device, { message, receivedAt });
    }
    if (topic.dialect !== 'native' && topic.dialect !== 'dji') {
      return takeOfCamera(topic, device, { message, receivedAt });
    }
    if (topic.dialect === 'dji') {
      const { payload } = message;
      return topic.lane === 'control'
        ? deps.dji.take(topic.message, device, { payload, receivedAt })
        : takeDjiReading(topic.message, device, { message, receivedAt });
    }
    if (topic.kind !== device.kind) return otherKind(device, topic.kind);
    const decoded = decodeDeviceMessage(device.id, topic.message, message.payload);
    return takeDeviceMessage(device, decoded, { message, receivedAt });
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
    origin: { message: InboundMessage; receivedAt: Date },
  ): Promise<{ kind: 'taken' } | Recorded | Rejected> => {
    const { message, receivedAt } = origin;
    const reception = { receivedAt, timeZone: deps.timeZone, sender };
    const decoded = decodeCameraMessage(topic, message.payload, reception);
    const detectionIds: string[] = [];
    const take = async (device: Device, said: Decoded) => {
      const taken = await takeDeviceMessage(device, said, origin);
      if ('detectionId' in taken) detectionIds.push(taken.detectionId);
      return taken;
    };
    const taken = await takeCameraMessage(
      { registry: deps.registry, take, bury: (problem) => bury(message, problem, receivedAt) },
      sender,
      decoded,
    );
    await takePicturesWith(message, { deviceId: sender.id, detectionIds, receivedAt });
    return taken;
  };

  /** The detections are committed by now, and people are being told: nothing that goes wrong here may undo that. */
  const takePicturesWith = async (
    message: InboundMessage,
    of: { deviceId: string; detectionIds: readonly string[]; receivedAt: Date },
  ): Promise<void> => {
    const { deviceId, detectionIds, receivedAt } = of;
    if (detectionIds.length === 0) return;
    for (const bytes of message.pictures ?? []) {
      try {
        const sent = { deviceId, bytes, of: { detectionIds }, receivedAt };
        const refused = await sinks.picture(sent);
        if (refused === undefined) continue;
        await bury(
          { ...message, topic: `${message.topic}/picture`, payload: bytes },
          refused,
          receivedAt,
        );
      } catch (error) {
        logger.error({ err: error, deviceId, detectionIds }, 'a picture of a detection is LOST');
      }
    }
  };

  const takePicture = async (
    topic: PictureTopic,
    sender: Device,
    { message, receivedAt }: { message: InboundMessage; receivedAt: Date },
  ): Promise<{ kind: 'taken' } | Rejected> => {
    const bytes = message.payload;
    if (topic.message === 'image') {
      if (topic.kind !== sender.kind) return otherKind(sender, topic.kind);
      const { sourceEventId } = topic;
      const sent = { deviceId: sender.id, bytes, of: { sourceEventId }, receivedAt };
      return (await sinks.picture(sent)) ?? { kind: 'taken' };
    }
    const camera = await deps.registry.cameraBehind(sender.id, topic.camera);
    if (camera === undefined) return noCamera(sender, topic.camera);
    const sent = { deviceId: camera.id, bytes, of: { sourceEventId: null }, receivedAt };
    return (await sinks.picture(sent)) ?? { kind: 'taken' };
  };

  const takeDjiReading = async (
    topic: DjiReading,
    device: Device,
    origin: { message: InboundMessage; receivedAt: Date },
  ): Promise<{ kind: 'taken' } | Recorded | Rejected> => {
    const { payload } = origin.message;
    if (topic !== 'drc') {
      const sender = {
        id: device.id,
        device: device.kind === 'dock' ? ('dock' as const) : ('aircraft' as const),
        gatewayId: device.gatewayId,
        maker: djiMaker(device.properties),
        laserRadiusM: deps.laserRadiusM,
      };
      const decoded = decodeDjiOsd(payload, sender, origin.receivedAt);
      return takeDeviceMessage(device, decoded, origin);
    }
    const read = readDjiMessage(payload, origin.receivedAt);
    if (read.kind === 'rejected') return read;
    const foreign = refuseForeign(read.message.gateway, device);
    if (foreign !== undefined) return foreign;
    const decoded = decodeDrcUp(read.message);
    if (decoded.kind === 'nothing') return { kind: 'taken' };
    const aircraft = soleAircraft(device, deps.registry);
    return aircraft === undefined
      ? rejected(
          'wrong_device',
          `"${device.id}" has no aircraft, or several: whose position is it?`,
        )
      : takeDeviceMessage(aircraft, decoded, origin);
  };

  const takeDeviceMessage = async (
    device: Device,
    decoded: Decoded,
    { message, receivedAt }: { message: InboundMessage; receivedAt: Date },
  ): Promise<{ kind: 'taken' } | Recorded | Rejected> => {
    switch (decoded.kind) {
      case 'detection':
        return takeDetectionReport(device, decoded.report, { message, receivedAt });
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
    device: Device,
    report: DetectionReport,
    { message, receivedAt }: { message: InboundMessage; receivedAt: Date },
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

  const takePersonMessage = async (
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

const notRegistered = (id: string): Rejected =>
  rejected('unknown_device', `device "${id}" is not registered`);

const otherKind = (device: Device, kind: string): Rejected =>
  rejected('wrong_device', `device "${device.id}" is a ${device.kind}, not a ${kind}`);

const isAlarm = (topic: string): boolean => {
  const parsed = parseTopic(topic);
  return parsed.kind === 'known' ? parsed.topic.lane === 'alarm' : topic.endsWith('/detection');
};
