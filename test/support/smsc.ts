import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import smpp from 'smpp';
import { encodeGsm7 } from '../../src/notify/channels/gsm7.ts';

/** A short message as a phone shows it: all parts put together. */
export type ReceivedSms = {
  from: string;
  to: string;
  text: string;
  /** Number of short messages it came in. */
  parts: number;
  messageIds: string[];
  at: Date;
};

/** What the centre does with a submit_sm: a command status, an answer, or silence. */
export type SubmitReaction =
  /** Takes the message; the answer comes `delayMs` later, or after the receipt. */
  | { kind: 'accept'; delayMs?: number; receiptFirst?: boolean }
  | { kind: 'refuse'; status: keyof typeof STATUS | number }
  | { kind: 'silence' }
  /** Takes the message and drops the line before answering. */
  | { kind: 'drop' };

const STATUS = {
  ESME_RTHROTTLED: 0x58,
  ESME_RMSGQFUL: 0x14,
  ESME_RINVDSTADR: 0x0b,
  ESME_RSYSERR: 0x08,
  ESME_RBINDFAIL: 0x0d,
  ESME_RTLVNOTALLWD: 0xc1,
} as const;

export type ReceiptState = 'DELIVRD' | 'UNDELIV' | 'EXPIRED' | 'REJECTD' | 'ENROUTE';
const STATE_CODES: Record<ReceiptState, number> = {
  ENROUTE: 1,
  DELIVRD: 2,
  EXPIRED: 3,
  UNDELIV: 5,
  REJECTD: 8,
};

export type SmscOptions = {
  /** 0 = any free one. */
  port?: number;
  systemId?: string;
  password?: string;
  /** Sends a receipt in this state for every accepted part by itself, again and again until it is taken. */
  autoReceipt?: ReceiptState;
  /** How long after the answer it does so; at once by default. */
  receiptAfterMs?: () => number;
  /** Hands user_message_reference back in receipts, as SMPP 3.4 (4.6.1) has it; not all do. The default does. */
  echoesReference?: boolean;
  /** How ids are made, for centres that write them now in hex, now in decimal. */
  nextMessageId?: () => string;
};

export type Smsc = {
  port: number;
  /** What to put into SMPP_URL. */
  url: string;
  /** Complete messages, oldest first. */
  messages: ReceivedSms[];
  /** Every submit_sm, parts and refused ones included. */
  submits: smpp.Pdu[];
  /** Answers of the service to deliver_sm, by command status. */
  receiptAnswers: number[];
  /** How many submits waited for their answer at the same time, at most. */
  mostInFlight(): number;
  /** Decides what happens to each submit; the default accepts all. */
  onSubmit(react: (pdu: smpp.Pdu, count: number) => SubmitReaction): void;
  /** While true, binds are refused. */
  refuseBinds(refuse: boolean): void;
  /** Resolves with the first message, past or future, that fits. */
  waitForSms(fits?: (sms: ReceivedSms) => boolean, timeoutMs?: number): Promise<ReceivedSms>;
  waitForBind(timeoutMs?: number): Promise<void>;
  /** Sends a delivery receipt for a message id, once somebody is bound; resolves with the command status of the answer. */
  sendReceipt(messageId: string, options?: ReceiptOptions): Promise<number>;
  /** Sends an SMS from a phone; resolves with the command status of the answer. */
  sendSms(from: string, text: string, options?: SendOptions): Promise<number>;
  /** Cuts all lines, as a restart does; new ones are taken at once. */
  dropConnections(): void;
  boundSessions(): number;
  stop(): Promise<void>;
};

export type SendOptions = {
  /** `gsm` is what a phone sends for digits; `ucs2`, the default, for anything else. */
  coding?: keyof typeof CODINGS;
  /** One part of a long message, numbered in the user data header or in TLVs. */
  part?: { reference: number; total: number; part: number; by?: 'udh' | 'tlv' };
  /** The same again: as a centre does that has not heard the answer. */
  sequenceNumber?: number;
};

const CODINGS = {
  gsm: { data_coding: 0, write: (text: string) => Buffer.from((encodeGsm7(text) ?? []).flat()) },
  latin1: { data_coding: 3, write: (text: string) => Buffer.from(text, 'latin1') },
  ucs2: { data_coding: 8, write: (text: string) => Buffer.from(text, 'utf16le').swap16() },
};

export type ReceiptOptions = {
  state?: ReceiptState;
  /** How the id is written in the receipt; the default writes it as it was given out. */
  writtenId?: string;
  to?: string;
  /** Instead of what the message had. */
  reference?: number;
  /** In TLVs, or in the text as older centres do. */
  form?: 'tlv' | 'text';
};

const DEFAULT_TIMEOUT_MS = 10_000;
const RECEIPT_AGAIN_MS = 500;

