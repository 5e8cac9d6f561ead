import type { OutgoingMessage } from '../channels/channel.ts';

/** What the console's service worker gets; `src/console/public/sw.js` reads the same. */
export type PushPayload = {
  title: string;
  body: string;
  lang: string;
  /** A later message with the same tag takes the place of the earlier on the screen. */
  tag: string;
  /** Stays on the screen until somebody does something. */
  urgent: boolean;
  incidentId: string | null;
  /** See receipt-token.ts. */
  receipt: string;
};

const ELLIPSIS = '…';

/** As JSON of at most `maxBytes`: the text gives way. */
export const encodePush = (
  { notificationId, locale, text, payload }: OutgoingMessage,
  { receipt, maxBytes }: { receipt: string; maxBytes: number },
): string => {
  const { number, incidentId, type } = payload;
  const title = typeof number === 'string' ? `烽燧 ${number}` : '烽燧';
  const encode = (body: string): string =>
    JSON.stringify({
      title,
      body,
      lang: locale,
      tag: typeof incidentId === 'string' ? incidentId : notificationId,
      urgent: type === 'alert' || type === 'audit' || type === 'report_due' || type === 'airspace',
      incidentId: typeof incidentId === 'string' ? incidentId : null,
      receipt,
    } satisfies PushPayload);
  const whole = encode(text);
  if (Buffer.byteLength(whole) <= maxBytes) return whole;
  const characters = Array.from(text);
  let [fits, tooLong] = [0, characters.length];
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    const size = Buffer.byteLength(encode(characters.slice(0, middle).join('') + ELLIPSIS));
    if (size <= maxBytes) fits = middle;
    else tooLong = middle;
  }
  return encode(characters.slice(0, fits).join('') + ELLIPSIS);
};
