import type { PoolClient } from 'pg';
import { recordSighting } from '../airspace/index.ts';
import {
  type DeviceRegistry,
  problemText,
  registerAircraft,
  setModelKey,
} from '../devices/index.ts';
import { createCommandClock, createDroneCommands, type DroneCommands } from '../drones/index.ts';
import {
  type AlertHook,
  actOnIncident,
  appendEvent,
  createReassessor,
  type IncidentDeps,
  lockIncidents,
  type Reassessor,
} from '../incidents/index.ts';
import {
  createDeviceEventKeeper,
  createDjiGateway,
  createIngest,
  type DetectionIntakeDeps,
  type Ingest,
  insertDeadLetter,
  insertDeviceEvent,
  type MavlinkReceiver,
  rejected,
  takeDetection,
} from '../ingest/index.ts';
import {
  type AnswerDeps,
  alertIncident,
  answerNotification,
  recordReceipt,
  setUpChannels,
  stopEscalation,
} from '../notify/index.ts';
import type { RegionIndex } from '../people/index.ts';
import type { Context } from '../pipeline.ts';
import { moveResourcesOf } from '../resources/index.ts';
import { AppError } from '../shared/app-error.ts';
import { droneSettings } from '../shared/county-config.ts';
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
  mergeState,
  savePersonPosition,
  saveSigns,
  setOnline,
} from '../telemetry/index.ts';
import type { Images } from './images.ts';

import { createMavlink } from './mavlink.ts';

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
  const alarmPool = context.pool('alarm', 4);
  // Telemetry does not wait for the disk, and so neither do alarms behind it: a power cut may cost its last second.
  const telemetryPool = context.pool('telemetry', 2, { synchronous_commit: 'off' });

  const onTakenOver: Intake['onTakenOver'] = async (tx, incidentId, now) => {
    const { smsSignature } = config.notify;
    await stopEscalation(tx, { incidentId, smsSignature, now });
  };
  const onGivenUp: Intake['onGivenUp'] = async (tx, { incidentId, data }) => {
    await lockIncidents(tx);
    const at = clock.now();
    await appendEvent(tx, { incidentId, type: 'notification_failed', actor: 'system', at, data });
  };

  /** "Acknowledged" in the app takes the incident; one that is already over stays over. */
  const acknowledge = async (incidentId: string, personId: string): Promise<void> => {
    const act = {
      incidentId,
      action: 'acknowledge',
      actor: `person:${personId}`,
      now: clock.now(),
    } as const;
    try {
      await actOnIncident({ pool: alarmPool, onTakenOver }, act);
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'conflict')) throw error;
    }
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
  const dji = createGateway(context, { shared, registry, publish, commands });

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
      personPosition: async (
        personId,
        { position: [lon, lat], accuracyM, observedAt },
        receivedAt,
      ) => {
        const known = await savePersonPosition(shared, {
          personId,
          lon,
          lat,
          accuracyM,
          observedAt,
          receivedAt,
        });
        if (known) await moveResourcesOf(shared, personId, { lonLat: [lon, lat], at: observedAt });
      },
      receipt: async (personId, { notificationId, event, reply, at }, receivedAt) => {
        const result = await recordReceipt(shared, {
          notificationId,
          personId,
          event,
          at,
          receivedAt,
        });
        if (result.kind === 'not_theirs') {
          return rejected(
            'invalid_payload',
            `notification ${notificationId} is not one of "${personId}"`,
          );
        }
        if (reply !== null) {
          const given = { notificationId, personId, reply, via: 'app', at } as const;
          const answered = await answerNotification(answers, given);
          return answered.kind === 'not_theirs'
            ? rejected('invalid_payload', `notification ${notificationId} cannot be answered`)
            : undefined;
        }
        if (event === 'acknowledged' && result.incidentId !== null) {
          await acknowledge(result.incidentId, personId);
        }
        return undefined;
      },
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

/** The cloud that DJI docks log in to. */
const createGateway = (
  { env, config, clock, logger }: Context,
  {
    shared,
    registry,
    publish,
    commands,
  }: Omit<IntakeParts, 'regions' | 'images' | 'problemsOf'> & { commands: DroneCommands },
) => {
  const { organizationId, organizationName } = droneSettings(config);
  return createDjiGateway({
    registry,
    cloud: { organizationId, organizationName, app: env.djiApp, ntp: env.djiNtp },
    now: () => clock.now(),
    logger: logger.child({ stage: 'dji' }),
    sinks: {
      publish: (message) => publish({ ...message, qos: 1 }),
      online: (deviceId, online, at) => setOnline(shared, deviceId, { online, at, link: 'bus' }),
      registerAircraft: (gateway, { sn, name, modelKey }) =>
        registerAircraft(shared, gateway, { id: sn, name, modelKey }),
      modelKey: (deviceId, modelKey) => setModelKey(shared, deviceId, modelKey),
      event: (event) => insertDeviceEvent(shared, event),
      state: (deviceId, keys) => mergeState(shared, deviceId, keys),
      serviceReply: ({ gatewayId, bid, ...reply }) => commands.replied(gatewayId, bid, reply),
      commandProgress: (gatewayId, { method, commandId, ...progress }, data) =>
        commands.progressed(gatewayId, { method, commandId }, { ...progress, data }),
    },
  });
};

/** Writes the notifications of a new incident (or of one whose fix moved) in the incident's own transaction. */
const createAlertHook =
  (
    context: Context,
    { regions, registry, problemsOf }: Pick<IntakeParts, 'regions' | 'registry' | 'problemsOf'>,
  ): AlertHook =>
  async (tx, { incident, seen, level, reason, now }) => {
    const [problem] = problemsOf(seen);
    const planned = await alertIncident(tx, {
      alert: {
        incidentId: incident.id,
        number: incident.number,
        severity: incident.severity,
        kind: seen.kind,
        regionId: incident.regionId,
        fix: incident.fix,
        ...(problem === undefined ? {} : { sourceProblem: problemText(problem) }),
        sourceName: registry.get(seen.deviceId)?.name ?? seen.deviceId,
        observedAt: seen.observedAt,
        receivedAt: seen.receivedAt,
        level,
      },
      // Who was told of a possible fire is told once more when it has become a strong alarm.
      round: reason === 'strong' ? 1 : 0,
      taken: incident.status !== 'reported',
      regions,
      policies: context.config.policies,
      smsSignature: context.config.notify.smsSignature,
      timeZone: context.env.timeZone,
      setUp: setUpChannels(context.channels),
      ...(context.replyUrl === undefined ? {} : { replyUrl: context.replyUrl }),
      now,
    });
    await appendEvent(tx, {
      incidentId: incident.id,
      type: planned.dutyLevel === 'nobody' ? 'nobody_to_notify' : 'notified',
      actor: 'system',
      at: now,
      data: { ...planned, step: 0, occurrence: 0, level, reason },
    });
    if (planned.unreachable.length > 0) {
      context.logger.error(
        { incidentId: incident.id, number: incident.number, personIds: planned.unreachable },
        'on duty, but without a contact that can be used',
      );
    }
    if (planned.dutyLevel === 'nobody') {
      context.logger.error(
        { incidentId: incident.id, number: incident.number },
        'NOBODY to notify: register people with contacts (POST /api/v1/people)',
      );
    }
  };
