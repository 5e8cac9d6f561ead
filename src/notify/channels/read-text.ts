import type smpp from 'smpp';

const UCS2 = 8;

/** Which part of a long message a short one is, from 1. */
export type SmsPartOf = { reference: number; total: number; part: number };

/** The text of a deliver_sm that somebody wrote; of a long one the part that came. */
export const readText = (pdu: smpp.Pdu): string => {
  const content = contentOf(pdu);
  const message =
    typeof content === 'object' && !Buffer.isBuffer(content) ? content.message : content;
  if (typeof message === 'string') return message;
  return pdu.data_coding === UCS2
    ? Buffer.from(message.subarray(0, message.length & ~1))
        .swap16()
        .toString('utf16le')
    : message.toString('latin1');
};

/** Elements of the user data header that number the parts: with an 8-bit and a 16-bit reference. */
const CONCATENATED_8 = 0;
const CONCATENATED_16 = 8;

/**
 * Which part of a long message this is: from the user data header, else from the TLVs sar_…; undefined when it is a
 * whole one (or numbered as no message can be).
 */
export const readPart = (pdu: smpp.Pdu): SmsPartOf | undefined => {
  const content = contentOf(pdu);
  const header = typeof content === 'object' && !Buffer.isBuffer(content) ? content.udh : undefined;
  for (const element of header ?? []) {
    const [id, length, ...data] = element;
    if (id === CONCATENATED_8 && length === 3) return numbered(data[0], data[1], data[2]);
    if (id === CONCATENATED_16 && length === 4) {
      return numbered((data[0] ?? 0) * 256 + (data[1] ?? 0), data[2], data[3]);
    }
  }
  return numbered(pdu.sar_msg_ref_num, pdu.sar_total_segments, pdu.sar_segment_seqnum);
};

const contentOf = (pdu: smpp.Pdu): smpp.ShortMessage | Buffer | string => {
  const short = pdu.short_message;
  const isEmpty =
    short === undefined ||
    (typeof short === 'object' && 'message' in short && short.message.length === 0);
  return (isEmpty ? pdu.message_payload : short) ?? '';
};

const numbered = (reference?: number, total?: number, part?: number): SmsPartOf | undefined => {
  if (reference === undefined || total === undefined || part === undefined) return undefined;
  return total > 1 && part >= 1 && part <= total ? { reference, total, part } : undefined;
};
