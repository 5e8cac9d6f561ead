import {
  createBrokerFilesKeeper,
  type DeviceRegistry,
  mayPublish,
  maySubscribe,
  type Principal,
  writeBrokerFiles,
} from '../devices/index.ts';
import { createEmbeddedBroker } from '../embedded/index.ts';
import { createMqttSource, type Ingest } from '../ingest/index.ts';
import type { Context } from '../pipeline.ts';
import type { Pool } from '../shared/db.ts';
import { createMqttPublisher, type Publish } from '../shared/mqtt-publisher.ts';
import type { Part } from '../shared/part.ts';
import { setAllOffline } from '../telemetry/index.ts';

export type Bus = {
  parts: Part[];
  publish: Publish;
  connected(): boolean;
  url(): string;
};

type BusParts = { registry: DeviceRegistry; ingest: Ingest; pool: Pool };

/** The MQTT bus: the embedded broker, or the connections to an external one. */
export const createBus = (context: Context, parts: BusParts): Bus =>
  context.env.mqttUrl === undefined
    ? embeddedBus(context, parts)
    : externalBus(context, parts, context.env.mqttUrl);

const embeddedBus = (context: Context, { registry, ingest, pool }: BusParts): Bus => {
  const { env, clock } = context;
  const logger = context.logger.child({ stage: 'broker' });
  let up = false;
  const broker = createEmbeddedBroker<Principal>({
    host: env.mqttHost,
    port: env.mqttPort,
    logger,
    access: {
      authenticate: (username, password) => registry.authenticate(username, password),
      mayPublish: (principal, topic) => mayPublish(principal, topic, registry.gatewayOf),
      maySubscribe: (principal, filter) => maySubscribe(principal, filter, registry.gatewayOf),
      // Runs before PUBACK, and PUBACK waits for it: what the device sees acknowledged is committed.
      onPublish: (message) => ingest.handle(message),
      onRefused: ({ topic, payload, publisherId }) =>
        ingest.refuse({ topic, payload, publisherId }),
    },
  });
  registry.onCredentialChange((id) => broker.disconnect(id));
  const part: Part = {
    name: 'broker',
    async start() {
      await setAllOffline(pool, clock.now());
      await broker.start();
      up = true;
    },
    async stop() {
      up = false;
      await broker.stop();
    },
  };
  return {
    parts: [part],
    publish: (message) => broker.publish(message),
    connected: () => up,
    url: () => `mqtt://${env.mqttHost}:${String(broker.port())}`,
  };
};

const externalBus = (
  context: Context,
  { ingest, pool }: Omit<BusParts, 'registry'>,
  url: string,
): Bus => {
  const { env, listener } = context;
  const logger = context.logger.child({ stage: 'mqtt' });
  const clientId = env.mqttClientId;
  const publisher = createMqttPublisher({
    url,
    clientId: `${clientId}-${env.roles.join('-')}`,
    logger,
  });
  const source = createMqttSource({ url, clientId, ingest, logger });
  const { mosquittoDir: dir } = env;
  const files =
    dir === undefined
      ? undefined
      : createBrokerFilesKeeper({
          write: () => writeBrokerFiles({ db: pool, mqttUrl: url, dir }),
          listener,
          logger,
        });
  return {
    parts: [
      // First: the broker may wait for its files before it lets us in.
      ...(files !== undefined && context.has('api') ? [files] : []),
      // Every role sends: notify to apps, ingest answers to docks, api commands to them.
      publisher,
      ...(context.has('ingest') ? [source] : []),
    ],
    publish: (message) => publisher.publish(message),
    connected: () => publisher.connected() && (!context.has('ingest') || source.connected()),
    url: () => {
      const shown = new URL(url);
      shown.password = '';
      shown.username = '';
      return shown.toString();
    },
  };
};
