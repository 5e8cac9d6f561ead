import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Aedes, type Client } from 'aedes';
import { AppError } from '../shared/app-error.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';
import type { BrokerAccess } from './broker-access.ts';
import { createBrokerHooks } from './broker-hooks.ts';
import { limitPacketSize } from './packet-limit.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/** A subscriber that takes nothing for so long is cut off: it would hold up the others. */
const DRAIN_TIMEOUT_MS = 10_000;
/** Finds a peer that vanished without a word even if its MQTT keep-alive is 0. */
const TCP_KEEPALIVE_MS = 60_000;
/** How long `stop` waits for messages being persisted, so that they get their PUBACK. */
const DRAIN_ON_STOP_MS = 1_000;

export type EmbeddedBrokerOptions<P extends { id: string }> = {
  host: string;
  /** 0 picks a free one. */
  port: number;
  logger: Logger;
  access: BrokerAccess<P>;
};

export type EmbeddedBroker = Part & {
  /** The port it listens on, once started. */
  port(): number;
  /** As the service itself, allowed everywhere; resolves once handed to the subscribers' connections and queues. */
  publish(message: {
    topic: string;
    payload: Buffer | string;
    qos: 0 | 1;
    retain?: boolean;
  }): Promise<void>;
  /** Cuts all connections of that user at once, also one that is just logging in. */
  disconnect(principalId: string): void;
  /** The users with at least one connection. */
  connectedIds(): string[];
};

/**
 * MQTT 3.1.1 broker inside the service. A message is persisted before its PUBACK, in the hook that
 * runs before it; the broker's own memory (retained messages, queues of absent subscribers) holds
 * nothing that may not be lost.
 */
export const createEmbeddedBroker = <P extends { id: string }>({
  host,
  port,
  logger,
  access,
}: EmbeddedBrokerOptions<P>): EmbeddedBroker => {
  const { hooks, principalId, cut, drain, warn } = createBrokerHooks(access, logger);
  const clients = new Map<Socket, Client>();
  let server: Server | undefined;
  let broker: Aedes | undefined;

  const logClosed = (client: Client, error: Error): void => {
    const publisherId = principalId(client);
    const key = `connection ${publisherId} ${error.message}`;
    warn(key, { publisherId, reason: error.message }, 'MQTT connection closed');
  };

  const createBroker = async (): Promise<Aedes> => {
    const created = await Aedes.createBroker({
      ...hooks,
      connectTimeout: CONNECT_TIMEOUT_MS,
      drainTimeout: DRAIN_TIMEOUT_MS,
      // The limit of 23 in MQTT 3.1 is for the id the client sent, which has been made longer.
      maxClientsIdLength: Number.MAX_SAFE_INTEGER,
    });
    created.on('clientError', logClosed);
    created.on('connectionError', logClosed);
    (created as NodeJS.EventEmitter).on('error', (error: Error) =>
      logger.error({ err: error }, 'MQTT broker error'),
    );
    return created;
  };

  const accept = (created: Aedes, socket: Socket): void => {
    socket.setNoDelay(true);
    socket.setKeepAlive(true, TCP_KEEPALIVE_MS);
    const client = created.handle(socket);
    limitPacketSize(client);
    clients.set(socket, client);
    socket.once('close', () => clients.delete(socket));
  };

  return {
    name: 'embedded-broker',
    async start() {
      const created = await createBroker();
      broker = created;
      server = createServer((socket) => accept(created, socket));
      await listen(server, host, port);
      logger.info({ host, port: portOf(server) }, 'MQTT broker listens');
    },
    async stop() {
      const closed = new Promise<void>((resolve) => {
        if (server?.listening) server.close(() => resolve());
        else resolve();
      });
      await Promise.race([drain(), delay(DRAIN_ON_STOP_MS, undefined, { ref: false })]);
      // The broker writes a PUBACK a turn of the event loop after it is allowed to.
      await delay(5);
      await new Promise<void>((resolve) => {
        if (broker === undefined) resolve();
        else broker.close(resolve);
      });
      for (const socket of clients.keys()) socket.destroy();
      await closed;
    },
    port: () => portOf(server),
    publish: ({ topic, payload, qos, retain = false }) =>
      new Promise((resolve, reject) => {
        if (broker === undefined || broker.closed) {
          reject(new AppError('unavailable', 'the MQTT broker is not running'));
          return;
        }
        const packet = { cmd: 'publish', topic, payload, qos, retain, dup: false } as const;
        broker.publish(packet, (error) => (error ? reject(error) : resolve()));
      }),
    disconnect(id) {
      cut(id);
      for (const client of clients.values()) if (principalId(client) === id) client.close();
    },
    connectedIds: () => {
      const ids = [...clients.values()].map((client) => principalId(client));
      return [...new Set(ids.filter((id) => id !== undefined))];
    },
  };
};

const portOf = (server: Server | undefined): number => {
  const address = server?.address();
  if (address === null || address === undefined || typeof address === 'string') {
    throw new Error('the MQTT broker is not listening');
  }
  return address.port;
};

const listen = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)));
    server.listen(port, host, resolve);
  });

const listenError = (error: NodeJS.ErrnoException, host: string, port: number): AppError => {
  const what =
    {
      EADDRINUSE: `port ${port} on ${host} is in use; stop the other program (an MQTT broker?) or set MQTT_PORT to another port`,
      EACCES: `port ${port} is not allowed for this user; set MQTT_PORT to 1024 or above`,
      EADDRNOTAVAIL: `${host} is not an address of this machine; set MQTT_HOST to one, e.g. 0.0.0.0`,
    }[error.code ?? ''] ?? `${error.message}; check MQTT_HOST and MQTT_PORT`;
  return new AppError('startup', `the MQTT broker cannot listen: ${what}`, { cause: error });
};
