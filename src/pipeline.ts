import { createDeviceRegistry, type DeviceRegistry } from './devices/index.ts';
import { createEmbeddedPostgres } from './embedded/index.ts';
import {
  createNotify,
  NOTIFY_POOL,
  type ReplyUrl,
  SENDING_POOL,
  setUpChannels,
  signReplyToken,
  storedLinkKey,
  tellOfGaps,
} from './notify/index.ts';
import { createGapCheck, createRegionIndex, type RegionIndex } from './people/index.ts';
import { createResourceIndex } from './resources/index.ts';
import type { ChannelConfig } from './shared/channel-config.ts';
import type { Clock } from './shared/clock.ts';
import type { CountyConfig } from './shared/county-config.ts';
import { createPool, type Pool, type PoolOptions } from './shared/db.ts';
import type { Env, Role } from './shared/env.ts';
import { createListener, type Listener } from './shared/listener.ts';
import type { Logger } from './shared/logger.ts';
import { createMetrics, type Metrics } from './shared/metrics.ts';
import { migrate } from './shared/migrate.ts';
import type { Publish } from './shared/mqtt-publisher.ts';
import { type Part, startParts } from './shared/part.ts';
import { type GridTerrain, loadTerrain } from './terrain/index.ts';
import { createAirspace } from './wiring/airspace.ts';
import { createApi } from './wiring/api.ts';
import { createBus } from './wiring/bus.ts';
import { createDahua } from './wiring/dahua.ts';
import { createEscalation, createWatchOver } from './wiring/escalation.ts';
import { createDeviceHealth } from './wiring/health.ts';
import { createHotspots } from './wiring/hotspots.ts';
import { createImages } from './wiring/images.ts';
import { createIntake } from './wiring/intake.ts';
import { mavlinkListener } from './wiring/mavlink.ts';

export type ServiceOptions = {
  env: Env;
  config: CountyConfig;
  /** Providers people are told over. */
  channels: ChannelConfig;
  logger: Logger;
  clock: Clock;
  /** Something the service cannot do without has failed: end the process, a supervisor starts it again. */
  onFatal: (error: Error) => void;
  /** Shows a line to the person who started the service (the generated admin password). */
  print: (line: string) => void;
};

export type Service = Part & {
  /** Where the API (or, without the `api` role, health and metrics) answers. Valid once started. */
  httpUrl(): string;
  /** The bus: the embedded broker or MQTT_URL without its password. Valid once started. */
  mqttUrl(): string;
};

/** What every stage may use. */
export type Context = ServiceOptions & {
  connectionString: string;
  listener: Listener;
  metrics: Metrics;
  /** The ground, when elevation data was imported and a role here uses it. */
  terrain: GridTerrain | undefined;
  /** What links to answer by are signed with, and where they lead; without PUBLIC_URL none is made. */
  linkKey: Buffer;
  replyUrl: ReplyUrl | undefined;
  has(role: Role): boolean;
  /** A pool of its own for each stage that must not wait behind another (invariant 3). */
  pool(name: string, options: Pick<PoolOptions, 'max' | 'settings' | 'queryTimeoutMs'>): Pool;
};

/**
 * The whole service, in the order a smoke alert travels:
 *
 *   bus ──▶ intake ──▶ detections: one transaction ──▶ notify ──▶ SMS, app, webhook
 *                                     │                        ▲
 *                                     │                        └── escalation: nobody answers
 *                                     └──▶ incident_event ──▶ api: stream, console
 *
 * Which parts run in this process is decided by ROLES. Parts start from the database outwards, so that
 * nothing is accepted before it can be stored, and stop the other way round, so that a SIGTERM loses nothing.
 */
export const createService = (options: ServiceOptions): Service => {
  let stopAll = async (): Promise<void> => {};
  let urls = { http: '', mqtt: '' };
  return {
    name: 'service',
    async start() {
      const running = await startService(options);
      stopAll = running.stop;
      urls = running.urls;
    },
    stop: () => stopAll(),
    httpUrl: () => urls.http,
    mqttUrl: () => urls.mqtt,
  };
};

const startService = async (
  options: ServiceOptions,
): Promise<{ stop: () => Promise<void>; urls: { http: string; mqtt: string } }> => {
  const { env, logger } = options;
  const database = createDatabase(options);
  const stopDatabase = await startParts([database]);
  try {
    await migrate(database.connectionString(), logger, { queue: env.redisUrl === undefined });
    const { parts, urls } = await wire(options, database.connectionString());
    const stopParts = await startParts(parts);
    return {
      urls: urls(),
      stop: async () => {
        try {
          await stopParts();
        } finally {
          await stopDatabase();
        }
      },
    };
  } catch (error) {
    await stopDatabase().catch(() => undefined);
    throw error;
  }
};

const createDatabase = ({
  env,
  logger,
  onFatal,
}: ServiceOptions): Part & { connectionString(): string } => {
  const { databaseUrl } = env;
  if (databaseUrl === undefined) {
    return createEmbeddedPostgres({ dataDir: env.dataDir, logger, onExit: onFatal });
  }
  return {
    name: 'database',
    start: async () => {},
    stop: async () => {},
    connectionString: () => databaseUrl,
  };
};

export type Prepared = {
  context: Context;
  shared: Pool;
  regions: RegionIndex;
  registry: DeviceRegistry;
  endPools: () => Promise<void>;
};

