import { randomUUID } from 'node:crypto';
import smpp from 'smpp';
import { backoffMs } from '../../shared/backoff.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Part } from '../../shared/part.ts';
import { within } from '../within.ts';
import { commandStatusName } from './smpp-status.ts';
import type { SmppConfig } from './smpp-url.ts';

export type SmppTimings = {
  connectTimeoutMs: number;
  /** How long an answer to submit_sm or enquire_link may take. */
  responseTimeoutMs: number;
  /** A dead line is noticed after this plus the response timeout. */
  enquireLinkMs: number;
  reconnectBaseMs: number;
  reconnectMaxMs: number;
};

export const SMPP_TIMINGS: SmppTimings = {
  connectTimeoutMs: 10_000,
  responseTimeoutMs: 10_000,
  enquireLinkMs: 30_000,
  reconnectBaseMs: 500,
  reconnectMaxMs: 15_000,
};

export type SubmitOutcome =
  | { kind: 'accepted'; messageId: string }
  | { kind: 'refused'; status: number }
  | { kind: 'no_answer'; reason: string }
  | { kind: 'not_connected'; reason: string };

export type SmppSession = Part & {
  submit(fields: smpp.Fields): Promise<SubmitOutcome>;
  /** Null while bound, else why not. */
  trouble(): string | null;
};

/** One bind to the centre, from bind to loss: sequence numbers count anew on the next. */
export type Line = {
  id: string;
  boundAt: Date;
  /** When the one before it was lost; null for the first since the process started. */
  lostBeforeAt: Date | null;
};

/** True once the message is safely kept; false asks the centre to send it again later. */
export type DeliverHandler = (pdu: smpp.Pdu, line: Line) => Promise<boolean>;

const ESME_ROK = 0;
/** Temporary application error: the centre keeps the message and tries again. */
const ESME_RX_T_APPN = 0x64;
const INTERFACE_VERSION_3_4 = 0x34;
const UNBIND_TIMEOUT_MS = 500;
/** Starting waits so long for the first bind, so that what is due then does not fail for want of a line. */
const FIRST_BIND_MS = 2_000;

/**
 * One transceiver bind to an SMS centre that is kept up: connects, binds, asks after the line, and after any failure
 * starts anew with growing pauses. What was submitted without an answer when the line drops ends as `no_answer`.
 */
