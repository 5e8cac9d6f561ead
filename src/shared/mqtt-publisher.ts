import mqtt, { type MqttClient } from 'mqtt';
import { AppError } from './app-error.ts';
import type { Logger } from './logger.ts';
import type { Part } from './part.ts';

/** Publishes on the bus; resolves when the broker has taken the message (PUBACK for QoS 1), rejects when it has not. */
export type Publish = (message: {
  topic: string;
  payload: string;
  qos: 0 | 1;
  retain?: boolean;
}) => Promise<void>;

export type MqttPublisher = Part & { publish: Publish; connected(): boolean };

/** A broker that says nothing for this long counts as failed: the notification is tried again. */
const PUBLISH_TIMEOUT_MS = 5_000;

/** Our own sending connection to an external broker; reconnects by itself. */
export const createMqttPublisher = (options: {
  url: string;
  clientId: string;
  logger: Logger;
}): MqttPublisher => {
  let client: MqttClient | undefined;
  return {
    name: 'mqtt-publisher',
    async start() {
      client = mqtt.connect(options.url, {
        clientId: `${options.clientId}-publisher`,
        protocolVersion: 5,
        clean: true,
        reconnectPeriod: 1_000,
        // What could not be handed over fails at once and is sent again by its owner, who keeps it in PostgreSQL.
        queueQoSZero: false,
      });
      client.on('error', (error) => options.logger.error({ err: error }, 'MQTT publisher error'));
    },
    async stop() {
      await client?.endAsync(true);
    },
    connected: () => client?.connected ?? false,
    async publish({ topic, payload, qos, retain = false }) {
      if (client?.connected !== true)
        throw new AppError('unavailable', 'the MQTT broker is out of reach');
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(
          () => reject(new AppError('unavailable', 'the MQTT broker did not acknowledge in time')),
          PUBLISH_TIMEOUT_MS,
        );
      });
      try {
        await Promise.race([client.publishAsync(topic, payload, { qos, retain }), late]);
      } finally {
        clearTimeout(timer);
      }
    },
  };
};
