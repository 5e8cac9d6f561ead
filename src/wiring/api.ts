import { airspaceRoutes } from '../airspace/index.ts';
import {
  createApp,
  createAuth,
  createEventFeed,
  createHttpServer,
  createOpsApp,
  ensureAdmin,
  type Health,
  streamRoutes,
} from '../api/index.ts';
import { consoleRoutes } from '../console/index.ts';
import {
  type Device,
  type DeviceRegistry,
  deviceImportRoutes,
  deviceRoutes,
  eyeHeightM,
  findDevice,
  landmarkRoutes,
} from '../devices/index.ts';
import { droneCommandRoutes } from '../drones/index.ts';
import { availabilityRoutes } from '../health/index.ts';
import { findIncident, incidentRoutes, qualityRoutes, regroupRoutes } from '../incidents/index.ts';
import {
  deadLetterRoutes,
  detectionRoutes,
  deviceEventRoutes,
  equipmentRoutes,
  groundHeightOf,
  insertDeadLetter,
  laserTargetRoutes,
} from '../ingest/index.ts';
import {
  answerRoutes,
  callbacksOf,
  createReceiptBook,
  createSendCode,
  escalationRoutes,
  fallBack,
  hookRoutes,
  linkRoutes,
  type Notify,
  notificationRoutes,
  policyRoutes,
  pushRoutes,
  reportRoutes,
  responseRoutes,
  setUpChannels,
  webhookSecretRoutes,
} from '../notify/index.ts';
import {
  contactRoutes,
  dutyRoutes,
  leaveRoutes,
  overrideRoutes,
  personRoutes,
  type RegionIndex,
  regionRoutes,
  visibleRegions as regionsOf,
  rosterRoutes,
  shiftImportRoutes,
  shiftRoutes,
} from '../people/index.ts';
import type { Context } from '../pipeline.ts';
import { incidentNearbyRoutes, type ResourceIndex, resourceRoutes } from '../resources/index.ts';
import type { Pool } from '../shared/db.ts';
import { droneSettings } from '../shared/drone-config.ts';
import type { LonLat } from '../shared/geo.ts';
import type { App, RouteGroup, VisibleRegions } from '../shared/http.ts';
import { imageSettings } from '../shared/image-config.ts';
import type { Part } from '../shared/part.ts';
import { suppressionRoutes } from '../suppression/index.ts';
import { trackRoutes } from '../telemetry/index.ts';
import {
  createViewshedJobs,
  type PlacedDevice,
  terrainRoutes,
  type ViewshedJobs,
} from '../terrain/index.ts';
import { witnessRoutes } from '../witnesses/index.ts';
import type { Bus } from './bus.ts';
import type { Hotspots } from './hotspots.ts';
import type { Images } from './images.ts';
import type { Intake } from './intake.ts';
import { createPilotRoutes } from './pilot.ts';

type ApiParts = {
  shared: Pool;
  regions: RegionIndex;
  registry: DeviceRegistry;
  resources: ResourceIndex;
  images: Images;
  intake: Intake;
  hotspots: Hotspots;
  bus: Bus;
  notify: Notify;
};