export const createSmppSession = (deps: {
  config: SmppConfig;
  timings: SmppTimings;
  onDeliver: DeliverHandler;
  clock: Clock;
  logger: Logger;
}): SmppSession => {
  const { config, timings, onDeliver, clock, logger } = deps;
  let session: smpp.Session | undefined;
  let bound = false;
  let lostAt: Date | null = null;
  let line: Line = { id: randomUUID(), boundAt: clock.now(), lostBeforeAt: null };
  let trouble = 'not connected yet';
  let failures = 0;
  let stopping = false;
  let reconnectTimer: NodeJS.Timeout | undefined;
  let connectTimer: NodeJS.Timeout | undefined;
  let enquireTimer: NodeJS.Timeout | undefined;
  let enquireTimeout: NodeJS.Timeout | undefined;
  let firstTry = (): void => undefined;
  const pending = new Set<(reason: string) => void>();
  const where = `${config.host}:${config.port}`;

  const connect = (): void => {
    const current = smpp.connect({ host: config.host, port: config.port, tls: config.tls });
    session = current;
    connectTimer = setTimeout(
      () => end(current, `no bind within ${timings.connectTimeoutMs} ms`),
      timings.connectTimeoutMs,
    );
    current.on('error', (error: Error) => end(current, error.message));
    current.on('close', () => end(current, 'connection closed'));
    current.on(config.tls ? 'secureConnect' : 'connect', () =>
      current.bind_transceiver(
        {
          system_id: config.systemId,
          password: config.password,
          system_type: config.systemType,
          interface_version: INTERFACE_VERSION_3_4,
        },
        (response) => {
          if (response.command_status === ESME_ROK) onBound(current);
          else end(current, `bind refused: ${commandStatusName(response.command_status)}`);
        },
      ),
    );
    current.on('pdu', (pdu: smpp.Pdu) => answer(current, pdu));
  };

  const onBound = (current: smpp.Session): void => {
    if (current !== session) return;
    clearTimeout(connectTimer);
    bound = true;
    line = { id: randomUUID(), boundAt: clock.now(), lostBeforeAt: lostAt };
    failures = 0;
    firstTry();
    logger.info({ smsc: where }, 'bound to the SMS centre');
    enquireTimer = setInterval(() => enquire(current), timings.enquireLinkMs);
  };

  const enquire = (current: smpp.Session): void => {
    clearTimeout(enquireTimeout);
    enquireTimeout = setTimeout(
      () => end(current, `enquire_link unanswered for ${timings.responseTimeoutMs} ms`),
      timings.responseTimeoutMs,
    );
    current.enquire_link({}, () => clearTimeout(enquireTimeout));
  };

  const answer = (current: smpp.Session, pdu: smpp.Pdu): void => {
    if (pdu.isResponse()) return;
    if (pdu.command === 'deliver_sm') {
      onDeliver(pdu, line)
        .catch((error: unknown) => {
          logger.error(
            { err: error },
            'a receipt or reply could not be stored; the SMS centre will repeat it',
          );
          return false;
        })
        .then((kept) => {
          const command_status = kept ? ESME_ROK : ESME_RX_T_APPN;
          current.send(pdu.response({ command_status }));
        })
        .catch((error: unknown) => logger.warn({ err: error }, 'deliver_sm was not answered'));
      return;
    }
    // enquire_link and unbind get their response, what we do not know a generic_nack.
    current.send(pdu.response());
    if (pdu.command === 'unbind') end(current, 'the SMS centre unbound');
  };

  /** Ends this connection once; a later event of it is ignored. */
  const end = (current: smpp.Session, reason: string): void => {
    if (current !== session) return;
    session = undefined;
    if (bound) lostAt = clock.now();
    bound = false;
    trouble = reason;
    clearTimeout(connectTimer);
    clearInterval(enquireTimer);
    clearTimeout(enquireTimeout);
    current.destroy();
    for (const fail of pending) fail(reason);
    pending.clear();
    firstTry();
    if (stopping) return;
    failures += 1;
    const delayMs = backoffMs(failures, {
      baseMs: timings.reconnectBaseMs,
      maxMs: timings.reconnectMaxMs,
      random: Math.random(),
    });
    logger.warn({ smsc: where, reason, retryInMs: delayMs }, 'not bound to the SMS centre');
    reconnectTimer = setTimeout(connect, delayMs);
  };

  return {
    name: 'smpp-session',
    async start() {
      const tried = new Promise<void>((resolve) => {
        firstTry = resolve;
      });
      connect();
      await within(FIRST_BIND_MS, tried);
    },
    async stop() {
      stopping = true;
      clearTimeout(reconnectTimer);
      const current = session;
      if (current === undefined) return;
      if (bound) await politely(current);
      end(current, 'stopped');
    },
    submit: (fields) =>
      new Promise((resolve) => {
        const current = session;
        if (current === undefined || !bound) {
          resolve({ kind: 'not_connected', reason: trouble });
          return;
        }
        const settle = (outcome: SubmitOutcome): void => {
          clearTimeout(timer);
          pending.delete(fail);
          resolve(outcome);
        };
        const fail = (reason: string): void => settle({ kind: 'no_answer', reason });
        const timer = setTimeout(
          () => fail(`no answer to submit_sm in ${timings.responseTimeoutMs} ms`),
          timings.responseTimeoutMs,
        );
        pending.add(fail);
        const written = current.submit_sm(fields, (response) =>
          settle(
            response.command_status === ESME_ROK
              ? { kind: 'accepted', messageId: response.message_id ?? '' }
              : { kind: 'refused', status: response.command_status },
          ),
        );
        if (!written) settle({ kind: 'not_connected', reason: 'connection closing' });
      }),
    trouble: () => (bound ? null : trouble),
  };
};

const politely = (session: smpp.Session): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, UNBIND_TIMEOUT_MS);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    if (!session.unbind({}, done)) done();
  });
