import type smpp from 'smpp';
import type { Clock } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';
import { encodeReference } from '../message-reference.ts';
import type { Channel, OutgoingMessage, SendResult } from './channel.ts';
import type { InboundSms } from './inbound-sms.ts';
import { readPart, readText, type SmsPartOf } from './read-text.ts';
import { type SmsPart, segmentSms } from './segment.ts';
import { createSemaphore } from './semaphore.ts';
import { parseReceipt, type SmppReceipt } from './smpp-receipt.ts';
import {
  createSmppSession,
  SMPP_TIMINGS,
  type SmppTimings,
  type SubmitOutcome,
} from './smpp-session.ts';
import { commandStatusName, isBusy, isHopeless, refusesParameter } from './smpp-status.ts';
import type { SmppConfig } from './smpp-url.ts';

export type SmppDeps = {
  /** Tells it from another centre: each gives out message ids of its own. */
  name: string;
  config: SmppConfig;
  /** Persists a receipt before it is answered; a rejection makes the SMS centre repeat it. */
  onReceipt: (receipt: SmppReceipt) => Promise<void>;
  /** The same for what somebody wrote, or for a part of it. */
  onMessage: (message: InboundSms, part: SmsPartOf | undefined) => Promise<void>;
  clock: Clock;
  logger: Logger;
  timings?: Partial<SmppTimings & ThrottleTimings>;
};

type ThrottleTimings = {
  /** Pause of the whole line after ESME_RTHROTTLED. */
  throttlePauseMs: number;
  /** How long one message may wait for a throttled line before it is given back to be retried later. */
  throttlePatienceMs: number;
};

const THROTTLE_TIMINGS: ThrottleTimings = { throttlePauseMs: 1_000, throttlePatienceMs: 10_000 };

const HAS_HEADER = 0x40;
const WANT_RECEIPT = 1;

/**
 * SMS over SMPP 3.4. Texts go in GSM 03.38 or UCS-2, cut into parts with a header; up to `window` parts wait for their
 * answers at once.
 * A message is submitted when every part is; when only some are, the outcome is unknown and the whole is sent again.
 * Each part carries a reference of ours. A centre that hands it back in the receipt (SMPP 3.4, 4.6.1) so tells what became of
 * a message whose answer was lost; one that refuses it gets none.
 */
export const createSmppChannel = (deps: SmppDeps): Channel => {
  const { name, config, onReceipt, onMessage, clock, logger, timings } = deps;
  const times = { ...SMPP_TIMINGS, ...THROTTLE_TIMINGS, ...timings };
  const window = createSemaphore(config.window);
  let reference = Math.floor(Math.random() * 256);
  let pausedUntil = 0;
  let takesReference = true;

  const session = createSmppSession({
    config,
    timings: times,
    clock,
    logger,
    async onDeliver(pdu, line) {
      const receipt = parseReceipt(pdu);
      if (receipt === undefined) {
        const message = {
          provider: name,
          line,
          sequenceNumber: pdu.sequence_number,
          sender: pdu.source_addr ?? '',
          recipient: pdu.destination_addr ?? '',
          text: readText(pdu),
        };
        await onMessage(message, readPart(pdu));
      } else if (receipt.event !== 'pending') {
        await onReceipt(receipt);
      }
      return true;
    },
  });

  const submitPart = async (
    fields: smpp.Fields,
    reference: number | undefined,
  ): Promise<SubmitOutcome> => {
    const deadline = Date.now() + times.throttlePatienceMs;
    for (;;) {
      await until(pausedUntil);
      const named = takesReference && reference !== undefined;
      const outcome = await window.run(() =>
        session.submit({ ...fields, ...(named ? { user_message_reference: reference } : {}) }),
      );
      if (outcome.kind !== 'refused') return outcome;
      if (named && refusesParameter(outcome.status)) {
        takesReference = false;
        logger.warn('the SMS centre refuses user_message_reference, sending without');
        continue;
      }
      if (!isBusy(outcome.status)) return outcome;
      pausedUntil = Math.max(pausedUntil, Date.now() + times.throttlePauseMs);
      if (pausedUntil > deadline) return outcome;
    }
  };

  return {
    name: `${name}-sms`,
    provider: name,
    start: () => session.start(),
    stop: () => session.stop(),
    async send(message) {
      reference = (reference + 1) % 256;
      const parts = segmentSms(message.text, reference, config.alphabet);
      const outcomes = await Promise.all(
        parts.map((part, index) => {
          const place = { message: message.reference, parts: parts.length, part: index + 1 };
          return submitPart(fieldsOf(config, message, part), encodeReference(place));
        }),
      );
      return resultOf(outcomes, times.throttlePauseMs);
    },
    trouble: () => session.trouble(),
    status() {
      const trouble = session.trouble();
      const where = `${config.host}:${config.port}`;
      return trouble === null
        ? `${name}: bound to ${where}`
        : `${name}: not bound to ${where}: ${trouble}`;
    },
  };
};

const fieldsOf = (
  config: SmppConfig,
  { address }: OutgoingMessage,
  { octets, hasHeader, dataCoding }: SmsPart,
): smpp.Fields => ({
  source_addr_ton: config.sourceTon,
  source_addr_npi: config.sourceNpi,
  source_addr: config.source,
  dest_addr_ton: config.destTon,
  dest_addr_npi: config.destNpi,
  destination_addr: address.replace(/^\+/, ''),
  esm_class: hasHeader ? HAS_HEADER : 0,
  registered_delivery: WANT_RECEIPT,
  data_coding: dataCoding,
  short_message: octets,
});

const resultOf = (outcomes: readonly SubmitOutcome[], retryAfterMs: number): SendResult => {
  const ids = outcomes.flatMap((outcome) =>
    outcome.kind === 'accepted' && outcome.messageId !== '' ? outcome.messageId : [],
  );
  const bad = outcomes.filter((outcome) => outcome.kind !== 'accepted');
  if (bad.length === 0) return { kind: 'submitted', providerMessageIds: ids };
  const reason = bad.map(reasonOf).join('; ');
  const hopeless = bad.some((o) => o.kind === 'refused' && isHopeless(o.status));
  if (hopeless) return { kind: 'failed', permanent: true, reason };
  const mayHaveArrived = ids.length > 0 || bad.some(({ kind }) => kind === 'no_answer');
  if (mayHaveArrived) return { kind: 'unknown', reason, providerMessageIds: ids };
  const busy = bad.every((o) => o.kind === 'refused' && isBusy(o.status));
  return { kind: 'failed', permanent: false, reason, ...(busy ? { retryAfterMs } : {}) };
};

const reasonOf = (outcome: SubmitOutcome): string => {
  switch (outcome.kind) {
    case 'accepted':
      return 'accepted';
    case 'refused':
      return `refused: ${commandStatusName(outcome.status)}`;
    case 'no_answer':
    case 'not_connected':
      return `${outcome.kind.replace('_', ' ')}: ${outcome.reason}`;
  }
};

const until = (time: number): Promise<void> => {
  const wait = time - Date.now();
  return wait <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, wait));
};
