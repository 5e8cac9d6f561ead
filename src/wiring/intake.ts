import type { PoolClient } from 'pg';
import { recordSighting } from '../airspace/index.ts';
import type { DeviceRegistry } from '../devices/index.ts';
import { createCommandClock, createDroneCommands, type DroneCommands } from '../drones/index.ts';
import {
  appendEvent,
  createReassessor,
  type IncidentDeps,
  lockIncidents,
  type Reassessor,
} from '../incidents/index.ts';
import {
  createDeviceEventKeeper,
  createIngest,
  type DetectionIntakeDeps,
  type Ingest,
  insertDeadLetter,
  type MavlinkReceiver,
  takeDetection,
} from '../ingest/index.ts';
import { type AnswerDeps, stopEscalation } from '../notify/index.ts';
import type { RegionIndex } from '../people/index.ts';
import type { Context } from '../pipeline.ts';
import { type Pool, withTransaction } from '../shared/db.ts';
import type { Publish } from '../shared/mqtt-publisher.ts';
import type { Part } from '../shared/part.ts';
import {
  createBatchWriter,
  createPartitionKeeper,
  createSignBook,
  foldStates,
  insertTelemetry,
  mergeLatestStates,
  saveSigns,
  setOnline,
} from '../telemetry/index.ts';
import { createAlertHook } from './alert-hook.ts';
import { createDji } from './dji.ts';
import type { Images } from './images.ts';
import { createMavlink } from './mavlink.ts';
import { createPersonSinks } from './person-sinks.ts';

export type Intake = {
  ingest: Ingest;
  incidents: IncidentDeps;
  reassessor: Reassessor;
  /** Flights asked of drones. */
  commands: DroneCommands;
  mavlink: MavlinkReceiver;
  parts: Part[];
  /** Stops the escalation of an incident somebody has taken, and what is not sent yet. */
  onTakenOver: (tx: PoolClient, incidentId: string, now: Date) => Promise<void>;
  /** A notification was given up: it must stand in the incident's timeline. */
  onGivenUp: (
    tx: PoolClient,
    given: { incidentId: string; data: Record<string, unknown> },
  ) => Promise<void>;
  /** For what people answer otherwise than by SMS. */
  answers: AnswerDeps;
};

type IntakeParts = {
  shared: Pool;
  regions: RegionIndex;
  registry: DeviceRegistry;
  images: Images;
  /** Answers gateways. The bus starts after the intake, and nothing is to be answered before. */
  publish: Publish;
  /** What is wrong with the source of an alarm. */
  problemsOf: DetectionIntakeDeps['problemsOf'];
};

/** Ingest with everything it hands its messages to: detections, telemetry, positions, receipts, dead letters. */
export const createIntake = (
  context: Context,
  { shared, regions, registry, images, publish, problemsOf }: IntakeParts,
): Intake => {
  const { env, config, clock, metrics } = context;
  const logger = context.logger.child({ stage: 'ingest' });
  const alarmPool = context.pool('alarm', { max: 4 });
  // Telemetry does not wait for the disk, and so neither do alarms behind it: a power cut may cost its last second.
  const telemetryPool = context.pool('telemetry', {
    max: 2,
    settings: { synchronous_commit: 'off' },
  });

  const onTakenOver: Intake['onTakenOver'] = async (tx, incidentId, now) => {
    const { smsSignature } = config.notify;
    await stopEscalation(tx, { incidentId, smsSignature, now });
  };
  const onGivenUp: Intake['onGivenUp'] = async (tx, { incidentId, data }) => {
    await lockIncidents(tx);
    const at = clock.now();
    await appendEvent(tx, { incidentId, type: 'notification_failed', actor: 'system', at, data });
  };

  const answers: AnswerDeps = {
    pool: alarmPool,
    onTakenOver,
    smsSignature: config.notify.smsSignature,
    clock,
    logger,
    onReply: (outcome) => metrics.replies.inc({ outcome }),
  };

  const telemetry = createBatchWriter({
    write: (rows) =>
      withTransaction(telemetryPool, async (tx) => {
        await insertTelemetry(tx, rows);
        await mergeLatestStates(tx, foldStates(rows));
      }),
    onWritten: (rows) => metrics.telemetryRows.inc(rows),
    onDropped: (rows) => logger.error({ rows }, 'telemetry dropped'),
    logger,
  });

  const signs = createSignBook({ save: (heard) => saveSigns(shared, heard), logger });

  const regionAt: DetectionIntakeDeps['regionAt'] = ([lon, lat]) => {
    const [region] = regions.regionsAt([lon, lat]);
    return region ?? { id: 'default', code: 'default' };
  };
  const detections: DetectionIntakeDeps = {
    pool: alarmPool,
    config,
    terrain: context.terrain,
    timeZone: env.timeZone,
    clock,
    onTakenOver,
    reportsOf: (deviceId) => registry.get(deviceId)?.reports ?? 'alarms',
    regionGeometry: (id) => regions.get(id)?.geometry,
    regionAt,
    problemsOf,
    onAlert: createAlertHook(context, { regions, registry, problemsOf }),
  };

  const reassessor = createReassessor({ ...detections, logger });

  const commands = createDroneCommands({
    pool: shared,
    publish,
    clock,
    logger: context.logger.child({ stage: 'drones' }),
  });
  const dji = createDji(context, { shared, registry, publish, commands });

  const mavlink = createMavlink(context, { registry, telemetry, pool: shared });

  const ingest = createIngest({
    registry,
    mavlink,
    telemetry,
    timeZone: env.timeZone,
    dji,
    laserRadiusM: config.locate.reportedRadiusM.laser,
    now: () => clock.now(),
    logger,
    sinks: {
      detection: (report, device, origin) => takeDetection(detections, report, device, origin),
      online: (deviceId, change) => setOnline(shared, deviceId, change),
      heard: (sign) => signs.heard(sign),
      picture: (sent) => images.take(sent),
      deadLetter: (letter) => insertDeadLetter(shared, letter),
      aircraft: (sighting, receiverId, receivedAt) =>
        recordSighting(shared, {
          sighting,
          receiverId,
          receivedAt,
          regionId: regionAt(sighting.position).id,
        }),
      ...createPersonSinks(shared, answers),
    },
    metrics: {
      received: (lane, dialect, kind) => metrics.messagesIn.inc({ lane, dialect, kind }),
      deadLetter: (code) => metrics.deadLetters.inc({ code }),
      committed: (delayMs) => metrics.detectionToCommit.observe(delayMs / 1000),
    },
  });

  const partitions = createPartitionKeeper({
    pool: telemetryPool,
    clock,
    keepDays: config.telemetry.keepDays,
    logger,
  });
  const eventKeeper = createDeviceEventKeeper({
    pool: shared,
    clock,
    keepDays: config.telemetry.keepDays,
    logger,
  });
  const commandClock = createCommandClock({
    pool: shared,
    commands,
    clock,
    logger: context.logger.child({ stage: 'drones' }),
  });
  return {
    ingest,
    incidents: detections,
    reassessor,
    commands,
    mavlink,
    parts: context.has('ingest')
      ? [partitions, eventKeeper, telemetry, signs, reassessor, commandClock]
      : [telemetry, signs],
    onTakenOver,
    onGivenUp,
    answers,
  };
};
