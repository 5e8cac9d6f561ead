import type smpp from 'smpp';
import { readText } from './read-text.ts';

/** What the SMS centre reports about a message it took earlier. */
export type SmppReceipt = {
  messageId: string;
  /** Digits of the phone it was for. */
  address: string;
  /** `user_message_reference` of the message, where the centre hands it back. */
  reference?: number;
  /** `pending` is an interim report (accepted, en route) that settles nothing. */
  event: 'delivered' | 'failed' | 'pending';
  detail: string;
};

/** Bits 2–5 of esm_class: 0001 receipt, 1000 intermediate notification. */
const MESSAGE_TYPE_MASK = 0x3c;
const IS_RECEIPT = 0x04;
const IS_INTERMEDIATE = 0x20;

/** message_state (SMPP 3.4, 5.2.28) and the words of the text form for the same. */
const STATES = [
  '',
  'ENROUTE',
  'DELIVRD',
  'EXPIRED',
  'DELETED',
  'UNDELIV',
  'ACCEPTD',
  'UNKNOWN',
  'REJECTD',
];
const FAILED = ['EXPIRED', 'DELETED', 'UNDELIV', 'REJECTD'];

/**
 * Reads a deliver_sm as a delivery receipt: from the TLVs receipted_message_id and message_state where present, else from
 * the text `id:… stat:DELIVRD …`. Undefined when it is not a receipt: a message that somebody sent.
 */
export const parseReceipt = (pdu: smpp.Pdu): SmppReceipt | undefined => {
  const text = readText(pdu);
  const type = (pdu.esm_class ?? 0) & MESSAGE_TYPE_MASK;
  const flagged = type === IS_RECEIPT || type === IS_INTERMEDIATE;
  const textId = /\bid:\s*([0-9A-Za-z_.-]+)/i.exec(text)?.[1];
  const textState = /\bstat:\s*([A-Za-z]+)/i.exec(text)?.[1]?.toUpperCase();
  // Some centres do not flag receipts; the text form alone is unmistakable when both parts are there.
  if (!flagged && (textId === undefined || textState === undefined)) return undefined;
  const messageId = pdu.receipted_message_id ?? textId;
  if (messageId === undefined) return undefined;
  const state = STATES[pdu.message_state ?? 0] || textState?.slice(0, 7) || 'UNKNOWN';
  const reference = pdu.user_message_reference;
  return {
    messageId,
    ...(reference === undefined ? {} : { reference }),
    address: (pdu.source_addr ?? '').replaceAll(/\D/g, ''),
    event: state.startsWith('DELIV') ? 'delivered' : FAILED.includes(state) ? 'failed' : 'pending',
    detail: describe(state, text),
  };
};

const describe = (state: string, text: string): string => {
  const error = /\berr:\s*([0-9A-Za-z]+)/i.exec(text)?.[1];
  return error === undefined || /^0+$/.test(error) ? state : `${state} err:${error}`;
};