/** The HTTP side: the whole API with the `api` role, else probes and metrics alone. */
export const createApi = async (
  context: Context,
  parts: ApiParts,
): Promise<{ parts: Part[]; url: () => string }> => {
  const { env, metrics } = context;
  const logger = context.logger.child({ stage: 'api' });
  const health = createHealth(context, parts);
  metrics.watchQueueDepth(() => parts.notify.queueDepth());
  if (context.has('notify')) metrics.watchProviders(() => parts.notify.providers());
  const http = (app: App) => createHttpServer({ app, host: env.host, port: env.port, logger });
  if (!context.has('api')) {
    const server = http(await createOpsApp({ logger, health, metrics }));
    return { parts: [server], url: () => server.url() };
  }
  const pool = context.pool('api', 10);
  await ensureAdmin(pool, { password: env.adminPassword, print: context.print });
  const feed = createEventFeed({ pool, listener: context.listener, logger });
  const auth = await createAuth({
    pool,
    jwtSecret: env.jwtSecret,
    jwksUrl: env.jwksUrl,
    clock: context.clock,
  });
  const viewsheds = context.terrain === undefined ? undefined : createViewshedJobs(context.terrain);
  const visibleRegions: VisibleRegions = (user) => regionsOf(user, parts.regions);
  const app = await createApp({
    logger,
    auth,
    health,
    metrics,
    trustProxy: env.trustProxy,
    rootRoutes: [
      consoleRoutes(),
      providerHooks(context, { ...parts, pool }),
      linkRoutes({
        ...parts.intake.answers,
        pool,
        logger,
        key: context.linkKey,
        defaultLocale: env.locale,
      }),
      equipmentRoutes({
        ingest: parts.intake.ingest,
        registry: parts.registry,
        clock: context.clock,
      }),
    ],
    routes: [
      auth.routes,
      streamRoutes({ feed, auth, visibleRegions, metrics }),
      ...stageRoutes(context, { ...parts, pool, visibleRegions, viewsheds }),
    ],
  });
  const server = http(app);
  return {
    parts: [feed, ...(viewsheds === undefined ? [] : [viewsheds]), server],
    url: () => server.url(),
  };
};

/** Where providers of config/channels.json report to; on the database alone, whichever process sends. */
const providerHooks = (
  { config, channels, clock, env, metrics, ...context }: Context,
  { pool, intake, regions }: Pick<ApiParts, 'intake' | 'regions'> & { pool: Pool },
): RouteGroup => {
  const logger = context.logger.child({ stage: 'hooks' });
  const wording = {
    regions,
    smsSignature: config.notify.smsSignature,
    timeZone: env.timeZone,
    setUp: setUpChannels(channels),
  };
  return hookRoutes({
    pool,
    callbacks: callbacksOf(channels),
    receipts: createReceiptBook({
      pool,
      clock,
      logger,
      maxAttempts: config.notify.maxAttempts,
      onGivenUp: intake.onGivenUp,
      // Which channels work is known where messages are sent; one that does not is passed over there.
      fallBack: (tx, stranded) =>
        fallBack({ ...wording, works: () => true, clock, logger }, tx, stranded),
      onFailed: (channel) => metrics.notifications.inc({ channel, outcome: 'failed' }),
    }),
    onRefused: async ({ provider, item, reason }) => {
      logger.warn({ provider, reason }, 'a report of a provider was not understood');
      metrics.deadLetters.inc({ code: 'invalid_payload' });
      await insertDeadLetter(pool, {
        receivedAt: clock.now(),
        topic: `hooks/${provider}`,
        publisher: provider,
        code: 'invalid_payload',
        reason,
        payload: Buffer.from(JSON.stringify(item) ?? 'null'),
      });
    },
    clock,
    logger,
  });
};