/** What the stages are put together with; the caller starts listener and indexes, stops them, and ends the pools. */
export const prepareContext = async (
  options: ServiceOptions,
  connectionString: string,
): Promise<Prepared> => {
  const { env, logger } = options;
  const pools: Pool[] = [];
  const has = (role: Role): boolean => env.roles.includes(role);
  const terrain =
    has('ingest') || has('api')
      ? await loadTerrain(env.dataDir, logger.child({ stage: 'terrain' }))
      : undefined;
  const pool: Context['pool'] = (name, options) => {
    const made = createPool({ connectionString, name, ...options, logger });
    pools.push(made);
    return made;
  };
  const shared = pool('shared', { max: 10 });
  const linkKey = await storedLinkKey(shared);
  const { publicUrl } = env;
  const context: Context = {
    ...options,
    connectionString,
    listener: createListener(connectionString, logger.child({ stage: 'listen' })),
    metrics: createMetrics(),
    terrain,
    has,
    pool,
    linkKey,
    replyUrl:
      publicUrl === undefined
        ? undefined
        : (notificationId, now) => `${publicUrl}/r/${signReplyToken(linkKey, notificationId, now)}`,
  };
  const regions = createRegionIndex({
    pool: shared,
    listener: context.listener,
    logger: logger.child({ stage: 'people' }),
  });
  const registry = createDeviceRegistry({
    pool: shared,
    listener: context.listener,
    logger: logger.child({ stage: 'devices' }),
  });
  return {
    context,
    shared,
    regions,
    registry,
    endPools: async () => {
      await Promise.all(pools.map((made) => made.end()));
    },
  };
};

const wire = async (
  options: ServiceOptions,
  connectionString: string,
): Promise<{ parts: Part[]; urls: () => { http: string; mqtt: string } }> => {
  const { env, config, logger, clock } = options;
  const { context, shared, regions, registry, endPools } = await prepareContext(
    options,
    connectionString,
  );
  const { listener } = context;

  const resources = createResourceIndex({
    pool: shared,
    listener,
    logger: logger.child({ stage: 'resources' }),
  });
  const images = createImages(context);
  const publish: Publish = (message) => bus.publish(message);
  const health = createDeviceHealth(context, { shared, regions });
  const intake = createIntake(context, {
    shared,
    regions,
    registry,
    images,
    publish,
    problemsOf: (alarm) => health.book.problemsOf(alarm),
  });
  const hotspots = createHotspots(context, { shared, regions, registry, intake });
  const bus = createBus(context, { registry, ingest: intake.ingest, pool: shared });
  const escalation = createEscalation(context, { regions, intake });
  const notify = createNotify({
    pool: context.pool('notify', NOTIFY_POOL),
    sending: context.pool('sending', SENDING_POOL),
    connectionString,
    redisUrl: env.redisUrl,
    channels: options.channels,
    webhookSecret: env.webhookSecret,
    config: config.notify,
    regions,
    timeZone: env.timeZone,
    listener,
    publish: bus.publish,
    clock,
    logger: logger.child({ stage: 'notify' }),
    metrics: {
      submitted: (delayMs, channel) => {
        context.metrics.detectionToSubmit.observe({ channel }, delayMs / 1000);
        context.metrics.notifications.inc({ channel, outcome: 'submitted' });
      },
      failed: (channel) => context.metrics.notifications.inc({ channel, outcome: 'failed' }),
      sent: ({ channel, provider, outcome, tookMs }) => {
        context.metrics.providerCalls.inc({ channel, provider, outcome });
        if (outcome !== 'submitted') return;
        context.metrics.providerSubmit.observe({ channel, provider }, tookMs / 1000);
      },
    },
    onGivenUp: intake.onGivenUp,
    onSms: escalation.onSms,
  });
  const watch = createWatchOver(context, () => [
    ...(bus.connected() ? [] : ['the MQTT broker is out of reach']),
    ...notify.troubles(),
  ]);
  const airspace = createAirspace(context, { pool: shared, regions });
  const gapCheck = createGapCheck({
    pool: shared,
    regions,
    clock,
    logger: logger.child({ stage: 'people' }),
    onGaps: (tx, gaps, now) =>
      tellOfGaps(
        tx,
        {
          regions,
          smsSignature: config.notify.smsSignature,
          timeZone: env.timeZone,
          setUp: setUpChannels(options.channels),
        },
        { gaps, now },
      ),
  });
  const api = await createApi(context, {
    shared,
    regions,
    registry,
    resources,
    images,
    intake,
    hotspots,
    bus,
    notify,
  });

  const poolsPart: Part = {
    name: 'pools',
    start: async () => {},
    stop: endPools,
  };
  const parts: Part[] = [
    poolsPart,
    listener,
    regions,
    registry,
    ...(context.has('api') ? [resources] : []),
    health.book,
    ...(context.has('ingest') ? images.parts : []),
    ...intake.parts,
    // The bus before notify: the app channel publishes through it.
    ...bus.parts,
    // Its start says that nobody is online: after that, those who are listened to or asked for their events.
    ...mavlinkListener(context, intake),
    ...(context.has('ingest')
      ? [createDahua(context, { pool: shared, ingest: intake.ingest })]
      : []),
    ...hotspots.parts,
    ...health.parts,
    ...(context.has('notify') ? [notify, ...escalation.parts, airspace, gapCheck, watch] : []),
    ...api.parts,
  ];
  return { parts, urls: () => ({ http: api.url(), mqtt: bus.url() }) };
};