/** An SMS centre on loopback that speaks SMPP 3.4, as far as a client can tell. */
export const startSmsc = async (options: SmscOptions = {}): Promise<Smsc> => {
  const {
    systemId = 'fengsui',
    password = 'secret',
    autoReceipt,
    echoesReference = true,
  } = options;
  const messages: ReceivedSms[] = [];
  const submits: smpp.Pdu[] = [];
  const receiptAnswers: number[] = [];
  const bound = new Set<smpp.Session>();
  const taken = new Map<string, smpp.Pdu>();
  const waiters = new Set<() => void>();
  const assemble = createAssembler();
  let react: (pdu: smpp.Pdu, count: number) => SubmitReaction = () => ({ kind: 'accept' });
  let refusing = false;
  // Ids of an earlier run are not given out again, as with real centres.
  const idPrefix = randomBytes(4).toString('hex');
  const onceBound: (() => void)[] = [];
  let stopped = false;
  let nextId = 1;
  let inFlight = 0;
  let mostInFlight = 0;

  const newMessageId = (): string => options.nextMessageId?.() ?? `${idPrefix}-${nextId++}`;

  const changed = (): void => {
    for (const waiter of waiters) waiter();
  };

  const server = smpp.createServer((session) => {
    session.on('error', () => session.destroy());
    session.on('close', () => bound.delete(session));
    session.on('bind_transceiver', (pdu: smpp.Pdu) => {
      const known = pdu.system_id === systemId && pdu.password === password;
      const command_status = refusing || !known ? STATUS.ESME_RBINDFAIL : 0;
      session.send(pdu.response({ command_status, system_id: 'test-smsc' }));
      if (command_status === 0) {
        bound.add(session);
        for (const wake of onceBound.splice(0)) wake();
      }
      changed();
    });
    session.on('enquire_link', (pdu: smpp.Pdu) => session.send(pdu.response()));
    session.on('unbind', (pdu: smpp.Pdu) => {
      bound.delete(session);
      session.send(pdu.response());
      session.close();
    });
    session.on('submit_sm', (pdu: smpp.Pdu) => onSubmit(session, pdu));
  });

  const onSubmit = (session: smpp.Session, pdu: smpp.Pdu): void => {
    submits.push(pdu);
    inFlight += 1;
    mostInFlight = Math.max(mostInFlight, inFlight);
    const reaction = react(pdu, submits.length);
    switch (reaction.kind) {
      case 'refuse': {
        const { status } = reaction;
        inFlight -= 1;
        session.send(
          pdu.response({ command_status: typeof status === 'number' ? status : STATUS[status] }),
        );
        break;
      }
      case 'silence':
        take(pdu, newMessageId());
        break;
      case 'drop':
        take(pdu, newMessageId());
        session.destroy();
        break;
      case 'accept': {
        const messageId = newMessageId();
        take(pdu, messageId);
        const answer = (): void => {
          inFlight -= 1;
          session.send(pdu.response({ message_id: messageId }));
          if (autoReceipt !== undefined) void report(messageId, autoReceipt);
        };
        if (reaction.receiptFirst === true) {
          void sendReceipt(messageId).then(answer, answer);
        } else if (reaction.delayMs === undefined) answer();
        else setTimeout(answer, reaction.delayMs);
        break;
      }
    }
    changed();
  };

  const take = (pdu: smpp.Pdu, messageId: string): void => {
    taken.set(messageId, pdu);
    const complete = assemble(pdu, messageId);
    if (complete !== undefined) messages.push(complete);
    changed();
  };

  const deliver = (fields: smpp.Fields): Promise<number> =>
    new Promise((resolve, reject) => {
      const [session] = bound;
      if (session === undefined) {
        reject(new Error('nobody is bound'));
        return;
      }
      const onClose = (): void => {
        bound.delete(session);
        reject(new LineClosed());
      };
      session.setMaxListeners(0);
      session.once('close', onClose);
      const written = session.deliver_sm(fields, ({ command_status }) => {
        session.off('close', onClose);
        receiptAnswers.push(command_status);
        resolve(command_status);
      });
      if (!written) onClose();
    });

  const deliverOnceBound = async (fields: smpp.Fields): Promise<number> => {
    for (;;) {
      if (bound.size === 0) await new Promise<void>((wake) => onceBound.push(wake));
      try {
        return await deliver(fields);
      } catch (error) {
        if (!(error instanceof LineClosed)) throw error;
      }
    }
  };

  const report = async (messageId: string, state: ReceiptState): Promise<void> => {
    await pause(options.receiptAfterMs?.() ?? 0);
    while (!stopped && (await sendReceipt(messageId, { state })) !== 0)
      await pause(RECEIPT_AGAIN_MS);
  };

  const sendReceipt: Smsc['sendReceipt'] = (messageId, receipt = {}) => {
    const { state = 'DELIVRD', writtenId = messageId, form = 'tlv' } = receipt;
    const message = taken.get(messageId);
    const reference =
      receipt.reference ?? (echoesReference ? message?.user_message_reference : undefined);
    const text = `id:${writtenId} sub:001 dlvrd:001 submit date:2611021405 done date:2611021406 stat:${state} err:${state === 'DELIVRD' ? '000' : '027'} text:`;
    return deliverOnceBound({
      esm_class: 0x04,
      source_addr: receipt.to ?? message?.destination_addr ?? '',
      destination_addr: '10690001',
      short_message: Buffer.from(text, 'latin1'),
      ...(form === 'tlv'
        ? { receipted_message_id: writtenId, message_state: STATE_CODES[state] }
        : {}),
      ...(reference === undefined ? {} : { user_message_reference: reference }),
    });
  };

  /** Resolves when `look` finds something; looks again whenever something happens. */
  const until = <T>(
    look: () => T | undefined,
    what: string,
    timeoutMs = DEFAULT_TIMEOUT_MS,
  ): Promise<T> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiters.delete(check);
        const texts = messages.map((sms) => `${sms.to}: ${sms.text}`).join('\n  ');
        reject(new Error(`no ${what} in ${timeoutMs} ms; received:\n  ${texts}`));
      }, timeoutMs);
      const check = (): void => {
        const found = look();
        if (found === undefined) return;
        clearTimeout(timer);
        waiters.delete(check);
        resolve(found);
      };
      waiters.add(check);
      check();
    });

  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    port,
    url: `smpp://${encodeURIComponent(systemId)}:${encodeURIComponent(password)}@127.0.0.1:${port}`,
    messages,
    submits,
    receiptAnswers,
    mostInFlight: () => mostInFlight,
    onSubmit(next) {
      react = next;
    },
    refuseBinds(refuse) {
      refusing = refuse;
    },
    waitForSms: (fits = () => true, timeoutMs) =>
      until(() => messages.find(fits), 'SMS that fits', timeoutMs),
    waitForBind: async (timeoutMs) => {
      await until(() => (bound.size > 0 ? true : undefined), 'bind', timeoutMs);
    },
    sendReceipt,
    sendSms(from, text, { coding = 'ucs2', sequenceNumber, part } = {}) {
      const { data_coding, write } = CODINGS[coding];
      const inHeader = part !== undefined && part.by !== 'tlv';
      const header = inHeader ? [5, 0, 3, part.reference, part.total, part.part] : [];
      return deliver({
        esm_class: inHeader ? 0x40 : 0,
        source_addr: from,
        destination_addr: '10690001',
        ...(sequenceNumber === undefined ? {} : { sequence_number: sequenceNumber }),
        data_coding,
        short_message: Buffer.concat([Buffer.from(header), write(text)]),
        ...(part?.by === 'tlv'
          ? {
              sar_msg_ref_num: part.reference,
              sar_total_segments: part.total,
              sar_segment_seqnum: part.part,
            }
          : {}),
      });
    },
    dropConnections() {
      for (const session of server.sessions.slice()) session.destroy();
    },
    boundSessions: () => bound.size,
    async stop() {
      stopped = true;
      for (const session of server.sessions.slice()) session.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};