const stageRoutes = (
  context: Context,
  parts: ApiParts & {
    pool: Pool;
    visibleRegions: VisibleRegions;
    viewsheds: ViewshedJobs | undefined;
  },
): RouteGroup[] => {
  const { env, config, channels, clock, terrain, logger } = context;
  const { pool, visibleRegions, regions, registry, resources, intake } = parts;
  const { ingest, onTakenOver } = intake;
  const groundHeightM = groundHeightOf(terrain);
  const places = {
    regionIdAt: (point: LonLat) => regions.regionsAt(point)[0]?.id ?? 'default',
    hasRegion: (id: string) => regions.get(id) !== undefined,
  };
  const placed = (device: Device): PlacedDevice => ({
    ...device,
    eyeHeightM: eyeHeightM(device, groundHeightM),
  });
  return [
    deviceRoutes({ ...places, pool, visibleRegions, clock }),
    deviceImportRoutes({ ...places, pool }),
    createPilotRoutes(context, { ...places, pool, visibleRegions, bus: parts.bus }),
    landmarkRoutes({ pool, visibleRegions, clock, groundHeightM }),
    trackRoutes({ pool, visibleRegions, clock }),
    availabilityRoutes({ pool, visibleRegions, clock, timeZone: env.timeZone }),
    deviceEventRoutes({ pool, visibleRegions }),
    droneCommandRoutes({
      pool,
      commands: intake.commands,
      settings: droneSettings(config),
      terrain,
      visibleRegions,
      clock,
    }),
    airspaceRoutes({ pool, visibleRegions, clock }),
    terrainRoutes({
      terrain,
      viewsheds: parts.viewsheds,
      findDevice: async (id) => {
        const device = await findDevice(pool, id);
        return device === undefined ? undefined : placed(device);
      },
      cameras: () =>
        registry
          .all()
          .filter(({ kind }) => kind === 'camera')
          .map(placed),
      visibleRegions,
    }),
    detectionRoutes({ ingest, findDevice: (id) => registry.resolve(id), visibleRegions }),
    witnessRoutes({
      pool,
      ingest,
      registry,
      regions,
      images: parts.images.store,
      maxPhotoBytes: imageSettings(config).maxBytes,
      visibleRegions,
      clock,
      logger: logger.child({ stage: 'witnesses' }),
    }),
    laserTargetRoutes({ pool, ingest, visibleRegions, clock }),
    deadLetterRoutes({ pool, ingest, clock }),
    parts.images.routes(visibleRegions),
    incidentRoutes({ pool, onTakenOver, visibleRegions, clock }),
    regroupRoutes({ ...intake.incidents, pool, visibleRegions, clock }),
    qualityRoutes({
      pool,
      clock,
      timeZone: env.timeZone,
      visibleRegions,
      regionOfDevice: async (id) => (await registry.resolve(id))?.regionId,
    }),
    incidentNearbyRoutes({
      index: resources,
      findIncident: (id) => findIncident(pool, id),
      visibleRegions,
    }),
    resourceRoutes({ pool, index: resources, clock }),
    regionRoutes({ pool, regions }),
    escalationRoutes({ pool, visibleRegions, clock, reporting: config.reporting }),
    reportRoutes({ pool, visibleRegions, clock }),
    responseRoutes({ pool, visibleRegions, clock }),
    policyRoutes({ pool, regions, policies: config.policies }),
    personRoutes({
      pool,
      regions,
      defaultLocale: env.locale,
      allow: channels.webhook?.allow ?? [],
    }),
    contactRoutes({
      pool,
      clock,
      allow: channels.webhook?.allow ?? [],
      sendCode: createSendCode({
        smsSignature: config.notify.smsSignature,
        timeZone: env.timeZone,
      }),
    }),
    shiftRoutes({ pool, regions, clock }),
    shiftImportRoutes({
      pool,
      regions,
      clock,
      timeZone: env.timeZone,
      defaultLocale: env.locale,
      shiftHours: config.duty.shiftHours,
    }),
    rosterRoutes({ pool, regions, clock, timeZone: env.timeZone }),
    overrideRoutes({ pool, regions, clock }),
    leaveRoutes({ pool, regions, clock }),
    dutyRoutes({ pool, regions, clock }),
    notificationRoutes({ pool, visibleRegions }),
    pushRoutes({
      pool,
      webPush: channels.webPush,
      allow: channels.webhook?.allow ?? [],
      clock,
    }),
    webhookSecretRoutes({ pool, configured: env.webhookSecret, clock }),
    answerRoutes({ ...intake.answers, pool }),
    suppressionRoutes({
      pool,
      visibleRegions,
      clock,
      onChanged: () => intake.reassessor.now(),
    }),
  ];
};

const createHealth = (
  context: Context,
  { shared, resources, hotspots, bus, notify }: ApiParts,
): Health => ({
  checks: {
    database: async () => {
      await shared.query('select 1');
      return { ok: true };
    },
    mqtt: () =>
      bus.connected() ? { ok: true } : { ok: false, detail: 'the MQTT broker is out of reach' },
    ...(hotspots.health === undefined ? {} : { hotspots: hotspots.health }),
    ...(context.has('api')
      ? {
          resources: () => {
            const { state, resources: count } = resources.state();
            return { ok: state !== 'loading', detail: `${state}, ${String(count)} resources` };
          },
        }
      : {}),
  },
  // Only the role that sends knows whether it can.
  ...(context.has('notify')
    ? { channels: () => notify.channelStatus(), providers: () => notify.providers() }
    : {}),
});
