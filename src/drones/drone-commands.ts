import { AppError } from '../shared/app-error.ts';
import type { Clock } from '../shared/clock.ts';
import { type Pool, type Queryable, withTransaction } from '../shared/db.ts';
import { newId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { Publish } from '../shared/mqtt-publisher.ts';
import {
  type CommandMethod,
  type DroneCommand,
  type Flight,
  type Order,
  REPLY_WITHIN_MS,
} from './drone-command.ts';
import {
  activeCommandOf,
  insertCommand,
  lockActiveCommand,
  lockCommand,
  lockReturning,
  updateCommand,
} from './drone-command-store.ts';
import {
  type Followed,
  followProgress,
  followReply,
  followReturn,
  type Progress,
  type Reply,
} from './follow-command.ts';
import { authorityMessage, commandMessage, type ServiceMessage } from './service-message.ts';

export type NewCommand = (Flight | Order) &
  Pick<DroneCommand, 'deviceId' | 'gatewayId' | 'requestedBy'>;

export type DroneCommands = {
  /**
   * Stores the command and sends it; one under way is superseded. Throws `conflict` while the last one is unanswered
   * (to come home and to stop do not wait for that), `unavailable` when it could not be sent (it is then stored as failed).
   */
  send(command: NewCommand): Promise<DroneCommand>;
  /** Follows those that come home by what the aircraft and its dock say of themselves. */
  followReturns(): Promise<void>;
  /** A gateway's reply; false when it is to nothing we sent. */
  replied(gatewayId: string, bid: string | null, reply: Reply): Promise<boolean>;
  /** Its progress; false when it is of nothing we sent. */
  progressed(
    gatewayId: string,
    about: { method: CommandMethod; commandId: string | null },
    progress: Progress,
  ): Promise<boolean>;
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What was asked of aircraft: state in PostgreSQL, messages by MQTT, decisions in `follow-command.ts`. */
export const createDroneCommands = ({
  pool,
  publish,
  clock,
  logger,
}: {
  pool: Pool;
  publish: Publish;
  clock: Clock;
  logger: Logger;
}): DroneCommands => {
  /** QoS 0: a broker keeps no such message for a gateway that is away. A take-off that comes late is worse than none. */
  const transmit = ({ topic, payload }: ServiceMessage): Promise<void> =>
    publish({ topic, payload, qos: 0 });

  const change = async (
    lock: (tx: Queryable) => Promise<DroneCommand | undefined>,
    follow: (command: DroneCommand, now: Date) => Followed | undefined,
  ): Promise<boolean> => {
    const now = clock.now();
    const changed = await withTransaction(pool, async (tx) => {
      const command = await lock(tx);
      if (command === undefined) return undefined;
      const followed = follow(command, now);
      if (followed === undefined) return { command, send: undefined };
      let next = { ...command, ...followed.change };
      // Late words of one that had gone silent, after another was sent: they are kept, the other goes on.
      const revived = command.endedAt !== null && next.endedAt === null;
      if (revived && (await lockActiveCommand(tx, command.deviceId)) !== undefined) {
        next = { ...next, status: 'superseded', endedAt: command.endedAt };
      }
      await updateCommand(tx, next, now);
      if (next.status !== command.status) {
        const { id, deviceId, status, resultCode } = next;
        logger.info({ commandId: id, deviceId, status, resultCode }, 'drone command');
      }
      return { command: next, send: followed.send };
    });
    if (changed === undefined) return false;
    const { command, send } = changed;
    if (send !== undefined) {
      const make = send === 'command' ? commandMessage : authorityMessage;
      // Not sent, it runs into its deadline, and what the aircraft said first stands.
      await transmit(make(command, command.tid, now)).catch((error: unknown) =>
        logger.error({ err: error, commandId: command.id }, 'command not sent'),
      );
    }
    return true;
  };

  return {
    async send(asked) {
      const now = clock.now();
      const command: DroneCommand = {
        ...asked,
        id: newId(),
        status: 'sent',
        authority: 'not_asked',
        tid: newId(),
        resultCode: null,
        said: null,
        remainingM: null,
        remainingS: null,
        requestedAt: now,
        updatedAt: now,
        endedAt: null,
        deadlineAt: new Date(now.getTime() + REPLY_WITHIN_MS),
      };
      await withTransaction(pool, async (tx) => {
        const earlier = await lockActiveCommand(tx, asked.deviceId);
        if (earlier?.status === 'sent' && asked.lon !== null) {
          throw new AppError(
            'conflict',
            `the aircraft has not answered the command before (${earlier.id}); wait for it`,
          );
        }
        if (earlier !== undefined) {
          await updateCommand(tx, { ...earlier, status: 'superseded', endedAt: now }, now);
        }
        if (!(await insertCommand(tx, command))) {
          throw new AppError('conflict', 'another command to this aircraft was sent just now');
        }
      });
      try {
        await transmit(commandMessage(command, command.tid, now));
      } catch (error) {
        const said = { problem: 'the message could not be sent' };
        await updateCommand(pool, { ...command, status: 'failed', said, endedAt: now }, now);
        throw new AppError('unavailable', 'the MQTT broker is out of reach; nothing was sent', {
          cause: error,
        });
      }
      const { id, deviceId, method } = command;
      logger.info({ commandId: id, deviceId, method, by: asked.requestedBy }, 'command sent');
      return command;
    },
    async followReturns() {
      const now = clock.now();
      await withTransaction(pool, async (tx) => {
        for (const { command, ...situation } of await lockReturning(tx)) {
          const change = followReturn(command, situation, now);
          if (change === undefined) continue;
          await updateCommand(tx, { ...command, ...change }, now);
          const { id, deviceId, status } = { ...command, ...change };
          if (status !== command.status) {
            logger.info({ commandId: id, deviceId, status }, 'drone command');
          }
        }
      });
    },
    async replied(gatewayId, bid, reply) {
      if (bid === null || !UUID.test(bid)) return false;
      return change(
        (tx) => lockCommand(tx, gatewayId, bid),
        (command, now) => followReply(command, reply, { now, nextTid: newId() }),
      );
    },
    async progressed(gatewayId, { method, commandId }, progress) {
      const named = commandId !== null && UUID.test(commandId) ? commandId : undefined;
      const id = named ?? (await activeCommandOf(pool, gatewayId, method));
      if (id === undefined) return false;
      return change(
        (tx) => lockCommand(tx, gatewayId, id),
        (command, now) => followProgress(command, progress, now),
      );
    },
  };
};