class LineClosed extends Error {}

/** Puts the parts of concatenated messages together by sender, reference and destination, in whatever order they come. */
const createAssembler = () => {
  const pending = new Map<string, { texts: Map<number, string>; ids: string[] }>();
  return (pdu: smpp.Pdu, messageId: string): ReceivedSms | undefined => {
    const { from, to } = { from: pdu.source_addr ?? '', to: pdu.destination_addr ?? '' };
    const { text, part } = readPart(pdu);
    const at = new Date();
    if (part === undefined) return { from, to, text, parts: 1, messageIds: [messageId], at };
    const key = `${from} ${to} ${part.reference} ${part.total}`;
    const known = pending.get(key) ?? { texts: new Map<number, string>(), ids: [] };
    pending.set(key, known);
    known.texts.set(part.index, text);
    known.ids.push(messageId);
    if (known.texts.size < part.total) return undefined;
    pending.delete(key);
    const ordered = [...known.texts].sort(([a], [b]) => a - b).map(([, piece]) => piece);
    return { from, to, text: ordered.join(''), parts: part.total, messageIds: known.ids, at };
  };
};

type Part = { reference: number; total: number; index: number };

/** Reads the text and the concatenation element (0, 8-bit reference) of the user data header. */
const readPart = (pdu: smpp.Pdu): { text: string; part?: Part } => {
  const content = pdu.short_message;
  if (content === undefined || typeof content === 'string') return { text: content ?? '' };
  if (Buffer.isBuffer(content)) return { text: decode(content, pdu.data_coding) };
  const message = content.message;
  const text = typeof message === 'string' ? message : decode(message, pdu.data_coding);
  const element = content.udh?.find((ie) => ie[0] === 0 && ie[1] === 3);
  const [, , reference, total, index] = element ?? [];
  return reference === undefined || total === undefined || index === undefined
    ? { text }
    : { text, part: { reference, total, index } };
};

const decode = (octets: Buffer, coding = 0): string =>
  coding === 8 ? Buffer.from(octets).swap16().toString('utf16le') : octets.toString('latin1');
