import type smpp from 'smpp';

const UCS2 = 8;

/** The text of a deliver_sm that somebody wrote; of a long one the part that came. */
export const readText = (pdu: smpp.Pdu): string => {
  const content = pdu.short_message ?? pdu.message_payload ?? '';
  const message =
    typeof content === 'object' && !Buffer.isBuffer(content) ? content.message : content;
  if (typeof message === 'string') return message;
  return pdu.data_coding === UCS2
    ? Buffer.from(message.subarray(0, message.length & ~1))
        .swap16()
        .toString('utf16le')
    : message.toString('latin1');
};
