import mqtt from 'mqtt';
import type { Logger } from '../shared/logger.ts';

export type DeviceLinkOptions = {
  /** Broker without credentials. */
  url: string;
  /** User name and client id. */
  id: string;
  secret: string;
  /** Retained `online` here while connected; the will says `offline`. */
  statusTopic: string;
  logger: Logger;
};

/** One device's own connection to the broker. */
export type DeviceLink = {
  /** Resolves when first connected; rejects when the broker refuses the login. */
  connect: () => Promise<void>;
  /** Readings: dropped while the connection is down, like a real device's. */
  publish: (topic: string, payload: object) => void;
  /** Alarms (QoS 1): kept while the connection is down, sent again until acknowledged. */
  alarm: (topic: string, payload: object) => void;
  isConnected: () => boolean;
  /** Says `offline` and leaves. */
  close: () => Promise<void>;
};

const RECONNECT_MS = 2_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** The broker may be gone already when the demo ends; nobody should wait for its farewell. */
const FAREWELL_MS = 1_000;

export const createDeviceLink = (options: DeviceLinkOptions): DeviceLink => {
  const { url, id, secret, statusTopic, logger } = options;
  let client: mqtt.MqttClient | undefined;

  const connect = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const connection = mqtt.connect(url, {
        clientId: id,
        username: id,
        password: secret,
        protocolVersion: 4,
        reconnectPeriod: RECONNECT_MS + Math.floor(Math.random() * RECONNECT_MS),
        connectTimeout: CONNECT_TIMEOUT_MS,
        queueQoSZero: false,
        will: { topic: statusTopic, payload: Buffer.from('offline'), qos: 1, retain: true },
      });
      client = connection;
      connection.on('connect', () => {
        connection.publish(statusTopic, 'online', { qos: 1, retain: true });
        resolve();
      });
      connection.on('error', (error) => {
        logger.debug({ deviceId: id, err: error }, 'demo device: connection failed');
        // The first refusal is a wrong secret; later ones are a broker that restarts.
        reject(error);
      });
    });

  return {
    connect,
    publish(topic, payload) {
      if (client?.connected === true) client.publish(topic, JSON.stringify(payload), { qos: 0 });
    },
    alarm(topic, payload) {
      client?.publish(topic, JSON.stringify(payload), { qos: 1 }, (error) => {
        if (error) logger.debug({ deviceId: id, err: error }, 'demo device: alarm not sent');
      });
    },
    isConnected: () => client?.connected === true,
    async close() {
      const connection = client;
      client = undefined;
      if (connection === undefined) return;
      if (connection.connected) {
        connection.publish(statusTopic, 'offline', { qos: 1, retain: true });
        // A proper DISCONNECT, after what is under way: else the broker would send the will as well.
        await Promise.race([
          connection.endAsync().catch(() => undefined),
          waitUnreferenced(FAREWELL_MS),
        ]);
      }
      await connection.endAsync(true).catch(() => undefined);
    },
  };
};

const waitUnreferenced = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
