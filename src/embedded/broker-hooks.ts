import type { AedesOptions, Client } from 'aedes';
import { errorMessage } from '../shared/app-error.ts';
import { createLogLimiter } from '../shared/log-limiter.ts';
import type { Logger } from '../shared/logger.ts';
import type { BrokerAccess, BrokerMessage } from './broker-access.ts';

/** Nobody may subscribe below `$`, so what is published here reaches no one. */
const REFUSED_TOPIC = '$SYS/fengsui/refused';
const MAX_CLIENT_ID = 256;
const LOG_WINDOW_MS = 60_000;

/** CONNACK return codes of MQTT 3.1.1. */
const UNAVAILABLE = 3;
const BAD_USER_OR_PASSWORD = 4;
const NOT_AUTHORIZED = 5;

type Hook =
  | 'preConnect'
  | 'authenticate'
  | 'authorizePublish'
  | 'authorizeSubscribe'
  | 'authorizeForward';
type Published = Parameters<NonNullable<AedesOptions['authorizePublish']>>[1];

type Session<P> = {
  principal: P;
  /** Settles when all this client published so far has been dealt with: PUBACKs go out in order. */
  last: Promise<unknown>;
};

export type BrokerHooks = {
  hooks: Required<Pick<AedesOptions, Hook>>;
  /** The user that logged in on this connection, also after it closed. */
  principalId: (client: Client) => string | undefined;
  /** Refuses logins of that user that are under way. */
  cut: (principalId: string) => void;
  /** From now on nothing is accepted; resolves when what is under way has been persisted or refused. */
  drain: () => Promise<void>;
  /** A line in the log for the first of many like events, then at most one a minute. */
  warn: (key: string, fields: object, message: string) => void;
};

/** The broker's questions, answered by the service's rules and with everything persisted before it is acknowledged. */
export const createBrokerHooks = <P extends { id: string }>(
  access: BrokerAccess<P>,
  logger: Logger,
): BrokerHooks => {
  // Weak: a will is asked about after its connection has closed, and nobody tells when it is over.
  const sessions = new WeakMap<Client, Session<P>>();
  /** How often each user was cut off: a login that began before is not let in after. */
  const cuts = new Map<string, number>();
  const underWay = new Set<Promise<unknown>>();
  const worthLogging = createLogLimiter(LOG_WINDOW_MS);
  let stopping = false;

  const warn = (key: string, fields: object, message: string): void => {
    const suppressed = worthLogging(key, Date.now());
    if (suppressed !== undefined) logger.warn({ ...fields, suppressed }, message);
  };

  const logIn = async (
    client: Client,
    username: string | undefined,
    password: Buffer,
  ): Promise<{ returnCode: number; reason: string } | undefined> => {
    if (username === undefined) return { returnCode: NOT_AUTHORIZED, reason: 'no user name given' };
    const cutsBefore = cuts.get(username);
    const principal = await access.authenticate(username, password);
    if (principal === undefined) {
      return { returnCode: BAD_USER_OR_PASSWORD, reason: 'unknown user or wrong password' };
    }
    if (stopping || cuts.get(username) !== cutsBefore) {
      return { returnCode: UNAVAILABLE, reason: 'the login was changed meanwhile' };
    }
    sessions.set(client, { principal, last: Promise.resolve() });
    return undefined;
  };

  /** Null: acknowledge and forward. An error closes the connection without PUBACK, so that the client sends again. */
  const admit = async (principal: P, packet: Published, isWill: boolean): Promise<Error | null> => {
    const message = toMessage(principal.id, packet);
    const allowed = !/[+#\0]/.test(packet.topic) && access.mayPublish(principal, packet.topic);
    if (!allowed) silence(packet);
    try {
      if (allowed) {
        await access.onPublish(message);
        return null;
      }
      const { publisherId, topic } = message;
      warn(`publish ${publisherId}`, { publisherId, topic }, 'MQTT topic refused');
      await access.onRefused(message);
      return isWill ? new Error('will refused') : null;
    } catch (error) {
      warn('persist', { err: error, topic: message.topic }, 'MQTT message could not be persisted');
      if (packet.qos > 0 || isWill) return new Error(errorMessage(error));
      // QoS 0 is never sent again: closing the connection would only lose more.
      silence(packet);
      return null;
    }
  };

  const hooks: BrokerHooks['hooks'] = {
    // Two users may choose the same client id; without this each would throw the other out for ever.
    preConnect(_client, packet, answer) {
      if (packet.clientId.length > MAX_CLIENT_ID) {
        answer(new Error('client id is too long'), false);
        return;
      }
      if (packet.clientId !== '') {
        packet.clientId = `${encodeURIComponent(packet.username ?? '')}/${packet.clientId}`;
      }
      answer(null, true);
    },
    authenticate(client, username, password, answer) {
      void logIn(client, username, password ?? Buffer.alloc(0))
        .catch((error: unknown) => ({ returnCode: UNAVAILABLE, reason: errorMessage(error) }))
        .then((refusal) => {
          if (refusal === undefined) {
            answer(null, true);
            return;
          }
          const { returnCode, reason } = refusal;
          const name = username?.slice(0, 64);
          warn(`login ${name}`, { username: name, reason }, 'MQTT login refused');
          answer(Object.assign(new Error(reason), { returnCode }), false);
        });
    },
    authorizePublish(client, packet, answer) {
      const session = client === null ? undefined : sessions.get(client);
      // Only a will comes without a command. When the service stops, its devices have not gone offline.
      const isWill = (packet.cmd as string | undefined) === undefined;
      if (session === undefined || stopping) {
        answer(new Error('not accepted now'));
        return;
      }
      const work = Promise.all([admit(session.principal, packet, isWill), session.last]);
      session.last = work;
      underWay.add(work);
      void work.then(([error]) => {
        underWay.delete(work);
        answer(error);
      });
    },
    authorizeSubscribe(client, subscription, answer) {
      const principal = sessions.get(client)?.principal;
      const filter = subscription.topic;
      const allowed =
        principal !== undefined &&
        !filter.startsWith('$') &&
        access.maySubscribe(principal, filter);
      if (!allowed) {
        const publisherId = principal?.id;
        warn(`subscribe ${publisherId}`, { publisherId, filter }, 'MQTT subscription refused');
      }
      answer(null, allowed ? subscription : null);
    },
    // The broker queues for a persistent session by every filter it named, the refused ones too; they stop here.
    authorizeForward(client, packet) {
      const principal = sessions.get(client)?.principal;
      return principal !== undefined && access.maySubscribe(principal, packet.topic)
        ? packet
        : null;
    },
  };

  return {
    hooks,
    warn,
    principalId: (client) => sessions.get(client)?.principal.id,
    cut: (principalId) => void cuts.set(principalId, (cuts.get(principalId) ?? 0) + 1),
    async drain() {
      stopping = true;
      await Promise.all(underWay);
    },
  };
};

const toMessage = (publisherId: string, packet: Published): BrokerMessage => ({
  topic: packet.topic,
  payload: Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload),
  qos: packet.qos,
  retain: packet.retain,
  publisherId,
});

/** An error would close the connection and make the client send the same again for ever; this is acknowledged and reaches nobody. */
const silence = (packet: Published): void => {
  packet.topic = REFUSED_TOPIC;
  packet.payload = Buffer.alloc(0);
  packet.retain = false;
};
