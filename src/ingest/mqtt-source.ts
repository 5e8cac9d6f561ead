import mqtt, { type IPublishPacket, type MqttClient } from 'mqtt';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';
import type { InboundMessage } from './inbound-message.ts';
import type { Ingest } from './ingest.ts';
import { type Lane, parseTopic } from './topics.ts';

/**
 * How long the broker keeps our session, with the messages we have not acknowledged, while we are away.
 * A week outlasts any repair; the broker's own limits (max_queued_messages) end earlier.
 */
const SESSION_EXPIRY_S = 7 * 24 * 3600;
const RETRY_MS = 500;
/** Messages under way at a time; pictures are large. */
const RECEIVE_MAXIMUM: Record<Lane, number> = {
  alarm: 100,
  telemetry: 1000,
  control: 100,
  picture: 10,
};

const SUBSCRIPTIONS: Record<Lane, readonly string[]> = {
  // Plain, not shared: Mosquitto 2.0 forgets shared subscriptions when it restarts, and what it acknowledges to a
  // camera before we have subscribed again would be lost. Several ingest processes each take every alarm; recording
  // is idempotent, so the second finds it there.
  alarm: [
    'fengsui/v1/+/+/detection',
    'fengsui/v1/person/+/receipt',
    'frigate/events',
    'fengsui/v1/gateway/+/frigate/events',
    '+/onvif-ej/#',
    'axis/+/event/#',
  ],
  telemetry: [
    // Whole, so that a mistyped message name becomes a dead letter instead of vanishing.
    '$share/fengsui-telemetry/fengsui/v1/+/+/+',
    '$share/fengsui-telemetry/thing/product/+/osd',
    '$share/fengsui-telemetry/thing/product/+/state',
    '$share/fengsui-telemetry/thing/product/+/drc/up',
    // Not shared: retained messages are handed out only to plain subscriptions.
    'fengsui/v1/+/+/status',
    'frigate/available',
    'fengsui/v1/gateway/+/frigate/available',
    '+/onvif-ej/#',
  ],
  picture: [
    'fengsui/v1/+/+/image/+',
    'frigate/+/+/snapshot',
    'fengsui/v1/gateway/+/frigate/+/+/snapshot',
  ],
  // Shared, so that each is answered once. What is lost to a broker's restart a gateway says again.
  control: [
    '$share/fengsui-control/sys/product/+/status',
    '$share/fengsui-control/thing/product/+/events',
    '$share/fengsui-control/thing/product/+/requests',
    '$share/fengsui-control/thing/product/+/services_reply',
  ],
};

export type MqttSourceOptions = { url: string; clientId: string; ingest: Ingest; logger: Logger };

export type MqttSource = Part & { connected(): boolean };

/**
 * Takes messages from an external broker (Mosquitto 2, EMQX; MQTT 5) over one connection a lane, so that
 * alarms do not queue behind telemetry. A message is acknowledged after `ingest.handle` resolved, that is
 * after COMMIT; while the database is away it is tried again and the broker keeps the rest.
 */
export const createMqttSource = (options: MqttSourceOptions): MqttSource => {
  const lanes = (['alarm', 'telemetry', 'control', 'picture'] as const).map((lane) =>
    createLane(lane, options),
  );
  return {
    name: 'mqtt-source',
    async start() {
      await Promise.all(lanes.map((lane) => lane.start()));
    },
    async stop() {
      await Promise.all(lanes.map((lane) => lane.stop()));
    },
    connected: () => lanes.every((lane) => lane.connected()),
  };
};

const createLane = (
  lane: Lane,
  { url, clientId, ingest, logger }: MqttSourceOptions,
): MqttSource => {
  let client: MqttClient | undefined;
  let stopping = false;
  let subscribed = false;
  let current: Promise<void> = Promise.resolve();

  const takeUntilStored = async (message: InboundMessage): Promise<boolean> => {
    while (!stopping) {
      try {
        await ingest.handle(message);
        return true;
      } catch (error) {
        logger.error(
          { err: error, topic: message.topic },
          'message not stored, will be tried again',
        );
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    return false;
  };

  // MQTT.js sends PUBACK when `done` is called; without it the broker delivers again.
  const takeThenAcknowledge = async (packet: IPublishPacket, done: () => void): Promise<void> => {
    const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload);
    const message = { topic: packet.topic, payload, publisherId: null };
    if (isOtherLanes(lane, packet.topic) || (await takeUntilStored(message))) done();
  };

  return {
    name: `mqtt-${lane}`,
    async start() {
      const next = mqtt.connect(url, {
        clientId: `${clientId}-${lane}`,
        protocolVersion: 5,
        clean: false,
        properties: {
          sessionExpiryInterval: SESSION_EXPIRY_S,
          receiveMaximum: RECEIVE_MAXIMUM[lane],
        },
        reconnectPeriod: 1_000,
        connectTimeout: 10_000,
        // The session may be gone after the broker restarted: subscribe on every connect, below.
        resubscribe: false,
      });
      client = next;
      // Set before the connection stands: the broker sends what is left of our session right after CONNACK,
      // and a message that met the default handler would be acknowledged unread.
      next.handleMessage = (packet, done) => {
        current = takeThenAcknowledge(packet, done);
      };
      next.on('error', (error) => logger.error({ err: error, lane }, 'MQTT connection error'));
      next.on('offline', () => logger.warn({ lane }, 'MQTT broker out of reach, reconnecting'));
      next.on('connect', () => {
        // A picture kept by the broker is of a fire of some other day.
        const rh = lane === 'picture' ? 2 : 0;
        next.subscribeAsync([...SUBSCRIPTIONS[lane]], { qos: 1, rh }).then(
          () => {
            subscribed = true;
            logger.info({ lane }, 'subscribed');
          },
          (error: unknown) => logger.error({ err: error, lane }, 'MQTT subscription refused'),
        );
      });
      next.on('close', () => {
        subscribed = false;
      });
    },
    async stop() {
      stopping = true;
      await current;
      await client?.endAsync();
    },
    connected: () => (client?.connected ?? false) && subscribed,
  };
};

/** The telemetry subscription sees all native topics; what the alarm lane takes is not taken twice. */
const isOtherLanes = (lane: Lane, topic: string): boolean => {
  const parsed = parseTopic(topic);
  return parsed.kind === 'known' ? parsed.topic.lane !== lane : lane !== 'telemetry';
};
