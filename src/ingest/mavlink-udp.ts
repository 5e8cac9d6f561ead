import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { plainAddress } from '../devices/index.ts';
import { AppError, errorMessage } from '../shared/app-error.ts';
import { createLogLimiter } from '../shared/log-limiter.ts';
import type { Logger } from '../shared/logger.ts';
import type { Part } from '../shared/part.ts';
import type { Ingest } from './ingest.ts';
import type { MavlinkReceiver } from './mavlink-receiver.ts';
import { udpTopic } from './topics.ts';

/** Datagrams taken at the same time; with the database away more are dropped: the next second says it anew. */
const MAX_PENDING = 1_000;
/** Routers send under 1,500 bytes. Up to 64 KiB of bytes that nearly are frames would hold the event loop for 10 ms. */
const MAX_DATAGRAM_BYTES = 4_096;
const LOOK_FOR_SILENCE_EVERY_MS = 5_000;
const LOG_EVERY_MS = 60_000;

export type MavlinkUdpOptions = {
  host: string;
  port: number;
  ingest: Pick<Ingest, 'handle'>;
  receiver: Pick<MavlinkReceiver, 'noteSilence'>;
  onDropped: () => void;
  now: () => Date;
  logger: Logger;
};

/** Listens for MAVLink by UDP. It never answers: nothing that was sent here can be turned on somebody else. */
export const createMavlinkUdp = (options: MavlinkUdpOptions): Part => {
  const { host, port, ingest, receiver, now, logger } = options;
  const worthLogging = createLogLimiter(LOG_EVERY_MS);
  const pending = new Set<Promise<void>>();
  let socket: Socket | undefined;
  let timer: NodeJS.Timeout | undefined;

  const logError = (error: unknown, text: string): void => {
    const suppressed = worthLogging(text, now().getTime());
    if (suppressed !== undefined) logger.error({ err: error, suppressed }, text);
  };

  const track = (work: Promise<unknown>, failure: string): void => {
    const tracked = work.then(
      () => undefined,
      (error: unknown) => logError(error, failure),
    );
    pending.add(tracked);
    void tracked.finally(() => pending.delete(tracked));
  };

  const take = (payload: Buffer, address: string): void => {
    if (pending.size >= MAX_PENDING || payload.length > MAX_DATAGRAM_BYTES) {
      options.onDropped();
      return;
    }
    const topic = udpTopic(plainAddress(address));
    track(ingest.handle({ topic, payload, publisherId: null }), 'datagram not stored, dropped');
  };

  return {
    name: 'mavlink-udp',
    async start() {
      const opened = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
      opened.on('message', (payload, { address }) => take(payload, address));
      opened.bind(port, host);
      try {
        await once(opened, 'listening');
      } catch (error) {
        opened.close();
        throw listenError(error, host, port);
      }
      opened.on('error', (error) => logError(error, 'MAVLink listener'));
      socket = opened;
      timer = setInterval(
        () => track(receiver.noteSilence(now()), 'silent drones not noted'),
        LOOK_FOR_SILENCE_EVERY_MS,
      );
      logger.info({ host, port: opened.address().port }, 'listening for MAVLink by UDP');
    },
    async stop() {
      clearInterval(timer);
      const opened = socket;
      if (opened !== undefined) await new Promise<void>((resolve) => opened.close(() => resolve()));
      await Promise.all(pending);
    },
  };
};

const listenError = (error: unknown, host: string, port: number): AppError =>
  new AppError(
    'startup',
    `MAVLink cannot be listened for on ${host}:${String(port)} (${errorMessage(error)}): stop the other program (a ground station?), or set MAVLINK_PORT and MAVLINK_HOST`,
    { cause: error },
  );
