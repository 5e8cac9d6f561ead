/** `take` (1): I have it; `false_alarm` (2); `cannot_come` (0). `code` names the incident where it was written. */
export type Reply =
  | { kind: 'take' | 'false_alarm' | 'cannot_come'; code: string | null }
  | { kind: 'unknown' };

const KINDS = { '0': 'cannot_come', '1': 'take', '2': 'false_alarm' } as const;
const isDigit = (text: string | undefined): text is keyof typeof KINDS =>
  text !== undefined && text in KINDS;

/** What one of the three digits says. */
export const readDigit = (digit: keyof typeof KINDS): (typeof KINDS)[keyof typeof KINDS] =>
  KINDS[digit];

const SEPARATOR = String.raw`[\s,.:;+#*/、。-]`;
const CODE_FIRST = new RegExp(`^(?:(\\d{3})${SEPARATOR}*)?([012])[\\s.!。]*$`);
const CODE_LAST = new RegExp(`^([012])${SEPARATOR}+(\\d{3})[\\s.!。]*$`);

/**
 * Reads what somebody wrote: `1`, `417 1`, `4171`, `1 417`, in any width of digit, with what phones and people put around
 * it. Anything else is not understood rather than guessed at.
 */
export const parseReply = (text: string): Reply => {
  const plain = text
    .normalize('NFKC')
    .replaceAll('\u0000', '')
    .replaceAll(/["'“”‘’()[\]【】]/g, ' ')
    .trim();
  const first = CODE_FIRST.exec(plain);
  const last = CODE_LAST.exec(plain);
  const digit = first?.[2] ?? last?.[1];
  return isDigit(digit)
    ? { kind: KINDS[digit], code: first?.[1] ?? last?.[2] ?? null }
    : { kind: 'unknown' };
};

/** Fewer digits than a subscriber's number has say nothing of who wrote. */
const MIN_DIGITS = 8;

/** Digits without the zeros that lead into a country or trunk. */
export const phoneDigits = (number: string): string =>
  number.replaceAll(/\D/g, '').replace(/^0+/, '');

/** Whether a sender is the phone of an E.164 address, written with or without + and country code. */
export const isSamePhone = (sender: string, address: string): boolean => {
  const [a, b] = [phoneDigits(sender), phoneDigits(address)];
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  return short.length >= MIN_DIGITS && long.endsWith(short);
};

/** Those whose address is the sender's phone; a number written in full counts before one that only ends alike. */
export const nearestNumbers = <T extends { address: string }>(
  sender: string,
  candidates: readonly T[],
): T[] => {
  const digits = phoneDigits(sender);
  const same = candidates.filter(({ address }) => isSamePhone(sender, address));
  const exact = same.filter(({ address }) => phoneDigits(address) === digits);
  return exact.length > 0 ? exact : same;
};
